import ArgumentParsing
import Glibc
import TestSupport

/// A script in a directory of its own, and a program `tedge` that keeps what it is asked.
final class ShellSample {
    private let directory: TemporaryDirectory
    /// The path of the script.
    let script: String

    /// The call of the script's function in bash, with what readline breaks words at.
    static let complete = "COMP_WORDBREAKS=$' \\t\\n\"\\'><=;|&(:' _tedge"

    /// Words that do harm where they are evaluated.
    static let hostileWords = [
        "$(touch EVIL)", "\"$(touch EVIL)\"", "`touch EVIL`", "\"`touch EVIL`\"", "${x:-$(touch EVIL)}",
        "\\$(touch EVIL)",
        "';touch EVIL;'", "\"';touch EVIL;'", "\";touch EVIL;\"", "*", "'*'", "[a", "x[$(touch EVIL)]", "<(touch EVIL)",
        "a\\", "'", "\"", "$", "-$(touch EVIL)", "--$(touch EVIL)", "--config-dir=$(touch EVIL)",
        "--x[$(touch EVIL)]=y",
        "%s%n", "-n", "-e", "\u{1B}[2J", "é", "!!", "~root", "{a,b}", "#x", "\\", "$'\\x41'", "&& touch EVIL",
    ]

    /// Writes the script, and the program that answers.
    init(_ shell: CompletionShell, answer: String = "") throws {
        directory = try TemporaryDirectory()
        let text = shell.script(for: "tedge", asking: "__complete")
        script = try directory.write(text, to: "script")
        try directory.write(answer, to: "answer")
        try directory.write(
            """
            #!/bin/sh
            cd '\(directory.path)'
            { printf '%s\\0' "$#" "$@"; cat; } >question
            cat answer
            """, to: "tedge", mode: 0o755)
    }

    /// A PATH with the program in it, and a directory as home in which nothing is set up.
    var environment: [String: String] {
        ["PATH": "\(directory.path):/usr/bin:/bin", "HOME": directory.path, "PWD": directory.path]
    }

    /// The number of the program's arguments, these, then the words on its stdin.
    var question: [String] {
        contents(of: directory.file("question")).split(separator: "\0").map(String.init)
    }

    /// Whether something that was typed has been run.
    var wasEvil: Bool {
        let places = [directory.path, packageDirectory, "."]
        return places.contains { access("\($0)/EVIL", F_OK) == 0 }
    }
}

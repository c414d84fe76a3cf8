import Glibc
import Testing
import TestSupport

/// Words and values that mean something to a shell.
@Suite("completion of hostile words", .serialized) struct CompletionSafetyTests {
    /// Beginnings of the entries, in quotes and without.
    static let beginnings = [
        "a", "\"a", "'a", "a\\ ", "\\$", "'$", "\"\\$", "it", "\"it", "'it", "q", "\"q", "'q", "q\\\"", "x", "x:",
        "x:y=", "\"x:", "'x:y",
        "e", "'e", "\"e", "pl",
    ]

    @Test("what is inserted is the entry that was begun, whatever is in it", arguments: ShellKind.allCases)
    func inserts(_ kind: ShellKind) throws {
        let gateway = try Gateway.withProfiles()
        let shell = try CompletingShell(kind, gateway)
        for beginning in Self.beginnings {
            let line = try shell.line(afterTab: "tedge config remove c8y.smartrest.templates \(beginning)")
            let words = kind == .fish ? ["-c", line] : ["-fc", line]
            try Outcome(ChildProcess.run(kind.shell, words, environment: gateway.environment)).expectSuccess()
            let left = try gateway.complete("config\0remove\0c8y.smartrest.templates\0\0").output
                .split(separator: "\n").map(String.init)
            let letter = beginning.filter { !"\\\"'".contains($0) }.prefix(1)
            #expect(left.count == Gateway.hardEntries.count - 1, "\(line)")
            #expect(left == Gateway.hardEntries.filter { !$0.hasPrefix(letter) }, "\(line)")
            try gateway.tedge("config", "set", "c8y.smartrest.templates", Gateway.hardEntries.joined(separator: ","))
                .expectSuccess()
        }
        for place in [shell.home, "."] { #expect(access("\(place)/EVIL", F_OK) != 0) }
    }

    /// Words that do harm where they are evaluated.
    static let hostile = [
        "$(touch EVIL)", "\"$(touch EVIL)\"", "`touch EVIL`", "\"`touch EVIL`\"", "${x:-$(touch EVIL)}",
        "';touch EVIL;'",
        "\"';touch EVIL;'\"", "x[$(touch EVIL)]", "\"x[$(touch EVIL)]\"", "'(touch EVIL)'",
        "--config-dir=\"$(touch EVIL)\"",
        "'--x[$(touch EVIL)]=y'", "'-$(touch EVIL)'", "%s%n", "'*'", "\\*", "é", "'a\\'", "--config-dir '`touch EVIL`'",
        "[a",
    ]

    @Test("nothing that is typed is evaluated", arguments: ShellKind.allCases)
    func hostileWords(_ kind: ShellKind) throws {
        let shell = try CompletingShell(kind, Gateway.withProfiles())
        for word in Self.hostile {
            for line in [
                "tedge \(word)", "tedge \(word) ", "tedge config set \(word) ", "tedge config get \(word) --profile ",
                "tedge config set c8y.auth_method \(word)", "tedge connect c8y --profile=\(word)",
            ] {
                _ = try shell.line(afterTab: line)
                if kind == .fish { _ = try shell.fishWords(line) }
                try #require(access("\(shell.home)/EVIL", F_OK) != 0, "\(line)")
            }
        }
        #expect(try shell.words(for: "tedge conn") == ["connect"])
    }
}

extension Gateway {
    /// A gateway with two profiles of Cumulocity, one of Azure, and list entries that are hard to type.
    static func withProfiles() throws -> Gateway {
        let gateway = try Gateway()
        try write(
            """
            [c8y]
            url = "main.example.com"
            [c8y.smartrest]
            templates = \(hardEntries.toml)
            [c8y.profiles.second]
            url = "second.example.com"
            [c8y.profiles.third]
            url = "third.example.com"
            [az.profiles.blue]
            url = "blue.example.com"
            """, to: gateway.path("tedge.toml"))
        mkdir("\(gateway.directory)/elsewhere", 0o755)
        try write("[c8y.profiles.foreign]\nurl = \"x.y\"\n", to: "\(gateway.directory)/elsewhere/tedge.toml")
        return gateway
    }

    static let hardEntries = ["a b", "$(touch EVIL)", "it's", "q\"`touch EVIL`", "x:y=z", "e\\f", "plain"]
}

extension [String] {
    /// An array of TOML.
    fileprivate var toml: String {
        "[" + map { "\"\($0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\"" }.joined(separator: ", ")
            + "]"
    }
}

import TestSupport
import Testing

@testable import ArgumentParsing

/// The scripts for the shells. The tests that run shells check what those make of them.
@Suite("Scripts for completion")
struct CompletionScriptTests {
    @Test(
        "a script names the program and the command that answers, and leaves nothing open",
        arguments: CompletionShell.allCases)
    func names(_ shell: CompletionShell) {
        let script = shell.script(for: "gateway", asking: "answer")
        #expect(script.contains("command gateway answer 2>/dev/null"))
        #expect(script.hasSuffix("\n") && !script.contains("@PROGRAM") && !script.contains("@ASKING"))
    }

    @Test("a script is at most 80 lines, because it decides nothing", arguments: CompletionShell.allCases)
    func size(_ shell: CompletionShell) {
        #expect(shell.script(for: "tedge", asking: "__complete").split(separator: "\n").count <= 80)
    }

    @Test("the words for the shells are what can be typed")
    func shells() throws {
        #expect(CompletionShell.allArgumentValues == ["bash", "zsh", "fish"])
        #expect(try CompletionShell(argument: "fish") == .fish)
        #expect(throws: InvalidValue.self) { try CompletionShell(argument: "tcsh") }
    }

    @Test("the answer is the prefix, then a line for each word with what it is for")
    func answer() {
        func answer(_ words: [String]) -> String { sampleParser.completion(of: words).answer { ["\($0)\tasked"] } }
        #expect(answer(["--log-level=w"]) == "--log-level=\nerror\nwarn\ninfo\ndebug\n")
        #expect(answer(["--config-dir", ""]) == "\n\tdirectory\n")
        #expect(answer(["cert", "create", "--key-file="]) == "--key-file=\n\tfile\n")
        #expect(answer(["config", "get", ""]) == "\nsetting-key\tasked\n")
        #expect(answer(["config", "get", "--profile", ""]) == "\n")
        #expect(
            answer(["cert", "upload", ""])
                == "\nc8y\tBring the certificate to Cumulocity.\nhelp\tPrint the help of a command.\n")
    }
}

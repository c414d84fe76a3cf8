import Glibc
import TestSupport
import Testing

/// The questions of `bootstrap` on a terminal.
@Suite struct BootstrapDialogueTests {
    private let gateway: Gateway

    init() throws { gateway = try Gateway() }

    private func session() throws -> TerminalSession {
        try TerminalSession([releaseExecutable, "bootstrap"], environment: gateway.environment)
    }

    /// The files of the configuration directory with what they hold.
    private func files() throws -> String {
        try ChildProcess.run(
            "sh", ["-c", #"cd "$0" && find . -type f -exec md5sum {} + | sort"#, gateway.configuration]
        )
        .output
    }

    private func answerAll(_ session: TerminalSession, last: String) throws {
        for (question, answer) in [
            ("Cloud: ", "c8y"), ("Address of Cumulocity", "https://example.cumulocity.com/apps"),
            ("Id of the device", "bad id"), ("cannot be used in a name", ""), ("Method ", "basic"), ("Go on?", last),
        ] {
            try session.wait(for: question)
            session.type((answer.isEmpty ? "it's-1" : answer) + "\n")
        }
    }

    @Test("a wrong answer is asked for again, and the equal command is shown in words for a shell; no ends it")
    func declined() throws {
        let before = try files()
        let session = try session()
        try answerAll(session, last: "n")
        #expect(try session.status() == 1)
        #expect(
            session.text.contains(
                "\n  sudo tedge bootstrap c8y --url example.cumulocity.com --device-id \"it's-1\" --register basic\n"),
            "\(session.text)")
        #expect(session.text.contains("You have chosen not to go on. Nothing was changed."))
        #expect(try files() == before)
    }

    @Test("Ctrl-C and the end of the input change nothing, at each question", arguments: ["\u{3}", "\u{4}"], 0..<2)
    func ended(_ key: String, _ answered: Int) throws {
        let before = try files()
        let session = try session()
        try session.wait(for: "Cloud: ")
        if answered > 0 {
            session.type("\n")
            try session.wait(for: "Address of Cumulocity")
        }
        session.type(key)
        #expect(try session.status() != 0)
        #expect(
            session.text.contains(
                key == "\u{4}" ? "The input ended before the last question." : "Interrupted by SIGINT"))
        #expect(session.echoes)
        #expect(try files() == before && gateway.calls.isEmpty)
    }

    @Test("without a terminal nothing is asked")
    func noTerminal() throws {
        let outcome = try gateway.tedge("bootstrap", input: "c8y\nexample.cumulocity.com\ngateway-1\n\n\n")
        #expect(outcome.status == 2 && !outcome.output.contains("Cloud:"))
        #expect(outcome.errors.contains("no terminal"))
    }
}

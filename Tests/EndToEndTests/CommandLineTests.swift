import Testing
import TestSupport

@Suite("the command line", .serialized) struct CommandLineTests {
    @Test("--version prints the name and the version")
    func version() throws {
        let outcome = try Gateway().tedge("--version")
        #expect(outcome.status == 0 && outcome.output.hasPrefix("tedge ") && outcome.errors == "")
    }

    @Test(
        "--help of each command goes to stdout and names its usage",
        arguments: [
            "", "init", "config", "config get", "config set", "config unset", "config list", "cert", "cert create",
            "cert show",
            "cert remove", "cert upload", "cert upload c8y", "connect", "disconnect", "mqtt", "mqtt pub", "mqtt sub",
        ])
    func help(command: String) throws {
        let outcome = try Gateway().run(command.split(separator: " ").map(String.init) + ["--help"])
        #expect(outcome.status == 0 && outcome.errors == "")
        #expect(outcome.output.contains("tedge \(command)".split(separator: " ").joined(separator: " ")))
    }

    @Test(
        "what is mistyped is wrong usage, with what may be meant",
        arguments: [
            ("conect c8y", "connect"), ("config gte x", "get"), ("connect c8", "c8y"), ("connect c8y --tset", "--test"),
            ("cert uplaod c8y", "upload"), ("cert create --device-di x", "--device-id"),
        ])
    func mistyped(line: String, meant: String) throws {
        let outcome = try Gateway().run(line.split(separator: " ").map(String.init))
        #expect(outcome.status == 2 && outcome.output == "")
        #expect(outcome.errors.contains("'\(meant)'"))
    }

    @Test("help is as wide as the terminal, and without one as wide as ever")
    func width() throws {
        let gateway = try Gateway()
        let environment = gateway.environment.merging(["COLUMNS": "60", "TERM": "xterm"]) { $1 }
        let session = try TerminalSession([releaseExecutable, "connect", "--help"], environment: environment)
        #expect(try session.status() == 0)
        let lines = session.text.split(separator: "\n")
        #expect(lines.count > 20 && lines.allSatisfy { $0.count <= 60 })
        let plain = try gateway.tedge("connect", "--help", environment: ["COLUMNS": "60"])
        #expect(plain.output == (try gateway.tedge("connect", "--help").output))
        #expect(plain.output.split(separator: "\n").contains { $0.count > 60 })
    }

    @Test(
        "colours and symbols are for terminals that can show them",
        arguments: [
            ([:], true), (["NO_COLOR": "1"], false), (["TERM": "dumb"], false), (["LC_ALL": "C"], false),
            (["LANG": ""], false),
        ] as [([String: String], Bool)])
    func colours(changes: [String: String], isColourful: Bool) throws {
        let gateway = try Gateway()
        let usual = ["TERM": "xterm", "LANG": "C.UTF-8"]
        let environment = gateway.environment.merging(usual) { $1 }.merging(changes) { $1 }
        let words = [releaseExecutable, "doctor", "--only", "clock"]
        let session = try TerminalSession(words, environment: environment)
        #expect(try session.status() == 0)
        #expect(session.text.contains("\u{1B}[32m✔ ok") == isColourful)
        #expect(session.text.unicodeScalars.allSatisfy { $0.isASCII } != isColourful)
    }

    @Test(
        "the same file of settings answers variables in their own spelling without a word",
        arguments: [
            ("device.cryptoki.socket_path", "/p11"), ("device.type", "007"), ("mqtt.client.host", "1.2.3.4"),
            ("c8y.bridge.keepalive_interval", "60"),
        ])
    func variables(key: String, value: String) throws {
        let variable = "TEDGE_" + key.uppercased().replacing(".", with: "_")
        let outcome = try Gateway().tedge("config", "get", key, environment: [variable: value])
        #expect(outcome == Outcome(status: 0, output: "\(value)\n"))
    }

    @Test("no command at all is wrong usage")
    func nothing() throws {
        let outcome = try Gateway().run([])
        #expect(outcome.status == 2 && outcome.output == "")
    }
}

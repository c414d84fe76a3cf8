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

    @Test("no command at all is wrong usage")
    func nothing() throws {
        let outcome = try Gateway().run([])
        #expect(outcome.status == 2 && outcome.output == "")
    }
}

@testable import ArgumentParsing
import Testing

@testable import TedgeCore
@testable import tedge

/// What people type who know another program, another page or another release.
@Suite struct NearMissTests {
    private func errors(_ words: [String]) -> String {
        let printed = Transcript()
        #expect(Program.run(words, printed.console) == 2, "\(words)")
        #expect(printed.output == "")
        return printed.errors
    }

    static let lines: [([String], String)] = [
        (["config", "set", "c8y.url=x"], "tedge config set c8y.url x"),
        (["config", "set", "c8y.url=", "x"], "tedge config set c8y.url x"),
        (["config", "set", "c8y.url", "=", "x"], "tedge config set c8y.url x"),
        (["config", "set", "c8y.url="], "tedge config set c8y.url <value>"),
        (["config", "add", "c8y.topics=a b"], "tedge config add c8y.topics 'a b'"),
        (["config", "set", "c8y.device.key_pin=1234"], "tedge config set c8y.device.key_pin <value>"),
        (["config", "c8y.url"], "tedge config get c8y.url"),
        (["config", "c8y.url", "x"], "tedge config set c8y.url x"),
        (["config", "c8y.url=x"], "tedge config set c8y.url x"), (["config", "show"], "tedge config list"),
        (["get", "c8y.url"], "tedge config get"), (["version"], "tedge --version"), (["health"], "tedge status"),
        (["pub", "a", "b"], "tedge mqtt pub"), (["c8y"], "tedge connect c8y"), (["azure"], "tedge connect az"),
        (["cert", "delete"], "tedge cert remove"),
        (["cert", "upload", "c8y", "me"], "tedge cert upload c8y --user me"),
        (["cert", "upload", "cumulocity"], "tedge cert upload c8y"),
        (["cert", "upload", "cumulocity.two"], "tedge cert upload c8y.two"),
        (["cert", "create", "my-device"], "tedge cert create --device-id my-device"),
        (["connect", "c8y", "two"], "tedge connect c8y --profile two"),
        (["status", "c8y", "two"], "tedge status c8y --profile two"),
        (["mqtt", "pub", "-t", "a", "-m", "b c"], "tedge mqtt pub a 'b c'"),
        (["mqtt", "pub", "-m", "it's", "--topic", "a"], #"tedge mqtt pub a 'it'\''s'"#),
        (["mqtt", "sub", "-v", "-t", "a/#"], "tedge mqtt sub 'a/#'"),
        (["mqtt", "sub", "-t"], "tedge mqtt sub <topic>"), (["connect", "help"], "tedge connect --help"),
        (["config", "get", "c8y"], "tedge config list c8y"),
        (["config", "unset", "mqtt.bind"], "tedge config list mqtt.bind"),
    ]

    @Test("a line that is meant otherwise here is answered with the line to type", arguments: lines)
    func type(_ words: [String], _ line: String) {
        let errors = errors(words)
        #expect(errors.contains("tip: type '\(line)'\n"), "\(errors)")
    }

    static let values: [([String], String)] = [
        (["connect", "azure"], "az"), (["connect", "cumulocity"], "c8y"), (["connect", "C8Y"], "c8y"),
        (["disconnect", "Amazon"], "aws"), (["reconnect", "c8y:two"], "c8y.two"), (["connect", "c8y@Two"], "c8y.two"),
        (["doctor", "Cumulocity:two"], "c8y.two"), (["doctor", "azure"], "az"), (["cert", "show", "azure"], "az"),
        (["cert", "create", "c8y@Two", "--device-id", "a"], "c8y.two"),
        (["config", "get", "keepalive_interval_"], ""), (["config", "get", "root_cert_pat"], ""),
        (["config", "get", "bind.enabled"], "mqtt.bind.enabled"),
    ]

    @Test("a value that is meant otherwise here is answered with the one to type", arguments: values)
    func value(_ words: [String], _ meant: String) {
        let errors = errors(words)
        #expect(errors.contains("tip: a similar value exists: '\(meant)'\n") != meant.isEmpty, "\(errors)")
    }

    @Test("the end of a key is answered with all keys that end so")
    func endings() {
        #expect(
            errors(["config", "get", "url"]).contains("tip: similar values exist: 'c8y.url', 'az.url', 'aws.url'\n"))
        #expect(
            errors(["config", "set", "topic_prefix", "x"]).contains(
                "'c8y.bridge.topic_prefix', 'az.bridge.topic_prefix', 'aws.bridge.topic_prefix'"))
    }

    @Test("what there is nowhere is said to be nowhere")
    func nowhere() {
        #expect(errors(["flows", "list"]).contains("tip: 'flows' belongs to other programs of thin-edge.io"))
        #expect(
            errors(["config", "set", "mqtt.topic_root", "a", "b"]).contains(
                "put a value with blanks in quotes"))
    }

    @Test("what cannot be shown, or is huge, is no part of a tip")
    func unprintable() {
        for word in ["a\u{202E}b", "a\u{1B}[2J", "a\nb", String(repeating: "x", count: 300)] {
            #expect(!errors(["cert", "create", word]).contains("tip: type"))
        }
    }

    @Test("every line that is named can be typed: its command is there")
    func commands() throws {
        for (_, line) in Self.lines {
            let names = line.split(separator: " ").dropFirst().prefix { $0.first?.isLetter == true }.map(String.init)
            let command = (0...names.count).compactMap { count in
                Program.parser.description.subcommand(at: names.prefix(names.count - count))
            }.first
            #expect(command?.path.count ?? 0 > 1 || line == "tedge --version", "\(line)")
        }
    }

    @Test(
        "the page's own command line is taken, with the dashes that the page shows",
        arguments: [
            "\u{E2}\u{20AC}\u{201C}-user", "\u{2013}-user", "\u{2014}user", "\u{2212}\u{2212}user",
        ])
    func page(_ option: String) throws {
        guard case .command(let command, _, _) = try Program.parser.parse(["cert", "upload", "c8y", option, "alice"])
        else {
            Issue.record("no command")
            return
        }
        #expect((command as? CertUploadC8yCommand)?.user == "alice")
    }

    @Test("doctor takes a profile in the form of connect, and not two")
    func doctorProfile() throws {
        guard case .command(let command, _, _) = try Program.parser.parse(["doctor", "c8y.two"]) else { return }
        let doctor = try #require(command as? DoctorCommand)
        #expect(doctor.target?.cloud == .c8y && doctor.target?.profile(or: nil)?.text == "two")
        #expect(errors(["doctor", "c8y.two", "--profile", "three"]).contains("cannot be used with"))
    }
}

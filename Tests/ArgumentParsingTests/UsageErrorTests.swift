import ArgumentParsing
import Testing

@Suite("Texts of usage errors")
struct UsageErrorTests {
    @Test(
        "the text of an error is the golden text",
        arguments: [
            ("unrecognized-subcommand", "config gte"),
            ("unexpected-option", "config get --profil x device.id"),
            ("unexpected-argument", "config get device.id more"),
            ("dash-as-value", "config set device.id -5"),
            ("dash-as-option-value", "connect c8y --timeout -5"),
            ("unexpected-value", "--json=yes init"),
            ("missing-required", "config set"),
            ("missing-value", "config get --profile"),
            ("missing-allowed-value", "init --log-level"),
            ("invalid-reason", "config get c8y.ulr"),
            ("invalid-allowed-value", "connect asw"),
            ("conflict", "connect c8y --test --offline"),
            ("used-multiple-times", "config get device.id --profile a --profile b"),
            ("missing-subcommand", "config"),
            ("option-elsewhere", "config get --doc device.id"),
        ])
    func golden(name: String, line: String) throws {
        try expectGolden(usageError(line).description, "error-\(name)")
    }

    @Test("an error of a command's own check has the usage of the command")
    func ownCheck() throws {
        let error = try usageError(["cert", "create", "--device-id="])
        #expect(error.kind == .other("a device needs an identity"))
        #expect(
            error.description == """
                error: a device needs an identity

                Usage: tedge cert create [OPTIONS] --device-id <ID>

                For more information, try '--help'.
                """)
    }

    @Test("an error that is made without a parser has no usage line")
    func withoutUsage() {
        let error = UsageError(.unrecognizedSubcommand("x"))
        #expect(error.usage == nil)
        #expect(error.description == "error: unrecognized subcommand 'x'\n\nFor more information, try '--help'.")
    }

    @Test("an error of the core can say which key was meant")
    func keyOfCore() {
        let key = "c8y.ulr"
        let error = UsageError(
            .invalidValue(key, argument: "<KEY>", reason: "no setting has this key"),
            tip: closestMatch(to: key, in: SampleGet.keys).map(UsageError.Tip.similarValue))
        #expect(
            error.description == """
                error: invalid value 'c8y.ulr' for '<KEY>': no setting has this key

                  tip: a similar value exists: 'c8y.url'

                For more information, try '--help'.
                """)
    }

    @Test("no text begins or ends with a line feed", arguments: ["", "config", "nonsense", "connect x", "config set"])
    func noTrailingLineFeed(line: String) throws {
        let text = try usageError(line).description
        #expect(text.first != "\n")
        #expect(text.last != "\n")
    }

    @Test("control characters in the words of the user are escaped in every kind of error")
    func escapes() throws {
        let evil = "\u{1B}[31m\u{7}\r\n\u{202E}"
        let lines = [
            [evil], ["init", evil], ["--\(evil)"], ["-\(evil)"], ["--json=\(evil)"], ["connect", evil],
            ["init", "--log-level", evil], ["config", "set", "key", "-\(evil)"], ["connect", "c8y", "-t", "-\(evil)"],
            ["connect", "c8y", "-t\(evil)"], ["config", "get", evil], ["help", evil],
        ]
        for words in lines {
            let text = try usageError(words).description
            #expect(text.contains("\\u{1b}"))
            #expect(!text.unicodeScalars.contains { $0.properties.generalCategory == .control && $0 != "\n" })
            #expect(!text.unicodeScalars.contains("\u{202E}"))
        }
    }

    @Test("the reason of a check may quote the word, which is escaped there too, and may have lines")
    func reason() {
        let kind = UsageError.Kind.invalidValue("x", argument: "<KEY>", reason: "'\u{1B}'\n  second line")
        #expect(
            UsageError(kind).description.hasPrefix("error: invalid value 'x' for '<KEY>': '\\u{1b}'\n  second line\n"))
    }
}

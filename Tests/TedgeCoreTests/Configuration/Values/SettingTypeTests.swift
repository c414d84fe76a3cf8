import Testing

@testable import TedgeCore

@Suite struct SettingTypeTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let type: SettingType
        let typed: String
        /// What is printed, or nil if the value is refused.
        let printed: String?
        /// The reason of the refusal.
        let reason: String
        var testDescription: String { "\(type) \(typed.debugDescription)" }

        static func takes(_ type: SettingType, _ typed: String, as printed: String? = nil) -> Case {
            Case(type: type, typed: typed, printed: printed ?? typed, reason: "")
        }

        static func refuses(_ type: SettingType, _ typed: String, _ reason: String) -> Case {
            Case(type: type, typed: typed, printed: nil, reason: reason)
        }
    }

    static let texts: [Case] = [
        .takes(.text, ""), .takes(.text, " a b "), .takes(.text, "-x"), .takes(.text, "grün"),
        .refuses(.name, "", "The value must not be empty"), .takes(.name, "x"),
        .takes(.plainPath, "a/../b"),
        .refuses(.plainPath, "", "Cannot be converted to an absolute path: the path is empty"),
        .takes(.path, "/a/./b//c/../d/", as: "/a/b/d"), .takes(.path, "/..", as: "/"),
        .takes(.path, "x", as: "/here/x"),
        .takes(.path, "./../x", as: "/x"), .takes(.path, ".", as: "/here"), .takes(.path, "./~/x", as: "/here/~/x"),
        .refuses(.path, "~/x", "Only a shell can replace '~' with a directory"),
        .refuses(.path, "~pi/x", "Only a shell can replace '~pi' with a directory"),
        .refuses(.path, "$HOME/x", "Only a shell can replace '$HOME' with a directory"),
        .refuses(.path, "", "Cannot be converted to an absolute path: the path is empty"),
    ]

    static let numbers: [Case] = [
        .takes(.flag, "true"), .takes(.flag, "false"),
        .refuses(.flag, "ja", "provided string was not `true` or `false`"),
        .refuses(.flag, "", "provided string was not `true` or `false`"),
        .takes(.port, "0"), .takes(.port, "65535"), .takes(.port, "0080", as: "80"),
        .refuses(.port, "65536", "number too large to fit in target type"),
        .refuses(.port, "99999999999999999999", "number too large to fit in target type"),
        .refuses(.port, "", "cannot parse integer from empty string"),
        .refuses(.port, "-1", "invalid digit found in string"), .refuses(.port, "+", "invalid digit found in string"),
        .refuses(.port, "+80", "invalid digit found in string"),
        .refuses(.port, "1 2", "invalid digit found in string"), .refuses(.port, "٣", "invalid digit found in string"),
        .takes(.nonZeroPort, "1"), .refuses(.nonZeroPort, "0", "number would be zero for non-zero type"),
        .refuses(.nonZeroPort, "65536", "number too large to fit in target type"),
        .takes(.number, "0"), .takes(.number, "4294967295"),
        .refuses(.number, "4294967296", "number too large to fit in target type"),
        .takes(.payloadLimit, "1"), .takes(.payloadLimit, "268435455"),
        .refuses(
            .payloadLimit, "0", "Invalid MQTT payload size limit: 0. Provide a value between 1 and 268435455 bytes"),
        .refuses(
            .payloadLimit, "268435456",
            "Invalid MQTT payload size limit: 268435456. Provide a value between 1 and 268435455 bytes"),
    ]

    static let addresses: [Case] = [
        .takes(.ipAddress, "0.0.0.0"), .takes(.ipAddress, "255.255.255.255"), .takes(.ipAddress, "::1"),
        .takes(.ipAddress, "fe80::1"), .takes(.ipAddress, "::ffff:10.0.0.1"),
        .refuses(.ipAddress, "10.0.0", "invalid IP address syntax"),
        .refuses(.ipAddress, "10.0.0.01", "invalid IP address syntax"),
        .refuses(.ipAddress, "[10.0.0.1", "invalid IP address syntax"),
        .refuses(.ipAddress, "10.0.0.1:80", "invalid IP address syntax"),
        .refuses(.ipAddress, "localhost", "invalid IP address syntax"),
        .refuses(.ipAddress, "", "invalid IP address syntax"),
    ]

    static let topics: [Case] = [
        .takes(.topicPrefix, "c8y"), .takes(.topicPrefix, "a/b"), .takes(.topicPrefix, "c8y-internal2"),
        .refuses(.topicPrefix, "", "Topic prefix must not be empty"),
        .refuses(.topicPrefix, "a#", "Topic prefix cannot contain '#'"),
        .refuses(.topicPrefix, "#\u{301}", "Topic prefix cannot contain '#'"),
        .refuses(.topicPrefix, "a/+", "Topic prefix cannot contain '+'"),
        .refuses(.topicPrefix, "a b", "Topic prefix cannot contain a blank"),
        .refuses(.topicPrefix, "c8y-internal", "Topic prefix cannot be c8y-internal"),
        .takes(.topicID, "device/main//"), .takes(.topicID, "factory/hall/line/belt"),
        .refuses(.topicID, "device/main/", fourLevels), .refuses(.topicID, "device/main///", fourLevels),
        .takes(.topicID, "device/\u{301}main//"), .refuses(.topicID, "device/\u{301}main///", fourLevels),
        .refuses(.topicID, "/main//", fourLevels), .refuses(.topicID, "", fourLevels),
        .refuses(.topicID, "device/+//", "An entity topic identifier cannot contain '#' or '+'"),
    ]
    static let fourLevels =
        "An entity topic identifier has four levels with '/' between them, and the first must not be empty"

    static let choices: [Case] = [
        .takes(.choice(.auto), "auto"), .takes(.choice(.auto), "true"), .takes(.choice(.authMethod), "basic"),
        .takes(.choice(.authMethod), "password", as: "basic"), .takes(.choice(.timeFormat), "unix"),
        .takes(.choice(.timeFormat), "rfc-3339", as: "rfc3339"), .takes(.choice(.timeFormat), "rfc3339"),
        .refuses(.choice(.auto), "x", "Failed to parse flag: x. Supported values are: true, false, auto"),
        .refuses(
            .choice(.authMethod), "x",
            "Failed to parse flag: x. Supported values are: 'certificate', 'basic' or 'auto'"),
        .refuses(.choice(.cryptoki), "", "Failed to parse flag: . Supported values are: off, module, socket"),
        .refuses(
            .choice(.softwareAPI), "Legacies", "Failed to parse flag: Legacies. Supported values are: legacy, advanced"),
        .refuses(
            .choice(.logUpload), "x", "Failed to parse flag: x. Supported values are: 'never', 'always' or 'on-failure'"
        ),
        .refuses(.choice(.aptConfig), "x", "Failed to parse flag: x. Supported values are: keepold, keepnew"),
        .refuses(.choice(.timeFormat), "x", "Failed to parse flag: x. Supported values are: 'rfc-3339' or 'unix'"),
    ]

    static let lists: [Case] = [
        .takes(.list, "", as: "[]"), .takes(.list, "a", as: #"["a"]"#), .takes(.list, "b,a,b", as: #"["b", "a", "b"]"#),
        .takes(.list, " a , b,", as: #"["a", "b"]"#), .takes(.list, ",,", as: "[]"),
        .takes(.list, "a,\u{301}b", as: "[\"a\", \"\u{301}b\"]"),
        .takes(.list, #"a"b\c"#, as: #"["a\"b\\c"]"#), .takes(.list, #"["a, b", "c"]"#), .takes(.list, "[]"),
        .takes(.list, "[a,b]", as: #"["[a", "b]"]"#), .takes(.list, "[1, 2]", as: #"["[1", "2]"]"#),
    ]

    @Test(
        "a typed value is taken in its canonical form, or refused with the reason",
        arguments: texts + numbers + addresses + topics + choices + lists)
    func typed(_ expected: Case) throws {
        do throws(SettingRefusal) {
            let parsed = try expected.type.parse(expected.typed, currentDirectory: { "/here" })
            #expect(parsed.value.printed == expected.printed)
            #expect(parsed.taken == nil)
        } catch {
            #expect(expected.printed == nil)
            #expect(error.reason == expected.reason)
        }
    }

    static let pasted: [(SettingType, String, String)] = [
        (.flag, "True", "true"), (.flag, "YES", "true"), (.flag, "on", "true"), (.flag, "1", "true"),
        (.flag, "off", "false"), (.flag, "No", "false"), (.flag, "0", "false"), (.flag, " false ", "false"),
        (.choice(.auto), "yes", "true"), (.choice(.auto), "AUTO", "auto"), (.choice(.authMethod), "Basic", "basic"),
        (.choice(.timeFormat), "RFC-3339", "rfc-3339"),
        (.port, " 8883", "8883"), (.nonZeroPort, "1883 ", "1883"), (.number, "\u{201C}7\u{201D}", "7"),
        (.path, " /etc/x ", "/etc/x"), (.path, "file:///etc/x", "/etc/x"), (.path, "\"/etc/x\"", "/etc/x"),
        (.ipAddress, "[::1]", "::1"), (.ipAddress, " 10.0.0.1", "10.0.0.1"), (.duration, " 60s", "60s"),
        (.name, " te\u{A0}", "te"), (.proxyURL, "http://p:1 ", "http://p:1"),
        (.host, "a.example ", "a.example"), (.host, "\u{201C}a.example\u{201D}", "a.example"),
        (.host, "'a.example'", "a.example"),
    ]

    @Test("blanks, quotes and other spellings are removed from a value, with a warning", arguments: pasted)
    func tidied(_ type: SettingType, _ typed: String, _ taken: String) throws {
        let parsed = try type.parse(typed, currentDirectory: { "/here" })
        #expect(parsed.taken == taken)
        #expect(!parsed.isHostOfAddress)
        #expect(parsed.value == (try type.parse(taken, currentDirectory: { "/here" })).value)
    }

    static let addressesOfHosts: [(SettingType, String, String)] = [
        (.host, "https://a.example", "a.example"), (.host, "HTTPS://A.example/apps/x?y#z", "A.example"),
        (.host, "a.example/", "a.example"), (.host, "a.example/apps", "a.example"),
        (.host, "//a.example/x", "a.example"),
        (.host, "mqtts://a.example:8883", "a.example"), (.host, "mqtt://a.example:1883/", "a.example"),
        (.host, "https://a.example:443/", "a.example"), (.host, "http://a.example:80", "a.example"),
        (.host, "wss://a.example:443", "a.example"), (.host, " https://a.example/ ", "a.example"),
        (.hostPort(443), "https://a.example:8443/x", "a.example:8443"), (.hostPort(8883), "a.example/", "a.example"),
    ]

    @Test("the host of a pasted address is used, with a port if the setting can have one", arguments: addressesOfHosts)
    func hosts(_ type: SettingType, _ typed: String, _ taken: String) throws {
        let parsed = try type.parse(typed, currentDirectory: { "/here" })
        #expect(parsed.taken == taken && parsed.isHostOfAddress)
    }

    @Test(
        "a text that only looks like an address is refused unchanged",
        arguments: [
            "", "mqtt://", "https:/a.example", "https//a.example", "htps://a.example", "https://a.example:8443",
            "https://u:p@a.example", "a.example:8883", "::1", "<tenant>.example", "a b",
        ])
    func noHosts(_ typed: String) throws {
        let refusal = try #require(throws: SettingRefusal.self) {
            try SettingType.host.parse(typed, currentDirectory: { "/here" })
        }
        #expect(refusal.reason.hasPrefix("Could not parse provided URL: '\(typed)' as a valid domain name."))
    }

    static let allTypes = KeyFixture.all.compactMap(\.settingType)

    @Test(
        "no type accepts a control character or a line end",
        arguments: ["\0", "\n", "\r", "\t", "\u{1B}", "\u{7F}", "\u{85}", "\u{2028}", "\u{2029}"])
    func controlCharacters(_ character: String) throws {
        for type in Self.allTypes {
            for text in [character, "a\(character)", "\(character)a", "a.example.com\(character)x"] {
                let refusal = try #require(throws: SettingRefusal.self) {
                    try type.parse(text, currentDirectory: { "/here" })
                }
                #expect(refusal.reason.hasPrefix("The value contains the control character U+"))
            }
        }
    }

    @Test("the error of a control character names its number")
    func controlCharacterName() throws {
        let refusal = try #require(throws: SettingRefusal.self) {
            try SettingType.text.parse("a\nb", currentDirectory: { "/" })
        }
        #expect(refusal.reason == "The value contains the control character U+000A, which no setting can")
    }

    @Test("the current directory is read only for a relative path")
    func currentDirectoryIsLazy() throws {
        var asked = 0
        let directory = { () -> String in
            asked += 1; return "/here"
        }
        _ = try SettingType.path.parse("/a", currentDirectory: directory)
        _ = try SettingType.text.parse("a", currentDirectory: directory)
        #expect(asked == 0)
        _ = try SettingType.path.parse("a", currentDirectory: directory)
        #expect(asked == 1)
    }
}

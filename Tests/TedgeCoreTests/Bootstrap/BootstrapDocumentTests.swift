import Testing

@testable import TedgeCore

@Suite struct BootstrapDocumentTests {
    private func read(_ text: String) throws(BootstrapDocumentError) -> [BootstrapRun] {
        try BootstrapDocument(parsing: Array(text.utf8), source: "runs.json").runs
    }

    /// The causes and the hint for a document that is refused.
    private func refusal(_ text: String) -> String { refusal(Array(text.utf8)) }

    private func refusal(_ bytes: [UInt8]) -> String {
        do throws(BootstrapDocumentError) {
            _ = try BootstrapDocument(parsing: bytes, source: "runs.json")
            return "accepted"
        } catch {
            return error.causes.joined(separator: "\n") + (error.hint.map { "\n" + $0 } ?? "")
        }
    }

    @Test("a document with all members is read")
    func documentAllMembersRead() throws {
        let runs = try read(
            """
            [{"cloud": "c8y", "profile": "test", "type": "c8y", "url": "https://example.com/apps", "register": "basic",
              "device_id": "box-1", "set": {"device.type": "gateway", "c8y.availability.interval": "5m"},
              "env": {"C8Y_PASSWORD": "TEST_PASSWORD"}, "re_register": true, "clean": true},
             {"cloud": "aws"}]
            """)
        var first = BootstrapRun(.c8y, profile: try ProfileName(parsing: "test"))
        first.url = "example.com"
        first.method = .basic
        first.deviceID = "box-1"
        first.settings = [.init("c8y.availability.interval", "5m"), .init("device.type", "gateway")]
        first.variables = [.init("C8Y_PASSWORD", from: "TEST_PASSWORD")]
        first.registersAgain = true
        first.isClean = true
        #expect(runs == [first, BootstrapRun(.aws)])
    }

    @Test("what is written is what was read, and what is empty is absent")
    func writtenWasReadEmpty() throws {
        let text = """
            [
              {
                "cloud": "c8y",
                "profile": "test",
                "url": "example.com:8443",
                "register": "c8y-ca",
                "device_id": "box \\"1\\"",
                "set": {"c8y.availability.interval":"5m","device.type":"a"},
                "env": ["DEVICE_ONE_TIME_PASSWORD"],
                "re_register": true
              },
              {
                "cloud": "az"
              }
            ]

            """.replacing("box \\\"1\\\"", with: "box-1")
        #expect(BootstrapDocument(try read(text)).text == text)
    }

    @Test("a cloud with a dot names a profile")
    func cloudDotNamesProfile() throws {
        let run = try read(#"[{"cloud": "c8y.test", "profile": "test"}]"#)[0]
        #expect(run.name == "c8y.test")
        #expect(refusal(#"[{"cloud": "c8y.test", "profile": "other"}]"#).contains("'cloud' names another profile"))
    }

    @Test("an object that is not in an array is refused")
    func objectNotArrayRefused() {
        #expect(
            refusal(#"{"cloud": "c8y"}"#) == """
                runs.json: an array of runs is expected, and here is an object.
                Put the object between brackets: [{"cloud": "c8y", "url": "<tenant>.cumulocity.com", "device_id": "<id>"}].
                """)
    }

    @Test("an empty array, an empty text and a value alone are refused")
    func emptyArrayEmptyText() {
        #expect(refusal("[]").hasPrefix("runs.json: the array holds no run.\n"))
        #expect(refusal(" \n").hasPrefix("runs.json: the document is empty.\n"))
        let kinds = ["null": "null", "1": "a number", "true": "true or false", "\"c8y\"": "a text", "{}": "an object"]
        for (text, kind) in kinds {
            #expect(refusal(text).hasPrefix("runs.json: an array of runs is expected, and here is \(kind).\n"))
        }
    }

    @Test("an unknown member is refused with its place")
    func unknownMemberRefusedPlace() {
        #expect(
            refusal(#"[{"cloud": "aws"}, {"cloud": "c8y", "device-id": "a"}]"#).hasPrefix(
                "runs.json, run 2, 'device-id': a run has no such member.\nIts members are cloud, profile"))
    }

    @Test("control characters of a key do not reach the terminal")
    func controlCharactersKey() {
        #expect(refusal(#"[{"cloud": "c8y", "a\u001b[2Jb": 1}]"#).contains(#"run 1, 'a\u{1b}[2Jb': a run has"#))
    }

    @Test("two runs for the same connection are refused")
    func twoRunsForSame() {
        #expect(
            refusal(#"[{"cloud": "c8y"}, {"cloud": "c8y.test"}, {"cloud": "c8y", "profile": "test"}]"#).contains(
                "runs.json, run 3: run 2 is for c8y.test, too."))
    }

    @Test("a secret setting is refused in set, and its value is not shown")
    func secretSettingRefusedSet() {
        let text = refusal(#"[{"cloud": "c8y", "set": {"device.key_pin": "1234"}}]"#)
        #expect(text.contains("'device.key_pin' is secret and is not written here"))
        #expect(text.contains(#"{"device.key_pin": "NAME"}"#))
        #expect(!text.contains("1234"))
    }

    @Test("a secret setting is taken from a variable")
    func secretSettingTakenFrom() throws {
        let run = try read(#"[{"cloud": "c8y", "env": {"device.key_pin": "PIN"}}]"#)[0]
        #expect(run.variables == [.init("device.key_pin", from: "PIN")])
        #expect(refusal(#"[{"cloud": "c8y", "env": {"device.pin": "PIN"}}]"#).contains("run 1, 'env', 'device.pin': "))
        #expect(refusal(#"[{"cloud": "c8y", "env": ["my password"]}]"#).contains("is not the name of a variable"))
        #expect(
            refusal(#"[{"cloud": "c8y", "env": "PIN"}]"#).contains(
                "run 1, 'env': names of variables are expected, and here is a text"))
        #expect(
            refusal(#"[{"cloud": "c8y", "env": ["A", "A"]}]"#).contains("run 1, 'env', name 2: 'A' is there already"))
    }

    @Test("a setting that does not exist, is wrong, or stands there twice is refused")
    func settingDoesNotExist() {
        #expect(refusal(#"[{"cloud": "c8y", "set": {"c8y.uri": "x"}}]"#).contains("run 1, 'set', 'c8y.uri': "))
        #expect(
            refusal(#"[{"cloud": "c8y", "set": {"mqtt.bind.port": "0"}}]"#).contains(
                "'0' is not a value of 'mqtt.bind.port'"))
        #expect(
            refusal(#"[{"cloud": "c8y", "set": {"mqtt.bind.port": 1883}}]"#).contains(
                "run 1, 'set', 'mqtt.bind.port': a text in double quotes is expected, and here is a number"))
        #expect(
            refusal(#"[{"cloud": "c8y", "set": {"mqtt.bind.port": "1884", "mqtt_bind_port": "1885"}}]"#).contains(
                "run 1, 'set', 'mqtt_bind_port': this setting is there already, as 'mqtt.bind.port'"))
        #expect(
            refusal(#"[{"cloud": "c8y", "set": {"c8y.url": "x.io"}}]"#).contains(
                "Give the address as the url of the run."))
        #expect(
            refusal(#"[{"cloud": "c8y", "set": {"device.id": "x"}}]"#).contains(
                "Give the id as the device id of the run."))
        #expect(
            refusal(#"[{"cloud": "c8y", "set": ["mqtt.port"]}]"#).contains(
                "run 1, 'set': an object of settings is expected"))
    }

    @Test(
        "a member of another type is refused", arguments: ["cloud", "url", "device_id", "register", "profile", "type"])
    func memberAnotherTypeRefused(_ key: String) {
        let kinds = [
            "1": "a number", "true": "true or false", "null": "null", "[\"c8y\"]": "an array", "{}": "an object",
        ]
        for (value, kind) in kinds {
            let others = key == "cloud" ? "" : "\"cloud\": \"c8y\", "
            #expect(
                refusal("[{\(others)\"\(key)\": \(value)}]").hasPrefix(
                    "runs.json, run 1, '\(key)': a text in double quotes is expected, and here is \(kind)."))
        }
        #expect(refusal(#"["c8y"]"#).contains("runs.json, run 1: a run is an object, and here is a text."))
    }

    @Test("only true and false are true and false", arguments: ["clean", "re_register"])
    func onlyTrueAndFalse(_ key: String) throws {
        func text(_ value: String) -> String { "[{\"cloud\": \"c8y\", \"\(key)\": \(value)}]" }
        let kinds = [
            "1": "a number", "0": "a number", "1.0": "a number", "-0": "a number", "\"true\"": "a text", "null": "null",
            "123456789012345678901234567890": "a number", "[]": "an array",
        ]
        for (value, kind) in kinds {
            #expect(
                refusal(text(value)).hasPrefix(
                    "runs.json, run 1, '\(key)': true or false is expected, and here is \(kind)."))
        }
        let (yes, no) = (try read(text("true"))[0], try read(text("false"))[0])
        #expect(key == "clean" ? yes.isClean && !no.isClean : yes.registersAgain && !no.registersAgain)
    }

    @Test("a cloud, a method, a type, an address and an id that do not exist are refused")
    func cloudMethodTypeAddress() {
        #expect(refusal(#"[{"cloud": "cumulocity"}]"#).contains("Did you mean 'c8y'?"))
        #expect(refusal(#"[{"url": "x.io"}]"#).contains("the member 'cloud' is missing"))
        #expect(refusal(#"[{"cloud": "az", "register": "c8y-ca"}]"#).contains("Azure has no registration 'c8y-ca'"))
        #expect(refusal(#"[{"cloud": "c8y", "register": "ca"}]"#).contains("there is no registration 'ca'"))
        #expect(refusal(#"[{"cloud": "c8y", "type": "thingsboard"}]"#).contains("the type 'thingsboard'"))
        #expect(refusal(#"[{"cloud": "c8y", "url": "a b"}]"#).contains("'a b' is not an address"))
        #expect(refusal(#"[{"cloud": "aws", "url": "x.io:99"}]"#).contains("'x.io:99' is not an address"))
        #expect(refusal(#"[{"cloud": "c8y", "device_id": "a/b"}]"#).contains("cannot be used in a name"))
        #expect(refusal(#"[{"cloud": "c8y", "profile": "a b"}]"#).contains("'a b' is not the name of a profile"))
    }

    @Test("what is not JSON is refused with Foundation's reason, and its place if that is known")
    func notJsonRefusedPlace() {
        #expect(refusal("[{'cloud': 1}]") == "runs.json, line 1, column 3: invalid value.")
        #expect(refusal("[{\n  \"url\": \"é\" x}]") == "runs.json, line 2, column 14: invalid value.")
        #expect(refusal("\u{FEFF}[{\n'cloud': 1}]") == "runs.json, line 2, column 1: invalid value.")
        #expect(refusal("[{\"cloud\": \"c8\ny\"}]") == "runs.json, line 1, column 15: unescaped control character.")
        #expect(refusal("[{\"cloud\": \"\\q\"}]") == "runs.json, line 1, column 13: invalid escape sequence.")
        #expect(refusal("[{\"cloud\": 01}]") == "runs.json, line 1, column 13: number with leading zero.")
        #expect(refusal("[{\"cloud\": \"c8y}]") == "runs.json: the text ends before the document is complete.")
        #expect(refusal("[{\"cloud\": \"\\ud800\"}]") == "runs.json: an escape \\u is half of a surrogate pair.")
        #expect(refusal("[1e400]") == "runs.json: number 1e400 is not representable in Swift.")
        #expect(refusal(String(repeating: "[", count: 600)).contains("too many nested arrays or dictionaries"))
        // The document may hold what is secret.
        #expect(refusal("[{\"cloud\": \"\\u12zz\"}]").hasSuffix(": invalid hex encoded sequence."))
    }

    @Test("text that is neither UTF-8 nor UTF-16 is refused")
    func neitherUTF8NorUTF16() {
        #expect(refusal([0x5B, 0x0A, 0x22, 0xFF, 0x22, 0x5D]) == "runs.json, line 2, column 2: the text is not UTF-8.")
        #expect(refusal([0xFF, 0xFE, 0x00, 0xD8]) == "runs.json: the text is neither UTF-8 nor UTF-16.")
    }

    @Test("UTF-16 is read, with and without a byte order mark, and without a place for what is not JSON")
    func utf16() throws {
        func bytes(_ text: String) -> [UInt8] {
            text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        }
        let text = #"[{"cloud": "c8y", "url": "example.com"}]"#
        for form in ["\u{FEFF}" + text, text] {
            #expect(try BootstrapDocument(parsing: bytes(form), source: "runs.json").runs == read(text))
        }
        #expect(refusal(bytes("\u{FEFF}[\n'c8y']")) == "runs.json: invalid value.")
    }

    @Test("escapes, a byte order mark and space around the values are read")
    func escapesByteOrderMark() throws {
        let text =
            "\u{FEFF} [ { \"cloud\" : \"\\u0063\\u0038y\" , \"set\":{\"device.type\":\"\\ud83d\\ude00\\/\"}} ]\n"
        #expect(try read(text)[0].settings == [.init("device.type", "😀/")])
    }

    @Test("a document that is refused has its own reason")
    func documentRefusedHasOwn() {
        do throws(BootstrapDocumentError) {
            _ = try read("[]")
        } catch {
            #expect(error.id.rawValue == "bootstrap-document-invalid")
        }
    }
}

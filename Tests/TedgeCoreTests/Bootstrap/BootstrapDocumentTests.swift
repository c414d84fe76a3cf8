import Testing

@testable import TedgeCore

@Suite struct BootstrapDocumentTests {
    private func read(_ text: String) throws(BootstrapDocumentError) -> [BootstrapRun] {
        try BootstrapDocument(parsing: Array(text.utf8), source: "runs.json").runs
    }

    /// The causes and the hint for a document that is refused.
    private func refusal(_ text: String) -> String {
        do throws(BootstrapDocumentError) {
            _ = try read(text)
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
        first.settings = [.init("device.type", "gateway"), .init("c8y.availability.interval", "5m")]
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
                "set": {"device.type":"a","c8y.availability.interval":"5m"},
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
                runs.json, line 1, column 1: an array of runs is expected, and here is an object.
                Put the object between brackets: [{"cloud": "c8y", "url": "<tenant>.cumulocity.com", "device_id": "<id>"}].
                """)
    }

    @Test("an empty array and an empty text are refused")
    func emptyArrayEmptyText() {
        #expect(refusal("[]").contains("line 1, column 1: the array holds no run"))
        #expect(refusal(" ").contains("line 1, column 2: expected a value, found the end of the text"))
    }

    @Test("an unknown member is refused with its place")
    func unknownMemberRefusedPlace() {
        #expect(
            refusal("[\n  {\"cloud\": \"c8y\",\n   \"device-id\": \"a\"}]").contains(
                "runs.json, line 3, column 4: a run has no member 'device-id'.\nIts members are cloud, profile"))
    }

    @Test("a key that an object has twice is refused with both places")
    func keyObjectHasTwice() {
        #expect(
            refusal("[{\"cloud\": \"c8y\",\n\"url\": \"a.io\", \"url\": \"b.io\"}]").contains(
                "line 2, column 16: the key 'url' stands already at line 2, column 1"))
    }

    @Test("two runs for the same connection are refused")
    func twoRunsForSame() {
        #expect(
            refusal(#"[{"cloud": "c8y"}, {"cloud": "c8y.test"}, {"cloud": "c8y", "profile": "test"}]"#).contains(
                "line 1, column 43: there is a run for c8y.test already"))
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
        #expect(refusal(#"[{"cloud": "c8y", "env": {"device.pin": "PIN"}}]"#).contains("line 1, column 27"))
        #expect(refusal(#"[{"cloud": "c8y", "env": ["my password"]}]"#).contains("is not the name of a variable"))
        #expect(refusal(#"[{"cloud": "c8y", "env": "PIN"}]"#).contains("'env' holds names of variables"))
        #expect(refusal(#"[{"cloud": "c8y", "env": ["A", "A"]}]"#).contains("'A' stands here already"))
    }

    @Test("a setting that does not exist, is wrong, or stands there twice is refused")
    func settingDoesNotExist() {
        #expect(refusal(#"[{"cloud": "c8y", "set": {"c8y.uri": "x"}}]"#).contains("line 1, column 27"))
        #expect(
            refusal(#"[{"cloud": "c8y", "set": {"mqtt.bind.port": "0"}}]"#).contains(
                "'0' is no value of 'mqtt.bind.port'"))
        #expect(
            refusal(#"[{"cloud": "c8y", "set": {"mqtt.bind.port": 1883}}]"#).contains(
                "the value of 'mqtt.bind.port' is a text, and here is a number"))
        #expect(
            refusal(#"[{"cloud": "c8y", "set": {"mqtt.bind.port": "1884", "mqtt_bind_port": "1885"}}]"#).contains(
                "'mqtt.bind.port' is set at line 1, column 27 already"))
        #expect(
            refusal(#"[{"cloud": "c8y", "set": {"c8y.url": "x.io"}}]"#).contains(
                "Give the address as the url of the run."))
        #expect(
            refusal(#"[{"cloud": "c8y", "set": {"device.id": "x"}}]"#).contains(
                "Give the id as the device id of the run."))
        #expect(refusal(#"[{"cloud": "c8y", "set": ["mqtt.port"]}]"#).contains("'set' is an object of settings"))
    }

    @Test("a member of another type is refused")
    func memberAnotherTypeRefused() {
        #expect(refusal(#"[{"cloud": 1}]"#).contains("'cloud' is a text in double quotes, and here is a number"))
        #expect(
            refusal(#"[{"cloud": "c8y", "clean": "yes"}]"#).contains("'clean' is true or false, and here is a text"))
        #expect(refusal(#"["c8y"]"#).contains("a run is an object, and here is a text"))
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

    @Test("what is not JSON is refused with its place")
    func notJsonRefusedPlace() {
        #expect(
            refusal("[{\"cloud\": \"c8y\",}]").contains("line 1, column 18: expected a key in double quotes, found '}'")
        )
        #expect(refusal("[{'cloud': 1}]").contains("line 1, column 3: expected a key in double quotes"))
        #expect(refusal("[{\"cloud\": c8y}]").contains("line 1, column 12: expected a value, found 'c'"))
        #expect(refusal("[{\"cloud\": \"c8y}]").contains("line 1, column 12: the text is not closed"))
        #expect(refusal("[{\"cloud\": \"c8\ny\"}]").contains("a text cannot hold the end of the line"))
        #expect(refusal("[{\"cloud\": \"\\q\"}]").contains("no such escape"))
        #expect(refusal("[{\"cloud\": \"\\ud800\"}]").contains("half a surrogate pair"))
        #expect(refusal("[{\"cloud\": 01}]").contains("'01' is not a number"))
        #expect(refusal("[{\"cloud\": \"c8y\"}] x").contains("expected the end of the text, found 'x'"))
        #expect(refusal(String(repeating: "[", count: 50)).contains("nested deeper than 32 levels"))
        #expect(throws: BootstrapDocumentError.self) {
            try BootstrapDocument(parsing: [0x5B, 0xFF, 0x5D], source: "runs.json")
        }
    }

    @Test("escapes, a byte order mark and space around the values are read")
    func escapesByteOrderMark() throws {
        let text =
            "\u{FEFF} [ { \"cloud\" : \"\\u0063\\u0038y\" , \"set\":{\"device.type\":\"\\ud83d\\ude00\\/\\t\"}} ]\n"
        let run = try read(text.replacing("\\t", with: ""))[0]
        #expect(run.settings == [.init("device.type", "😀/")])
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

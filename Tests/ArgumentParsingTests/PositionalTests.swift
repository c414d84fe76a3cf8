import ArgumentParsing
import Testing

@Suite("Positional arguments")
struct PositionalTests {
    @Test("words are given out in the order of declaration, with options anywhere between them")
    func order() throws {
        let set = try command(SampleSet.self, "config set --json device.id --config-dir /x raspberry")
        #expect(set.key == "device.id")
        #expect(set.value == "raspberry")
    }

    @Test("behind two dashes every word is a value, a second pair of dashes too")
    func dashes() throws {
        #expect(try command(SampleSet.self, "config set -- --key -v").key == "--key")
        #expect(try command(SampleSet.self, "config set key -- -5").value == "-5")
        #expect(try command(SampleSubscribe.self, "mqtt sub a -- -b -- --json").topics == ["a", "-b", "--", "--json"])
    }

    @Test("an empty word and a single dash are values")
    func emptyWords() throws {
        #expect(try command(SampleSet.self, ["config", "set", "", ""]).value == "")
        #expect(try command(SampleSet.self, "config set key -").value == "-")
    }

    @Test("a negative number is taken for an option, and the tip works as it says")
    func negative() throws {
        let error = try usageError("config set key -5")
        #expect(error.kind == .unexpectedArgument("-5"))
        #expect(error.tip == .passAsArgument("-5"))
        #expect(try command(SampleSet.self, "config set key -- -5").value == "-5")
    }

    @Test("an array takes all that is left and needs at least one")
    func variadic() throws {
        #expect(try command(SampleSubscribe.self, "mqtt sub a b --count 2 c").topics == ["a", "b", "c"])
        #expect(try usageError("mqtt sub").kind == .missingRequired(["<TOPIC>..."]))
    }

    @Test("what is required and missing is named, and nothing else")
    func missing() throws {
        #expect(try usageError("config set").kind == .missingRequired(["<KEY>", "<VALUE>"]))
        #expect(try usageError("config set key").kind == .missingRequired(["<VALUE>"]))
        #expect(try command(SampleList.self, "config list").filter == nil)
        #expect(try command(SampleList.self, "config list mqtt").filter == "mqtt")
    }

    @Test("one word too many is named, and with nowhere to put it no tip says how to pass it")
    func tooMany() throws {
        let error = try usageError("config list a b")
        #expect(error.kind == .unexpectedArgument("b"))
        #expect(error.tip == nil)
        #expect(try usageError("config list a -x").tip == nil)
        #expect(try usageError("init x").kind == .unexpectedArgument("x"))
    }

    @Test("a value of an enumeration is read, and another one is refused with the list")
    func enumeration() throws {
        #expect(try command(SampleConnect.self, "connect aws").cloud == .aws)
        let error = try usageError("connect azz")
        #expect(
            error.kind
                == .invalidValue("azz", argument: "<CLOUD>", reason: "", allowedValues: ["c8y", "az", "aws"]))
        #expect(error.tip == .similarValue("az"))
    }

    @Test("a parse closure refuses with its own reason, and the suggestions are looked through")
    func closure() throws {
        #expect(try command(SampleGet.self, "config get az.url").key == "az.url")
        let error = try usageError("config get device_id")
        #expect(error.kind == .invalidValue("device_id", argument: "<KEY>", reason: "no setting has this key"))
        #expect(error.tip == .similarValue("device.id"))
        #expect(try usageError("config get nonsense").tip == nil)
    }

    @Test("a parse closure can throw any error; its description is the reason")
    func anyError() throws {
        let parser = CommandParser(root: Picky.self, globals: NoArguments.self, version: "1")
        let error = try #require(throws: UsageError.self) { _ = try parser.parse(["x"]) }
        #expect(error.kind == .invalidValue("x", argument: "[WORD]", reason: "too short"))
    }

    @Test("the values of an option group are those of its command")
    func group() throws {
        #expect(try command(SampleConnect.self, "connect c8y -t 5").times.timeout == 5)
    }

    private struct Picky: ParsableCommand {
        struct TooShort: Error, CustomStringConvertible {
            let description = "too short"
        }

        static let configuration = CommandConfiguration(name: "picky", abstract: "Refuse.")

        @Argument("WORD", help: "A word.", parse: { _ in throw TooShort() }) var word: String?

        var arguments: [BoundArgument] { [$word] }
    }
}

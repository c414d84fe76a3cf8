import Testing

@testable import ArgumentParsing

@Suite("Values of single words")
struct ExpressibleByArgumentTests {
    private typealias MaybeInt = Int?

    private enum Unlisted: String, ExpressibleByArgument {
        case one
    }

    private func reason<Value: ExpressibleByArgument>(_ type: Value.Type, _ word: String) throws -> String {
        try #require(throws: InvalidValue.self) { _ = try Value(argument: word) }.reason
    }

    @Test("a text is taken as it is", arguments: ["", " ", "-", "ä\n"])
    func text(word: String) {
        #expect(String(argument: word) == word)
        #expect(String.allArgumentValues.isEmpty)
    }

    @Test("whole numbers are read in decimal", arguments: [("0", 0), ("42", 42), ("-7", -7), ("007", 7)])
    func number(word: String, value: Int) throws {
        #expect(try Int(argument: word) == value)
    }

    @Test("the ends of a range belong to it, and what is outside is refused with the range")
    func range() throws {
        #expect(try UInt16(argument: "65535") == 65535)
        #expect(try UInt8(argument: "0") == 0)
        #expect(try reason(UInt16.self, "65536") == "not within 0 to 65535")
        #expect(try reason(UInt8.self, "-1") == "not within 0 to 255")
        #expect(try reason(Int.self, String(repeating: "9", count: 100_000)).hasPrefix("not within "))
    }

    @Test(
        "what is no whole number is refused as such",
        arguments: ["", " ", "-", "+", "+7", "--1", "+-1", "1.0", "1e3", "0x10", "1 ", "١", "1\u{301}", "ten"])
    func notANumber(word: String) throws {
        #expect(try reason(Int.self, word) == "not a whole number")
        #expect(try reason(UInt16.self, word) == "not a whole number")
    }

    @Test("truth is spelled true or false", arguments: ["TRUE", "yes", "1", ""])
    func truth(word: String) throws {
        #expect(try Bool(argument: "true"))
        #expect(try !Bool(argument: "false"))
        #expect(try reason(Bool.self, word).isEmpty)
        #expect(Bool.allArgumentValues == ["true", "false"])
    }

    @Test("an enumeration is read by its raw values and lists them where it can")
    func enumeration() throws {
        #expect(try Cloud(argument: "az") == .az)
        #expect(Cloud.allArgumentValues == ["c8y", "az", "aws"])
        #expect(try reason(Cloud.self, "AZ").isEmpty)
        #expect(Cloud.c8y.argumentText == "c8y")
        #expect(Unlisted.allArgumentValues.isEmpty)
        #expect(try Unlisted(argument: "one") == .one)
    }

    @Test("a value is one element, an optional one none or one, an array all of its own")
    func elements() {
        #expect(5.argumentElements == [5])
        #expect(MaybeInt.none.argumentElements.isEmpty)
        #expect(MaybeInt.some(5).argumentElements == [5])
        #expect([1, 2].argumentElements == [1, 2])
        #expect(Int(argumentElements: [1, 2]) == 2)
        #expect(MaybeInt(argumentElements: [1, 2]) == .some(.some(2)))
        #expect([Int](argumentElements: [1, 2]) == [1, 2])
    }

    @Test("no value is made of no element, and only an optional one needs no word")
    func noElements() {
        #expect(Int(argumentElements: []) == nil)
        #expect(MaybeInt(argumentElements: []) == .none)
        #expect([Int](argumentElements: []) == nil)
        #expect(Int.valueWithoutArguments == nil)
        #expect(MaybeInt.valueWithoutArguments == .some(nil))
        #expect([Int].valueWithoutArguments == nil)
    }
}

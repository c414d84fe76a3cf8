import Foundation
import Testing

@testable import TedgeCore

@Suite struct JSONValueTests {
    @Test("values are on one line, and keys keep their order")
    func values() {
        let value = JSONValue.object([
            .init("z", .array([.number(-1), .bool(true), .bool(false)])), .init("a", .object([])),
            .init("n", .optional(nil)), .init("s", .optional("x")), .init("e", .array([])),
        ])
        #expect(value.text == #"{"z":[-1,true,false],"a":{},"n":null,"s":"x","e":[]}"#)
    }

    static let texts: [(String, String)] = [
        ("a\"b\\c", #""a\"b\\c""#), ("\n\r\t", #""\n\r\t""#), ("\r\n", #""\r\n""#), ("\u{0}\u{1F}", #""\u0000\u001f""#),
        ("\u{7F}\u{9B}", #""\u007f\u009b""#), ("\u{2028}\u{2029}", #""\u2028\u2029""#), ("\u{202E}", #""\u202e""#),
        ("\u{E0001}", #""\udb40\udc01""#), ("é日👍/", #""é日👍/""#),
    ]

    @Test("what is not printable is escaped", arguments: texts)
    func escapes(_ text: String, _ expected: String) {
        #expect(JSONValue.string(text).text == expected)
    }

    @Test("keys are escaped as well")
    func keys() {
        #expect(JSONValue.object([.init("a\"\n", .null)]).text == #"{"a\"\n":null}"#)
    }

    @Test("another program reads what was written", arguments: texts.map(\.0) + ["", "e\u{301}", "🏳️‍🌈", "\u{10FFFF}"])
    func roundTrip(_ text: String) throws {
        let written = JSONValue.object([.init("k", .string(text))]).text
        let read = try JSONSerialization.jsonObject(with: Data(written.utf8)) as? [String: String]
        #expect(read?["k"].map { Array($0.unicodeScalars) } == Array(text.unicodeScalars))
    }
}

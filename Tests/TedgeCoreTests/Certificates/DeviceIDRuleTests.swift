import Testing

@testable import TedgeCore

@Suite struct DeviceIDRuleTests {
    @Test("an id holds 1 to 64 letters, digits and a few signs")
    func good() {
        for id in ["a", "Z9", "'=(),-.?_*@!%", String(repeating: "x", count: 64)] {
            #expect(DeviceIDRule.problem(of: id) == nil)
        }
    }

    @Test("nothing, too much, and other characters are problems")
    func bad() {
        #expect(DeviceIDRule.problem(of: "") == .empty)
        #expect(DeviceIDRule.problem(of: String(repeating: "x", count: 65)) == .tooLong)
        for id in ["a/b", "a b", "a+b", "a#", "a:b", "ä", "a\n", "a\u{301}", "a\"", "\\", "~", "a\u{0}"] {
            #expect(DeviceIDRule.problem(of: id) == .characters, "\(id)")
        }
    }

    @Test("the limit counts bytes")
    func bytes() {
        #expect(DeviceIDRule.problem(of: String(repeating: "ä", count: 33)) == .tooLong)
    }

    @Test("a quote in an id is escaped where the id is told")
    func quotes() {
        #expect(DeviceIDRule.Problem.characters.text(of: "a\"b").hasPrefix("The string '\"a\\\"b\"' contains"))
    }
}

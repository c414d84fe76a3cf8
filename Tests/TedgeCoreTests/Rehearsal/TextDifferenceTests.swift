import Foundation
import TestSupport
import Testing

@testable import TedgeCore

@Suite struct TextDifferenceTests {
    @Test("the same text has no difference")
    func same() {
        #expect(TextDifference("a\nb\n", "a\nb\n").text == "")
        #expect(TextDifference("", "").text == "")
    }

    @Test(
        "hunks are those of diff -u, which patch(1) reads",
        arguments: [
            ("", "a\n"), ("a\n", ""), ("a\nb\nc\n", "a\nx\nc\n"),
            ("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\n5\n6\n7\n8\nx\n"),
            ("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n", "0\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\nx\n"),
            ("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "0\n2\n3\n4\n5\n6\n7\nx\n9\n"), ("a\na\nb\na\n", "a\nb\na\na\nc\n"),
        ])
    func hunks(before: String, after: String) throws {
        let directory = try TemporaryDirectory()
        for (name, text) in [("old", before), ("new", after)] {
            try SystemFiles().replace(directory.file(name), with: Array(text.utf8), mode: 0o644, owner: nil)
        }
        let result = try ChildProcess.run("/usr/bin/diff", ["-u", directory.file("old"), directory.file("new")])
        let hunks = result.output.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(2)
        #expect(TextDifference(before, after).text == hunks.joined(separator: "\n"))
    }
}

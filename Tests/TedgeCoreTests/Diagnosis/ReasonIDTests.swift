import Foundation
import Testing

@testable import TedgeCore

/// The reasons are an interface: one list in the code, one in the documentation, and each is provoked by a test.
@Suite struct ReasonIDTests {
    private static let project = URL(fileURLWithPath: #filePath).pathComponents.dropLast(4).joined(separator: "/")

    @Test("the article names every reason, and no other word")
    func article() throws {
        let text = try String(
            contentsOfFile: "\(Self.project)/Sources/tedge/tedge.docc/Reasons.md", encoding: .utf8)
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("| `") }
        let words = rows.flatMap { row in
            row.split(separator: "|")[0].matches(of: /`([^`]+)`/).map { String($0.1) }
        }
        #expect(words.count > 100)
        #expect(Set(words).symmetricDifference(ReasonID.allCases.map(\.rawValue)).sorted() == [])
    }

    @Test("every reason is written in a test")
    func provoked() throws {
        let tests = URL(fileURLWithPath: "\(Self.project)/Tests")
        let files = try #require(FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil))
        var text = ""
        for case let file as URL in files where file.pathExtension == "swift" && file.path != #filePath {
            text += try String(contentsOf: file, encoding: .utf8)
        }
        let missing = ReasonID.allCases.filter { !text.contains("\"\($0.rawValue)\"") }
        #expect(missing.map(\.rawValue) == [])
    }
}

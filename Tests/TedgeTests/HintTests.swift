@testable import ArgumentParsing
import Foundation
import Testing

@testable import tedge

/// Commands that messages, hints and examples tell people to type.
@Suite struct HintTests {
    /// Every command of this program in the sources that stands in quotes, with a word for what is filled in.
    private static func commands() throws -> [String] {
        let sources = URL(fileURLWithPath: #filePath).appending(path: "../../../Sources").standardized
        let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
        var found: Set<String> = []
        for case let file as URL in files ?? .init() where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            // What is between two literals of one text, and what is filled in.
            let joined = text.replacing(/"\s*\+\s*"/, with: "").replacing(/\\\([^()]*(\([^()]*\)[^()]*)*\)/, with: "x")
            for match in joined.matches(of: /['`](?:sudo )?(tedge [a-z][^'`"\n]*)['`]/) {
                found.insert(String(match.1))
            }
        }
        return found.sorted()
    }

    @Test("can be typed: command, subcommand and options are there")
    func typed() throws {
        let commands = try Self.commands()
        #expect(commands.count > 30)
        for line in commands where !line.hasPrefix("tedge x") {
            var words = line.split(separator: " ").dropFirst().map(String.init)
            var command = Program.parser.description
            while let name = words.first, let next = command.subcommand(at: [name]) {
                command = next
                words.removeFirst()
            }
            if let name = words.first, command.isGroup {
                #expect(name.hasPrefix("-") || name == "x" || name.hasPrefix("<"), "\(line)")
            }
            let options = Set((command.options + command.globalOptions).flatMap(\.names))
            for option in words where option.hasPrefix("-") && option != "--" {
                #expect(options.contains(String(option.prefix { $0 != "=" })), "\(line)")
            }
        }
    }
}

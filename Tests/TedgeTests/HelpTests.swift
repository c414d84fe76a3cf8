@testable import ArgumentParsing
import TestSupport
import Testing

@testable import tedge

/// What a person reads of every command.
@Suite struct HelpTests {
    /// Every command of the program, itself first.
    static let commands = below(Program.parser.description)

    private static func below(_ command: CommandDescription) -> [CommandDescription] {
        [command] + command.subcommands.filter { $0.name != "help" }.flatMap(below)
    }

    @Test("the help of each command is the golden text", arguments: commands.map(\.path))
    func help(_ path: [String]) throws {
        guard case .help(let help, _) = try Program.parser.parse(path.dropFirst() + ["--help"]) else {
            Issue.record("no help")
            return
        }
        let text = help + "\n"
        #expect(text == (try golden("help-\(path.joined(separator: "-"))", recording: text)))
    }

    @Test("every command, option and argument is declared well, and no command forgets one in its list")
    func declarations() {
        #expect(Program.parser.declarationProblems == [])
    }

    @Test("every command and every argument says what it is for")
    func explained() {
        for command in Self.commands {
            #expect(command.abstract.hasSuffix("."), "\(command.path)")
            for argument in command.arguments + command.options + command.globalOptions {
                #expect(!argument.help.isEmpty, "\(command.path) \(argument.displayName)")
            }
        }
    }

    @Test("no line of any help is wider than 100 columns")
    func width() {
        for command in Self.commands {
            for line in command.help.split(separator: "\n") { #expect(line.count <= 100, "\(line)") }
        }
    }
}

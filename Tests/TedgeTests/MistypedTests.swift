@testable import ArgumentParsing
import Testing

@testable import TedgeCore
@testable import tedge

/// Words with a slip of the finger, at every level of the program.
@Suite struct MistypedTests {
    /// The words without their last letter but one.
    private func slip(_ word: String) -> String { String(word.prefix(word.count - 2) + word.suffix(1)) }

    /// What is printed of a line that is wrong.
    private func errors(_ words: [String]) -> String {
        let printed = Transcript()
        #expect(Program.run(words, printed.console) == 2, "\(words)")
        #expect(printed.output == "")
        return printed.errors
    }

    @Test("every level has a help, by option and by command", arguments: HelpTests.commands.map(\.path))
    func help(_ path: [String]) throws {
        let words = Array(path.dropFirst())
        var texts: Set<String> = []
        for line in [words + ["--help"], words + ["-h"], ["help"] + words] {
            let printed = Transcript()
            #expect(Program.run(line, printed.console) == 0)
            #expect(printed.errors == "")
            texts.insert(printed.output)
        }
        #expect(texts.count == 1)
        #expect(texts.first?.contains("Usage: \(path.joined(separator: " "))") == true)
    }

    @Test("a mistyped subcommand is answered with the one that is meant", arguments: HelpTests.commands.map(\.path))
    func subcommands(_ path: [String]) {
        let command = HelpTests.commands.first { $0.path == path }
        // Of the short names of clouds a slip leaves too little.
        for below in command?.subcommands ?? [] where !below.isHidden && !["az", "aws"].contains(below.name) {
            let errors = errors(path.dropFirst() + [slip(below.name)])
            #expect(errors.contains("tip: a similar subcommand exists: '\(below.name)'"), "\(errors)")
        }
    }

    @Test("a mistyped option is answered with the one that is meant", arguments: HelpTests.commands.map(\.path))
    func options(_ path: [String]) {
        let command = HelpTests.commands.first { $0.path == path }
        for option in (command?.options ?? []) + (command?.globalOptions ?? []) {
            // Of two letters a slip leaves too little.
            for name in option.longNames where name.count > 2 {
                let errors = errors(path.dropFirst() + ["--\(slip(name))"])
                #expect(errors.contains("tip: a similar argument exists: '--\(name)'"), "\(errors)")
            }
        }
    }

    @Test("a mistyped key is answered with the one that is meant, of a profile as well")
    func keys() {
        for key in SettingTable.keys {
            let profile = key.cloud.map { "\($0.rawValue).profiles.second.\(key.suffix)" }
            for name in [key.name] + (profile.map { [$0] } ?? []) {
                let typed = slip(name)
                #expect(closestMatch(to: typed, in: SettingName.suggestions(for: typed)) == name)
            }
        }
        for (typed, meant) in [("c8y.ulr", "c8y.url"), ("az.profiles.blue.ulr", "az.profiles.blue.url")] {
            for words in [
                ["get", typed], ["set", typed, "x"], ["unset", typed], ["add", typed, "x"], ["remove", typed, "x"],
            ] {
                let errors = errors(["config"] + words)
                #expect(errors.contains("tip: a similar value exists: '\(meant)'"), "\(errors)")
            }
        }
    }

    @Test("a mistyped choice is answered with the one that is meant")
    func choices() {
        for command in HelpTests.commands where !command.isHidden {
            for argument in command.arguments + command.options + command.globalOptions {
                for value in argument.allowedValues where value.count > 3 {
                    let name = argument.longNames.first
                    let errors = errors(command.path.dropFirst() + (name.map { ["--\($0)"] } ?? []) + [slip(value)])
                    #expect(errors.contains("[possible values: "), "\(errors)")
                    #expect(errors.contains("tip: a similar value exists: '\(value)'") || command.isGroup, "\(errors)")
                }
            }
        }
    }

    @Test("what is like nothing gets no advice that is wrong")
    func nothing() {
        for words in [
            ["zzzzzzzz"], ["config", "zzzzzzzz"], ["connect", "c8y", "--zzzzzzzz"], ["config", "get", "zzzzzzzz"],
        ] {
            #expect(!errors(words).contains("similar"))
        }
    }
}

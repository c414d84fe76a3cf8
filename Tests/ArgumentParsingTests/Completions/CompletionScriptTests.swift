import TestSupport
import Testing

@testable import ArgumentParsing

/// The texts of the scripts; what shells make of them is for the tests that run shells.
@Suite("Scripts for completion")
struct CompletionScriptTests {
    static let asking = ["completion-values"]

    static func script(_ shell: CompletionShell, of program: CommandDescription = sampleParser.description) -> String {
        program.completionScript(for: shell, asking: asking)
    }

    @Test("the script for the sample is the golden text", arguments: CompletionShell.allCases)
    func golden(_ shell: CompletionShell) throws {
        let script = Self.script(shell)
        let expected = try TestSupport.golden("completion-\(shell)", recording: script, beside: sampleFile)
        #expect(script == expected)
    }

    @Test(
        "every command, option, value and text that is not hidden is in every script",
        arguments: CompletionShell.allCases)
    func complete(_ shell: CompletionShell) {
        let script = Self.script(shell)
        var checked = 0
        func check(_ command: CommandDescription) {
            for option in command.options + command.globalOptions where !option.isHidden {
                for name in option.names { #expect(script.contains(name)) }
                for value in option.completion.words { #expect(script.contains(value)) }
                if shell != .bash { #expect(script.contains(option.help.replacing("'", with: shell.apostrophe))) }
                checked += 1
            }
            for argument in command.arguments {
                for value in argument.completion.words { #expect(script.contains(value)) }
            }
            for below in command.subcommands where !below.isHidden {
                #expect(script.contains(below.name))
                if shell != .bash { #expect(script.contains(below.abstract)) }
                if below.name != "help" { check(below) }
            }
        }
        check(sampleParser.description)
        #expect(checked > 20)
        for hidden in ["migrate", "dry-run", "trace-parser"] { #expect(!script.contains(hidden)) }
    }

    @Test(
        "a command, an option and a value that are new to the program are in its script",
        arguments: CompletionShell.allCases)
    func extended(_ shell: CompletionShell) {
        let script = Self.script(shell, of: CommandDescription(of: Extended.self, globals: SampleGlobals.self))
        let known = Self.script(shell)
        for word in ["telephone", "--ring", "-R", "'two times'", "telephone-number"] {
            #expect(script.contains(word))
            #expect(!known.contains(word))
        }
    }

    @Test("texts and values with quotes, dollars, backticks and backslashes are words of the shell and nothing else")
    func quoting() {
        #expect(BourneShell.quoted("it's $(x) `y` \\ \"z\"") == #"'it'\''s $(x) `y` \ "z"'"#)
        #expect(BourneShell.quoted("") == "''")
        #expect(BourneShell.quoted("plain-word.1/2_3") == "plain-word.1/2_3")
        #expect(BourneShell.quoted("~") == "'~'" && BourneShell.quoted("é") == "'é'")
        let program = CommandDescription(of: Extended.self, globals: NoArguments.self)
        #expect(Self.script(.fish, of: program).contains(#"'It\'s $(touch x) `touch y` C:\\d'"#))
        #expect(Self.script(.zsh, of: program).contains(#"'It'\''s $(touch x) `touch y` C:\d'"#))
    }

    @Test("a text of several lines becomes one line")
    func lines() {
        let table = CompletionTable(of: CommandDescription(of: Extended.self, globals: NoArguments.self))
        #expect(table.commands.last?.switches.first?[2] == "Ring so many times.")
    }

    @Test("the words for the shells are what can be typed")
    func shells() throws {
        #expect(CompletionShell.allArgumentValues == ["bash", "zsh", "fish"])
        #expect(try CompletionShell(argument: "fish") == .fish)
        #expect(throws: InvalidValue.self) { try CompletionShell(argument: "tcsh") }
    }
}

/// The path that golden texts stand beside.
private let sampleFile =
    String(#filePath.dropLast("Completions/CompletionScriptTests.swift".count)) + "SampleProgram.swift"

extension CompletionShell {
    /// An apostrophe inside of a quoted text.
    fileprivate var apostrophe: String { self == .fish ? "\\'" : "'\\''" }
}

/// The sample with one more command.
private struct Extended: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "tedge", abstract: "More.", subcommands: [SampleInit.self, Telephone.self])
}

private struct Telephone: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "telephone", abstract: "It's $(touch x) `touch y` C:\\d")

    @Option(
        .long("ring"), .short("R"), help: "Ring so\nmany\ttimes.", completion: .values(["once", "two times", "it's"]))
    var ring: String?
    @Argument("NUMBER", help: "Whom to call.", completion: .custom("telephone-number")) var number: String

    var arguments: [BoundArgument] { [$ring, $number] }
}

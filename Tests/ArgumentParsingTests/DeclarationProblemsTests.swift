@testable import ArgumentParsing
import TestSupport
import Testing

@Suite("Mistakes in declarations")
struct DeclarationProblemsTests {
    private func problems(_ command: any ParsableCommand.Type) -> [String] {
        CommandParser(root: command, globals: SampleGlobals.self, version: "1").declarationProblems
    }

    @Test("a program that is well declared has none")
    func none() {
        #expect(sampleParser.declarationProblems == [])
    }

    @Test("a property that the list of arguments forgot is found, in a group of options and below a command too")
    func forgotten() {
        let parser = CommandParser(root: Forgetful.self, globals: ForgetfulOptions.self, version: "1")
        #expect(
            parser.declarationProblems == [
                "global options: the property '_second' is not in 'arguments'",
                "leaf: the property '_one' is not in 'arguments'", "leaf: the property 'options' is not in 'arguments'",
            ])
    }

    @Test("a name that is declared twice is found, among the global options and the built-in ones too")
    func duplicates() {
        #expect(
            problems(Duplicates.self) == [
                "bad: -x is declared twice", "bad: --help is declared twice", "bad: --json is declared twice",
            ])
    }

    @Test("a name that cannot be typed is found")
    func untypable() {
        #expect(
            problems(Untypable.self) == [
                "bad: --a=b cannot be typed", "bad: -- cannot be typed", "bad: -ö cannot be typed",
            ])
    }

    @Test("positional arguments that cannot be told apart are found")
    func order() {
        #expect(
            problems(Order.self) == [
                "bad: <LAST> is required after [FIRST]", "bad: <REST>... leaves nothing for [END]",
            ])
    }

    @Test("a conflict with an option that does not exist is found")
    func conflict() {
        #expect(problems(Conflict.self) == ["bad: a conflict names --nothing, which is no option of the command"])
    }

    @Test("subcommands that cannot be told apart or typed are found, and so is what is wrong below")
    func subcommands() {
        #expect(
            problems(Group.self) == [
                "group: the subcommand bad is declared twice", "group: the subcommand '-x' cannot be typed",
                "group: the subcommand help is declared twice",
                "group bad: a conflict names --nothing, which is no option of the command",
                "group bad: a conflict names --nothing, which is no option of the command",
            ])
    }

    private struct ForgetfulOptions: ParsableArguments {
        @Flag(.long("first"), help: "") var first: Bool
        @Flag(.long("second"), help: "") var second: Bool

        var arguments: [BoundArgument] { [$first] }
    }

    private struct Forgetful: ParsableCommand {
        static let configuration = CommandConfiguration(name: "top", abstract: "Wrong.", subcommands: [Leaf.self])
    }

    private struct Leaf: ParsableCommand {
        static let configuration = CommandConfiguration(name: "leaf", abstract: "Wrong.")
        @Flag(.long("one"), help: "") var one: Bool
        @Argument("WORD", help: "") var word: String
        var options = ForgetfulOptions()

        var arguments: [BoundArgument] { [$word] }
    }

    private static let bad = CommandConfiguration(name: "bad", abstract: "Wrong.")

    private struct Duplicates: ParsableCommand {
        static var configuration: CommandConfiguration { bad }
        @Flag(.short("x"), help: "") var one: Bool
        @Flag(.short("x"), help: "") var two: Bool
        @Flag(.long("help"), help: "") var help: Bool
        @Flag(.long("json"), help: "") var json: Bool

        var arguments: [BoundArgument] { [$one, $two, $help, $json] }
    }

    private struct Untypable: ParsableCommand {
        static var configuration: CommandConfiguration { bad }
        @Flag(.long("a=b"), help: "") var one: Bool
        @Flag(.long(""), help: "") var two: Bool
        @Flag(.short("ö"), help: "") var three: Bool

        var arguments: [BoundArgument] { [$one, $two, $three] }
    }

    private struct Order: ParsableCommand {
        static var configuration: CommandConfiguration { bad }
        @Argument("FIRST", help: "") var first: String?
        @Argument("LAST", help: "") var last: String
        @Argument("REST", help: "") var rest: [String]
        @Argument("END", help: "") var end: String?

        var arguments: [BoundArgument] { [$first, $last, $rest, $end] }
    }

    private struct Conflict: ParsableCommand {
        static var configuration: CommandConfiguration { bad }
        @Flag(.long("one"), help: "", conflicts: ["--nothing"]) var one: Bool

        var arguments: [BoundArgument] { [$one] }
    }

    private struct Dash: ParsableCommand {
        static let configuration = CommandConfiguration(name: "-x", abstract: "Wrong.")
    }

    private struct Help: ParsableCommand {
        static let configuration = CommandConfiguration(name: "help", abstract: "Wrong.")
    }

    private struct Group: ParsableCommand {
        static let configuration = CommandConfiguration(
            name: "group", abstract: "Wrong.", subcommands: [Conflict.self, Conflict.self, Dash.self, Help.self])
    }
}

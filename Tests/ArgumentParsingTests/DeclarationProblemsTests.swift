import ArgumentParsing
import Testing

@Suite("Mistakes in declarations")
struct DeclarationProblemsTests {
    private func problems(_ command: any ParsableCommand.Type) -> [String] {
        CommandDescription(of: command, globals: SampleGlobals.self).declarationProblems
    }

    @Test("a program that is well declared has none")
    func none() {
        #expect(sampleParser.description.declarationProblems.isEmpty)
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

    private static let bad = CommandConfiguration(name: "bad", abstract: "Wrong.")

    private struct Duplicates: ParsableCommand {
        static var configuration: CommandConfiguration { bad }
        @Flag(.short("x"), help: "") var one: Bool
        @Flag(.short("x"), help: "") var two: Bool
        @Flag(help: "") var help: Bool
        @Flag(help: "") var json: Bool
    }

    private struct Untypable: ParsableCommand {
        static var configuration: CommandConfiguration { bad }
        @Flag(.long("a=b"), help: "") var one: Bool
        @Flag(.long(""), help: "") var two: Bool
        @Flag(.short("ö"), help: "") var three: Bool
    }

    private struct Order: ParsableCommand {
        static var configuration: CommandConfiguration { bad }
        @Argument(help: "") var first: String?
        @Argument(help: "") var last: String
        @Argument(help: "") var rest: [String]
        @Argument(help: "") var end: String?
    }

    private struct Conflict: ParsableCommand {
        static var configuration: CommandConfiguration { bad }
        @Flag(help: "", conflicts: ["--nothing"]) var one: Bool
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

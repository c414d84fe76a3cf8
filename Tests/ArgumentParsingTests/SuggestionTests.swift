import ArgumentParsing
import Testing

@Suite("Tips for mistyped words")
struct SuggestionTests {
    @Test(
        "a mistyped subcommand gets the similar one",
        arguments: [
            ("confg", "config"), ("cofnig", "config"), ("CONFIG", "config"), ("conn", "connect"), ("hlep", "help"),
            ("config gte", "get"), ("config lst", "list"), ("cert uplod", "upload"), ("cert up", "upload"),
            ("cert upload c8", "c8y"),
        ])
    func subcommand(line: String, name: String) throws {
        #expect(try usageError(line).tip == .similarSubcommand(name))
    }

    @Test(
        "a subcommand that resembles nothing, or a hidden one, is answered with all that there are",
        arguments: ["xyz", "config frob", "migrat"])
    func noSubcommand(line: String) throws {
        guard case .subcommands(let names)? = try usageError(line).tip else {
            Issue.record("no list")
            return
        }
        #expect(names.contains("help") && !names.contains("migrate"))
        #expect(try usageError(line).description.contains("tip: the subcommands are \(names.joined(separator: ", "))"))
    }

    @Test("a subcommand of another group is answered with its whole command line")
    func elsewhere() throws {
        #expect(try usageError("get key").tip == .type("tedge config get"))
        #expect(try usageError("get key").description.contains("tip: type 'tedge config get'"))
        #expect(try usageError("config pub").tip == .type("tedge mqtt pub"))
    }

    @Test(
        "a long option behind one hyphen is not taken for short ones and their values",
        arguments: [("mqtt pub -qos 1 t", "--qos"), ("mqtt pub -qos=1 t", "--qos")])
    func oneHyphen(line: String, name: String) throws {
        #expect(try usageError(line).tip == .similarArgument(name))
        #expect(try helpText("-help").contains("Usage: tedge"))
    }

    @Test(
        "a mistyped option gets the similar one, whether it is the command's, global or built in",
        arguments: [
            ("config get --profil x", "--profile"), ("config get --alll", "--all"), ("config get --jsn", "--json"),
            ("--confg-dir /x init", "--config-dir"), ("init --config /x", "--config-dir"),
            ("init --confgi-dir=/x", "--config-dir"), ("config --jsno list", "--json"), ("--hepl", "--help"),
            ("--versoin", "--version"), ("init -json", "--json"), ("mqtt pub -retian t", "--retain"),
        ])
    func option(line: String, name: String) throws {
        #expect(try usageError(line).tip == .similarArgument(name))
    }

    @Test("an option behind one dash is shown as it was typed where a tip says which was meant")
    func oneDash() throws {
        let error = try usageError("init -json")
        #expect(error.kind == .unexpectedArgument("-json"))
        #expect(try usageError("init -xyz").kind == .unexpectedArgument("-x"))
    }

    @Test("a letter in the wrong case is answered with the right one")
    func letterCase() throws {
        #expect(try usageError("-v").tip == .similarArgument("-V"))
        #expect(try usageError("mqtt pub -R t").tip == .similarArgument("-r"))
        #expect(try usageError("mqtt pub -x t").tip != .similarArgument("-X"))
    }

    @Test("an option of the command the following words select is pointed to")
    func beforeItsCommand() throws {
        #expect(
            try usageError("--doc config list").tip == .optionOf(command: "tedge config list", option: "--doc"))
        #expect(
            try usageError("config --profile x get").tip
                == .optionOf(command: "tedge config get", option: "--profile"))
    }

    @Test("an option of one other command is pointed to, not a similar one of this command")
    func ofOtherCommand() throws {
        #expect(
            try usageError("config get --count 1 device.id").tip
                == .optionOf(command: "tedge mqtt sub", option: "--count"))
    }

    @Test("an option that several other commands have gets no tip unless the words tell which is meant")
    func ofSeveralCommands() throws {
        let parser = CommandParser(root: Twins.self, globals: NoArguments.self, version: "1")
        func tip(_ words: String...) throws -> UsageError.Tip? {
            try #require(throws: UsageError.self) { _ = try parser.parse(words) }.tip
        }
        #expect(try tip("--shared") == nil)
        #expect(try tip("other", "--shared") == nil)
        #expect(try tip("--shared", "b") == .optionOf(command: "twins b", option: "--shared"))
    }

    @Test("hidden options and those of hidden commands are not given away")
    func hidden() throws {
        #expect(try usageError("init --trace-parse").tip == nil)
        #expect(try usageError("init --dry-run").tip == nil)
    }

    @Test("an unknown option where a value is awaited can be passed as one")
    func asValue() throws {
        #expect(try usageError("config set --frobnicate").tip == .passAsArgument("--frobnicate"))
        #expect(try usageError("config set key --frobnicate=7").tip == .passAsArgument("--frobnicate=7"))
        #expect(try usageError("config set -frob").tip == .passAsArgument("-frob"))
        #expect(try command(SampleSet.self, "config set key -- --frobnicate=7").value == "--frobnicate=7")
    }

    private struct Twins: ParsableCommand {
        static let configuration = CommandConfiguration(
            name: "twins", abstract: "Two alike.", subcommands: [A.self, B.self, Other.self])
    }

    private struct A: ParsableCommand {
        static let configuration = CommandConfiguration(name: "a", abstract: "One.")
        @Flag(.long("shared"), help: "In both.") var shared: Bool

        var arguments: [BoundArgument] { [$shared] }
    }

    private struct B: ParsableCommand {
        static let configuration = CommandConfiguration(name: "b", abstract: "Two.")
        @Flag(.long("shared"), help: "In both.") var shared: Bool

        var arguments: [BoundArgument] { [$shared] }
    }

    private struct Other: ParsableCommand {
        static let configuration = CommandConfiguration(name: "other", abstract: "Neither.")
        @Flag(.long("share"), help: "Close to the other name.") var share: Bool

        var arguments: [BoundArgument] { [$share] }
    }
}

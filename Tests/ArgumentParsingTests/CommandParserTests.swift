import ArgumentParsing
import Testing

@Suite("Commands, help and version")
struct CommandParserTests {
    @Test("words select a command, and its path is told")
    func path() throws {
        guard case .command(let command, _, let path) = try parse("cert upload c8y --user me") else {
            throw ReadingFailure.notACommand
        }
        #expect(command is SampleUploadC8y)
        #expect(path == ["tedge", "cert", "upload", "c8y"])
    }

    @Test("each parse has values of its own")
    func freshValues() throws {
        let first = try command(SampleSet.self, "config set a 1")
        let second = try command(SampleSet.self, "config set b 2")
        #expect([first.key, first.value] == ["a", "1"])
        #expect([second.key, second.value] == ["b", "2"])
        #expect(try !globals("init").json)
        #expect(try globals("init --json").json)
        #expect(try !globals("init").json)
    }

    @Test(
        "global options are taken before and after every subcommand",
        arguments: [
            "--json --config-dir /x config list", "config --json --config-dir /x list",
            "config list --json --config-dir /x", "--json config list --config-dir=/x",
            "config list part --config-dir /x --json",
        ])
    func globalsAnywhere(line: String) throws {
        let found = try globals(line)
        #expect(found.json)
        #expect(found.configDir == "/x")
    }

    @Test("of a global option that is given twice, the later one wins")
    func laterGlobalWins() throws {
        #expect(try globals("--config-dir /a config --config-dir /b list --config-dir /c").configDir == "/c")
        #expect(try globals("--json init --json").json)
        #expect(try globals("--log-level nonsense init --log-level info").logLevel == .info)
    }

    @Test("global options have their defaults, and a type can accept other letter cases")
    func globalDefaults() throws {
        #expect(try globals("init").configDir == nil)
        #expect(try globals("init").logLevel == .warn)
        #expect(try globals("init --log-level DEBUG").logLevel == .debug)
    }

    @Test(
        "help is given at every level, in the long form, the short one and as a command",
        arguments: [
            ["--help", "-h", "help", "help help", "help --json"],
            ["config --help", "config -h", "config help", "help config", "help config help"],
            ["config get --help", "config get -h", "config help get", "help config get", "help config get --json"],
            ["cert upload c8y --help", "help cert upload c8y", "cert help upload c8y", "cert upload help c8y"],
        ])
    func help(lines: [String]) throws {
        let texts = try lines.map(helpText)
        #expect(Set(texts).count == 1)
        let path = lines[0].split(separator: " ").dropLast().joined(separator: " ")
        #expect(texts[0].contains("Usage: tedge \(path.isEmpty ? "" : path + " ")[OPTIONS]"))
    }

    @Test(
        "help is given although something else is wrong",
        arguments: [
            "config set --help", "config set --help --bogus", "config get a --help",
            "connect nowhere --help", "config get -ah", "config --help bogus", "--log-level bogus --help",
            "config get --profile a --profile b --help", "mqtt pub --qos many -h",
        ])
    func helpInSpiteOfErrors(line: String) throws {
        #expect(try helpText(line).contains("Usage: tedge"))
    }

    @Test("behind two dashes and as the value of an option, help is a word like any other")
    func helpAsValue() throws {
        #expect(try command(SampleSet.self, "config set key -- --help").value == "--help")
        #expect(try command(SampleSet.self, "config set help help").key == "help")
        #expect(try command(SampleGet.self, "config get device.id --profile=--help").profile == "--help")
    }

    @Test(
        "the version is told at the top only", arguments: ["--version", "-V", "--json -V", "-Vh", "--version config"])
    func version(line: String) throws {
        guard case .version(let text) = try parse(line) else { throw ReadingFailure.notHelp }
        #expect(text == "tedge 1.2.3")
    }

    @Test("below the top there is no version", arguments: [("init --version", "--version"), ("init -V", "-V")])
    func noVersionBelow(line: String, word: String) throws {
        #expect(try usageError(line).kind == .unexpectedArgument(word))
    }

    @Test("help and version take no value")
    func valueForHelp() throws {
        #expect(try usageError("--help=all").kind == .unexpectedValue("all", argument: "--help"))
        #expect(try usageError("--version=2").kind == .unexpectedValue("2", argument: "--version"))
    }

    @Test(
        "a group without a subcommand is an error whose text is its help",
        arguments: [
            ("", "--help"), ("--json", "--help"), ("config", "config --help"), ("cert --json upload", "cert upload -h"),
            ("--", "-h"),
        ])
    func bareGroup(line: String, asked: String) throws {
        let error = try usageError(line)
        #expect(try error.kind == .missingSubcommand(help: helpText(asked)))
        #expect(try error.description == helpText(asked))
    }

    @Test("behind two dashes no word is a subcommand")
    func subcommandBehindDashes() throws {
        #expect(try usageError("-- init").kind == .unexpectedArgument("init"))
    }

    @Test("help for a command that does not exist names it")
    func helpForNothing() throws {
        let error = try usageError("help config gte")
        #expect(error.kind == .unrecognizedSubcommand("gte"))
        #expect(error.tip == .similarSubcommand("get"))
        #expect(error.usage == "tedge config [OPTIONS] <COMMAND>")
        #expect(try usageError("help init more").kind == .unrecognizedSubcommand("more"))
    }

    @Test("a program without subcommands reads its own arguments")
    func leafAsRoot() throws {
        let parser = CommandParser(root: SampleSet.self, globals: NoArguments.self, version: "1")
        guard case .command(let command, _, let path) = try parser.parse(["help", "config"]) else {
            throw ReadingFailure.notACommand
        }
        #expect((command as? SampleSet)?.key == "help")
        #expect(path == ["set"])
    }

    @Test("an option group checks itself, and its error has no usage where a value is wrong")
    func groupValidates() throws {
        let error = try usageError("connect c8y --timeout=-5")
        #expect(
            error.kind
                == .invalidValue("-5", argument: "--timeout <SECONDS>", reason: "time does not run backwards"))
        #expect(!error.description.contains("Usage:"))
    }
}

@testable import ArgumentParsing
import Testing

@Suite("The program as a value")
struct CommandDescriptionTests {
    private let program = sampleParser.description

    private func command(_ path: String) throws -> CommandDescription {
        try #require(program.subcommand(at: path.split(separator: " ").map(String.init)))
    }

    private func option(_ name: String, of path: String) throws -> ArgumentDescription {
        let command = try command(path)
        return try #require((command.options + command.globalOptions).first { $0.names.contains(name) })
    }

    @Test("subcommands are in the order of declaration, and help is the last of a group")
    func subcommands() throws {
        #expect(program.subcommands.map(\.name) == ["init", "config", "cert", "connect", "mqtt", "migrate", "help"])
        #expect(try command("cert").subcommands.map(\.name) == ["create", "upload", "help"])
        #expect(try command("init").subcommands.isEmpty)
        #expect(try command("cert upload").isGroup)
        #expect(try !command("cert upload c8y").isGroup)
    }

    @Test("every command knows its path")
    func paths() throws {
        #expect(program.path == ["tedge"])
        #expect(try command("cert upload c8y").path == ["tedge", "cert", "upload", "c8y"])
        #expect(try command("cert help").path == ["tedge", "cert", "help"])
        #expect(program.subcommand(at: ["cert", "nothing"]) == nil)
        #expect(program.subcommand(at: ["init", "help"]) == nil)
    }

    @Test("texts and what is hidden are told")
    func texts() throws {
        #expect(try command("mqtt").abstract == "Send and receive.")
        #expect(try command("cert upload c8y").discussion.hasPrefix("Examples:"))
        #expect(try command("migrate").isHidden)
        #expect(try !command("init").isHidden)
    }

    @Test("every level has help, the top alone has the version")
    func builtIn() throws {
        #expect(program.options.map(\.names) == [["-h", "--help"], ["-V", "--version"]])
        #expect(try command("init").options.map(\.names) == [["-h", "--help"]])
        #expect(try command("help").options.map(\.names) == [["-h", "--help"]])
    }

    @Test("global options are told at every level")
    func globals() throws {
        let names = [["--config-dir"], ["--json"], ["--log-level"]]
        for path in ["", "config", "config get", "help"] {
            #expect(try command(path).globalOptions.map(\.names) == names)
        }
    }

    @Test("an argument is described in full")
    func argument() throws {
        let key = try #require(command("config get").arguments.first)
        #expect(key.kind == .positional)
        #expect(key.names.isEmpty)
        #expect(key.valueName == "KEY")
        #expect(key.help == "Key of the setting, as in 'c8y.url'.")
        #expect(key.completion == .custom("setting-key"))
        #expect(key.isRequired)
        #expect(!key.isRepeating)
        #expect(key.displayName == "<KEY>")
    }

    @Test("what is repeating or optional shows it")
    func shapes() throws {
        let topics = try #require(command("mqtt sub").arguments.first)
        #expect(topics.isRepeating)
        #expect(topics.displayName == "<TOPIC>...")
        let filter = try #require(command("config list").arguments.first)
        #expect(!filter.isRequired)
        #expect(filter.displayName == "[FILTER]")
        let header = try option("--property", of: "mqtt pub")
        #expect(header.isRepeating)
        #expect(header.longNames == ["header", "property"])
        #expect(header.displayName == "--header <HEADERS>")
    }

    @Test("flags have neither a value name nor values to complete")
    func flag() throws {
        let all = try option("-a", of: "config get")
        #expect(all.kind == .flag)
        #expect(all.valueName.isEmpty)
        #expect(all.allowedValues.isEmpty)
        #expect(all.completion == .none)
        #expect(all.defaultText == nil)
        #expect(all.displayName == "--all")
        #expect(try option("-q", of: "config get").displayName == "-q")
    }

    @Test("a value is completed from the allowed ones unless something else is declared")
    func completions() throws {
        let cloud = try #require(command("connect").arguments.first)
        #expect(cloud.allowedValues == ["c8y", "az", "aws"])
        #expect(cloud.completion == .values(["c8y", "az", "aws"]))
        #expect(try option("--log-level", of: "").completion == .values(["error", "warn", "info", "debug"]))
        #expect(try option("--config-dir", of: "").completion == .directory)
        #expect(try option("--key-file", of: "cert create").completion == .file)
        #expect(try option("--profile", of: "config get").completion == .none)
    }

    @Test("defaults are told as they would be typed, or as declared")
    func defaults() throws {
        #expect(try option("--validity", of: "cert create").defaultText == "365")
        #expect(try option("--log-level", of: "").defaultText == "warn")
        #expect(try option("--config-dir", of: "").defaultText == "/etc/tedge")
        #expect(try option("--profile", of: "config get").defaultText == nil)
        #expect(try option("--header", of: "mqtt pub").defaultText == nil)
        #expect(try command("mqtt pub").arguments.last?.defaultText == nil)
    }

    @Test("conflicts and requirements are told")
    func relations() throws {
        #expect(try option("--test", of: "connect").conflicts == ["--offline"])
        #expect(try option("--device-id", of: "cert create").isRequired)
        #expect(try !option("--validity", of: "cert create").isRequired)
    }

    @Test("the options of an option group stand in its place")
    func optionGroup() throws {
        #expect(
            try command("connect").options.map(\.names) == [
                ["--test"], ["--offline"], ["-t", "--timeout"], ["-h", "--help"],
            ])
    }

    @Test("an option that takes -h leaves help its long name, and both work")
    func shortNameTaken() throws {
        let parser = CommandParser(root: Host.self, globals: NoArguments.self, version: "1")
        #expect(parser.description.options.map(\.names) == [["-h", "--host"], ["--help"], ["-V", "--version"]])
        guard case .command(let command, _, _) = try parser.parse(["-h", "local"]) else {
            throw ReadingFailure.notACommand
        }
        #expect((command as? Host)?.host == "local")
        guard case .help = try parser.parse(["--help"]) else { throw ReadingFailure.notHelp }
    }

    private struct Host: ParsableCommand {
        static let configuration = CommandConfiguration(name: "host", abstract: "Name a host.")
        @Option(.short("h"), .long("host"), help: "The host.") var host: String?

        var arguments: [BoundArgument] { [$host] }
    }
}

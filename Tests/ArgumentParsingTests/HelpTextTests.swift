@testable import ArgumentParsing
import Testing

@Suite("Help")
struct HelpTextTests {
    @Test(
        "the help of a command is the golden text",
        arguments: [
            ("root", "--help"), ("group", "config --help"), ("leaf", "config get --help"),
            ("no-arguments", "init --help"), ("required-option", "cert create --help"),
            ("allowed-values", "connect --help"), ("defaults", "mqtt pub --help"), ("repeating", "mqtt sub --help"),
            ("discussion", "cert upload c8y --help"),
        ])
    func golden(name: String, line: String) throws {
        try expectGolden(helpText(line), "help-\(name)")
    }

    @Test("no line of any help is wider than 100 columns or ends in a space")
    func width() {
        func check(_ command: CommandDescription) {
            for line in command.help.split(separator: "\n") {
                #expect(line.count <= 100)
                #expect(line.last != " ")
            }
            command.subcommands.forEach(check)
        }
        check(sampleParser.description)
    }

    @Test("help is as narrow as it is asked to be, and says the same", arguments: [40, 60, 80])
    func narrow(width: Int) throws {
        func words(_ text: String) -> [Substring] { text.split { $0 == " " || $0 == "\n" } }
        for line in ["--help", "config get --help", "connect --help", "mqtt pub --help"] {
            let parts = line.split(separator: " ").map(String.init)
            guard case .help(let text, _) = try sampleParser.parse(parts, helpWidth: width) else {
                throw ReadingFailure.notHelp
            }
            #expect(words(text) == words(try helpText(line)))
            for line in text.split(separator: "\n") where line.count > width {
                // A word alone may be wider.
                #expect(!line.drop { $0 == " " }.contains(" "), "\(line)")
            }
        }
    }

    @Test("a command without arguments has no section for them, nor one for commands")
    func emptySections() throws {
        let help = try helpText("init --help")
        #expect(!help.contains("Arguments:"))
        #expect(!help.contains("Commands:"))
        #expect(help.contains("\nOptions:\n"))
    }

    @Test("a program without global options has no section for them")
    func withoutGlobals() {
        let description = CommandDescription(of: SampleInit.self, globals: NoArguments.self)
        #expect(!description.help.contains("Global options"))
    }

    @Test("hidden commands and options are left out but can be asked about and used")
    func hidden() throws {
        let help = try helpText("--help")
        #expect(!help.contains("migrate"))
        #expect(try helpText("migrate --help").contains("Move old settings."))
        #expect(try command(SampleMigrate.self, "migrate --dry-run").dryRun)
    }

    @Test("the discussion comes last, and a long line of a table goes on in its second column")
    func discussion() throws {
        let lines = try helpText("--help").split(separator: "\n")
        let last = try #require(lines.last)
        #expect(last.hasPrefix("     "))
        #expect(!last.hasPrefix("      "))
    }

    @Test(
        "the usage line names what has to be given",
        arguments: [
            ("", "tedge [OPTIONS] <COMMAND>"), ("config", "tedge config [OPTIONS] <COMMAND>"),
            ("config set", "tedge config set [OPTIONS] <KEY> <VALUE>"),
            ("config list", "tedge config list [OPTIONS] [FILTER]"),
            ("cert create", "tedge cert create [OPTIONS] --device-id <ID>"),
            ("mqtt sub", "tedge mqtt sub [OPTIONS] <TOPIC>..."), ("help", "tedge help [OPTIONS] [COMMAND]..."),
        ])
    func usage(path: String, usage: String) throws {
        let words = path.split(separator: " ").map(String.init)
        #expect(try #require(sampleParser.description.subcommand(at: words)).usage == usage)
    }
}

struct NoArguments: ParsableArguments {}

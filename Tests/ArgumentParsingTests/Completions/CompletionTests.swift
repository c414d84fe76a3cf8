import Testing

@testable import ArgumentParsing

@Suite("What can be typed next")
struct CompletionTests {
    /// Lines whose last word is not finished, and what begins like it.
    static let lines: [(line: String, words: String)] = [
        ("", "init config cert connect mqtt help"), ("con", "config connect"), ("x", ""),
        ("config ", "get set list help"), ("config g", "get"), ("con x ", ""), ("config wrong ", ""),
        // Options of the command and of all commands.
        ("--", "--help --version --config-dir --json --log-level"),
        ("config get -", "-p --profile -a --all -q -h --help --config-dir --json --log-level"),
        ("--json config get --al", "--all"), ("config get --trace", ""),
        // Given ones and those that they rule out are not offered again, unless they may be repeated.
        ("config get --profile x --pro", ""), ("config get -p x --pro", ""), ("config get -px --p", ""),
        ("config get --all -q", ""), ("config get -q --all", ""), ("config get -aq --pro", "--profile"),
        ("mqtt pub --header a --hea", "--header"), ("--json --js", ""),
        // Values of options, in each way in which they can be given.
        ("--log-level ", "error warn info debug"), ("--log-level w", "warn"), ("--log-level=", "error warn info debug"),
        ("--log-level=d", "debug"), ("mqtt pub -q ", "0 1 2"), ("mqtt pub -rq ", "0 1 2"), ("mqtt pub -rq1 --ret", ""),
        ("config get --profile ", ""), ("--unknown=", ""), ("--json=", ""),
        // Arguments by position.
        ("connect ", "c8y az aws"), ("connect --test a", "az aws"), ("connect -t 5 ", "c8y az aws"),
        ("connect --test", "--test"), ("connect -- ", "c8y az aws"), ("connect -- -", ""), ("connect --timeout -", ""),
        ("--config-dir init connect a", "az aws"), ("connect -- --test=", ""),
        // Wrong options are passed over.
        ("--wrong connect a", "az aws"), ("connect --wrong a", "az aws"), ("connect -Z a", "az aws"),
        ("connect --json=1 a", "az aws"), ("connect --help a", "az aws"), ("--version connect a", "az aws"),
        // Options are offered if no argument is left.
        ("init ", "-h --help --config-dir --json --log-level"), ("init x", ""),
        // The command 'help' goes on with commands.
        ("help ", "init config cert connect mqtt"), ("help config ", "get set list"), ("config help s", "set"),
        ("cert upload help ", "c8y"), ("help init ", ""), ("help wrong ", ""), ("-- con", ""),
    ]

    private func completion(_ line: String) -> Completion {
        sampleParser.completion(of: line.split(separator: " ", omittingEmptySubsequences: false).map(String.init))
    }

    @Test("each line is offered what can stand there", arguments: lines)
    func offers(_ line: String, _ words: String) {
        let completion = completion(line)
        let current = line.split(separator: " ", omittingEmptySubsequences: false).last ?? ""
        var offered: [String] = []
        if case .words(let candidates) = completion.expected {
            offered = candidates.map(\.word).filter { (completion.prefix + $0).hasPrefix(current) }
        }
        #expect(offered == words.split(separator: " ").map(String.init))
    }

    @Test("paths, and what only the program knows, are told apart")
    func kinds() {
        #expect(completion("--config-dir ").expected == .directory)
        #expect(completion("--config-dir=x").expected == .directory)
        #expect(completion("cert create --key-file x").expected == .file)
        #expect(completion("config get c").expected == .custom("setting-key"))
        #expect(completion("config set a ").expected == .nothing)
    }

    @Test("the command, its arguments before the last word and the last values of options are told")
    func context() {
        let set = completion("--config-dir a config set --config-dir=c b ")
        #expect(set.path == ["tedge", "config", "set"] && set.positionals == ["b"])
        #expect(set.value(ofLongOption: "config-dir") == "c" && set.value(ofLongOption: "unheard-of") == nil)
        let get = completion("config get b -p q --profile")
        #expect(get.positionals == ["b"] && get.value(ofLongOption: "profile") == "q")
        #expect(completion("config get -p ").value(ofLongOption: "profile") == nil)
    }

    @Test("every command and option that is not hidden is offered with its text")
    func complete() {
        var checked = 0
        func check(_ command: CommandDescription) {
            let words = Array(command.path.dropFirst())
            for option in command.options + command.globalOptions {
                let offered = sampleParser.completion(of: words + ["-"]).texts
                for name in option.names { #expect(offered[name] == option.help) }
                checked += 1
            }
            for below in command.subcommands {
                let offered = sampleParser.completion(of: words + [""]).texts
                #expect(offered[below.name] == (below.isHidden ? nil : below.abstract))
                if below.name != "help" { check(below) }
            }
        }
        check(sampleParser.description)
        #expect(checked > 20)
    }

    @Test("a text of several lines becomes one line")
    func oneLine() {
        let parser = CommandParser(root: Telephone.self, globals: NoArguments.self, version: "1")
        #expect(parser.completion(of: ["-"]).texts["-R"] == "Ring so many times.")
    }

    @Test(
        "an answer is given, whatever the words are",
        arguments: [
            ["help"], ["help", "help"], ["-h"], ["--"], ["", ""], ["-", "-"], ["--="], ["help", "--x="], [],
        ])
    func ends(_ words: [String]) {
        #expect(sampleParser.completion(of: words + words).path.first == "tedge")
    }
}

extension Completion {
    /// The texts of the candidates.
    fileprivate var texts: [String: String] {
        guard case .words(let candidates) = expected else { return [:] }
        return Dictionary(candidates.map { ($0.word, $0.text) }) { first, _ in first }
    }
}

private struct Telephone: ParsableCommand {
    static let configuration = CommandConfiguration(name: "telephone", abstract: "Call.")

    @Option(.long("ring"), .short("R"), help: "Ring so\nmany\ttimes.") var ring: String?

    var arguments: [BoundArgument] { [$ring] }
}

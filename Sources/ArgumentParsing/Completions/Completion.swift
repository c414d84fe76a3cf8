/// What can be typed at the end of a command line that is not finished.
public struct Completion {
    /// A word that a shell offers.
    struct Candidate: Sendable, Equatable {
        /// The word.
        let word: String
        /// What it is for, on one line; may be empty.
        let text: String
    }

    /// What can replace the last word, or what follows its ``prefix``.
    enum Expected: Sendable, Equatable {
        /// Nothing is known that fits.
        case nothing
        /// One of these words. Those that do not begin like the last word are among them.
        case words([Candidate])
        /// The path of a file.
        case file
        /// The path of a directory.
        case directory
        /// A word that the program finds out; the text is that of ``CompletionKind/custom(_:)``.
        case custom(String)
    }

    /// The words that selected the command, the name of the program first.
    public let path: [String]
    /// The positional arguments before the last word.
    public let positionals: [String]
    /// The part of the last word before a value: `--name=`, or nothing.
    let prefix: String
    /// What is expected.
    let expected: Expected
    private let own: ArgumentTable
    private let globals: ArgumentTable

    /// The last value that was given for an option, which is named without its dashes; nil if there is none.
    public func value(ofLongOption name: String) -> String? {
        own.lastWord(long: name) ?? globals.lastWord(long: name)
    }
}

extension CommandParser {
    /// Tells what can replace the last word.
    ///
    /// Options that are wrong are passed over. Behind a word that should be a subcommand and is none, nothing is expected.
    public func completion(of words: [String]) -> Completion {
        Completion(
            of: words.last ?? "", behind: words.dropLast(), root: root, globals: ArgumentTable(of: Globals()),
            program: description)
    }
}

extension Completion {
    /// The placeholder for the value that is being typed. No word of a command line holds it.
    private static let openValue = "\0"

    /// Scans the command line with a placeholder at its end, and looks which argument took it.
    fileprivate init(
        of current: String, behind words: ArraySlice<String>, root: any ParsableCommand.Type, globals: ArgumentTable,
        program: CommandDescription
    ) {
        let equals = current.hasPrefix("--") ? current.firstIndex(of: "=") : nil
        let typedPrefix = equals.map { String(current[...$0]) } ?? ""
        let open = typedPrefix + Self.openValue
        var scan = CommandLineScan(Array(words) + [open], root: root, globals: globals)
        let unknown = scan.runToEnd()
        let argument = scan.removeValue(endingIn: Self.openValue)
        let command = program.subcommand(at: scan.path.dropFirst()) ?? program
        path = scan.path
        positionals = scan.own.positionalWords
        (own, self.globals) = (scan.own, scan.globals)
        prefix = argument?.kind == .option ? typedPrefix : ""
        if let unknown, unknown != open {
            expected = .nothing
        } else if let argument, argument.kind == .option {
            expected = Expected(argument.completion)
        } else if !scan.onlyValues, current.hasPrefix("-") {
            expected = typedPrefix.isEmpty ? .words(command.options(beside: scan.given)) : .nothing
        } else if unknown != nil {
            expected = .words(command.candidates(inHelp: scan.isHelp))
        } else if let argument {
            expected = Expected(argument.completion)
        } else {
            let isFree = current.isEmpty && !scan.onlyValues
            expected = isFree ? .words(command.options(beside: scan.given)) : .nothing
        }
    }
}

extension Completion.Expected {
    fileprivate init(_ kind: CompletionKind) {
        self =
            switch kind {
            case .none: .nothing
            case .values(let words): .words(words.map { Completion.Candidate(word: $0, text: "") })
            case .file: .file
            case .directory: .directory
            case .custom(let name): .custom(name)
            }
    }
}

extension CommandLineScan {
    /// The arguments that were given, those of the command and those of every command.
    fileprivate var given: [ArgumentDescription] { own.given + globals.given }

    /// Scans every word and passes over wrong ones; returns the first one that should be a subcommand and is none.
    fileprivate mutating func runToEnd() -> String? {
        var left = words.count + 1
        while words.count < left {
            left = words.count
            do throws(UsageError) {
                _ = try run()
            } catch {
                if case .unrecognizedSubcommand(let word) = error.kind { return word }
            }
        }
        return nil
    }
}

extension CommandDescription {
    /// The visible commands below; `help` is not among the words behind `help`.
    fileprivate func candidates(inHelp: Bool) -> [Completion.Candidate] {
        subcommands.filter { !$0.isHidden && !(inHelp && $0.name == "help") }.map {
            Completion.Candidate(word: $0.name, text: $0.abstract.onOneLine)
        }
    }

    /// The names of the options that can still be given beside these.
    fileprivate func options(beside given: [ArgumentDescription]) -> [Completion.Candidate] {
        let excluded = Set(given.flatMap(\.conflicts) + given.filter { !$0.isRepeating }.flatMap(\.names))
        let names = Set(given.flatMap(\.names))
        return (options + globalOptions).filter { option in
            excluded.isDisjoint(with: option.names) && names.isDisjoint(with: option.conflicts)
        }.flatMap { option in
            option.names.map { Completion.Candidate(word: $0, text: option.help.onOneLine) }
        }
    }
}

extension String {
    fileprivate var onOneLine: String { String(map { $0.isNewline || $0 == "\t" ? " " : $0 }).printable }
}

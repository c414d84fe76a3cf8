/// One pass over the words of a command line: it finds the command and sorts the words by argument, but reads no value.
struct CommandLineScan {
    /// What the words ask for.
    enum Outcome {
        case command(any ParsableCommand)
        case group
        case help
        case version
    }

    /// The words that selected the command so far, the name of the program first.
    private(set) var path: [String]
    /// The arguments of the command; empty for a group.
    private(set) var own = ArgumentTable()
    private(set) var globals: ArgumentTable
    let root: any ParsableCommand.Type
    private var current: any ParsableCommand.Type
    private var command: (any ParsableCommand)?
    private(set) var words: ArraySlice<String>
    /// Whether `--` has been scanned.
    private(set) var onlyValues = false
    /// Whether the command `help` has been scanned.
    private(set) var isHelp = false

    init(_ words: [String], root: any ParsableCommand.Type, globals: ArgumentTable) {
        self.words = words[...]
        self.root = root
        self.globals = globals
        path = [root.configuration.name]
        current = root
        enter(root)
    }

    mutating func run() throws(UsageError) -> Outcome {
        while let typed = words.popFirst() {
            let word = onlyValues ? typed : hyphenated(typed) ?? typed
            if onlyValues || !word.looksLikeOption {
                if try take(word) { return .help }
            } else if word == "--" {
                onlyValues = true
            } else if let asked = try word.utf8.starts(with: "--".utf8) ? takeLong(word) : takeShort(word) {
                return asked
            }
        }
        return command.map(Outcome.command) ?? .group
    }

    private mutating func enter(_ type: any ParsableCommand.Type) {
        current = type
        guard type.configuration.subcommands.isEmpty else { return }
        let instance = type.init()
        command = instance
        own = ArgumentTable(of: instance)
    }

    /// The known option that is meant by a word whose dashes are not hyphens; nil if it is none. Web pages
    /// show `–user` and `–-user` where `--user` is to be typed.
    private func hyphenated(_ word: String) -> String? {
        guard let body = TypographicDash.body(of: word) else { return nil }
        let name = body.prefix { $0 != "=" }
        if knows(long: String(name)) { return "--\(body)" }
        guard let letter = name.first, name.count == 1, knows(short: letter) else { return nil }
        return "-\(body)"
    }

    private func knows(long name: String) -> Bool {
        own.position(long: name) != nil || globals.position(long: name) != nil || name == "help"
            || (name == "version" && path.count == 1)
    }

    private func knows(short name: Character) -> Bool {
        own.position(short: name) != nil || globals.position(short: name) != nil || name == "h"
            || (name == "V" && path.count == 1)
    }

    /// Takes a subcommand or a positional argument; true if it was a request for help.
    private mutating func take(_ word: String) throws(UsageError) -> Bool {
        if command == nil, !onlyValues {
            guard word == "help" else {
                try descend(word)
                return false
            }
            isHelp = true
            for next in words where !next.looksLikeOption && next != "help" { try descend(next) }
            return true
        }
        guard let position = own.nextPositional else { throw unexpectedWord(word) }
        own.add(word, at: position)
        return false
    }

    /// Takes back the last value that ends in a text; returns the argument that it was given for, or nil if there is none.
    mutating func removeValue(endingIn text: String) -> ArgumentDescription? {
        own.removeWord(endingIn: text) ?? globals.removeWord(endingIn: text)
    }

    private mutating func descend(_ word: String) throws(UsageError) {
        let subcommands = current.configuration.subcommands
        guard let next = subcommands.first(where: { $0.configuration.name == word }) else {
            if try descend(suffixed: word) { return }
            let visible = subcommands.map { $0.configuration }.filter { !$0.isHidden }.map(\.name) + ["help"]
            let similar = subcommands.isEmpty ? nil : closestMatch(to: word, in: visible)
            throw UsageError(
                .unrecognizedSubcommand(word),
                tip: similar.map(UsageError.Tip.similarSubcommand) ?? commandElsewhere(word) ?? .hyphens(for: word)
                    ?? (subcommands.isEmpty ? nil : .subcommands(visible)))
        }
        path.append(word)
        enter(next)
    }

    /// Takes the name of a subcommand with the value of its option behind a dot; false if the word is none.
    private mutating func descend(suffixed word: String) throws(UsageError) -> Bool {
        let parts = word.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let named = current.configuration.subcommands.first { $0.configuration.name == parts[0] }
        guard parts.count == 2, let named, let option = named.configuration.suffixOption else { return false }
        path.append(parts[0])
        enter(named)
        if let position = own.position(long: option) { own.add(parts[1], at: position) }
        return true
    }

    /// Takes `--name` or `--name=value`.
    private mutating func takeLong(_ word: String) throws(UsageError) -> Outcome? {
        let body = word.unicodeScalars.dropFirst(2)
        let equals = body.firstIndex(of: "=")
        let name = String(body[..<(equals ?? body.endIndex)])
        let value = equals.map { String(body[body.index(after: $0)...]) }
        if let position = own.position(long: name) {
            try own.use(position, as: "--\(name)", attached: value, next: &words)
        } else if let position = globals.position(long: name) {
            try globals.use(position, as: "--\(name)", attached: value, next: &words)
        } else if name == "help" || (name == "version" && path.count == 1) {
            if let value { throw UsageError(.unexpectedValue(value, argument: "--\(name)")) }
            return name == "help" ? .help : .version
        } else {
            throw unexpectedLong(name, in: word)
        }
        return nil
    }

    /// Takes `-a`, `-abc`, `-nvalue` and `-n=value`.
    private mutating func takeShort(_ word: String) throws(UsageError) -> Outcome? {
        var letters = word.unicodeScalars.dropFirst()
        // With one hyphen a long name would be taken for letters, and for the value of an option among them.
        let name = String(letters.prefix { $0 != "=" })
        if letters.count > 2, name != "help", knows(long: name) {
            throw UsageError(.unexpectedArgument(word), tip: .similarArgument("--\(name)"))
        }
        while let letter = letters.popFirst() {
            let name = Character(letter)
            let takesRest: Bool
            if let position = own.position(short: name) {
                takesRest = try own.use(position, as: "-\(name)", rest: letters, next: &words)
            } else if let position = globals.position(short: name) {
                takesRest = try globals.use(position, as: "-\(name)", rest: letters, next: &words)
            } else if name == "h" || (name == "V" && path.count == 1) {
                return name == "h" ? .help : .version
            } else {
                throw unexpectedShort(name, in: word)
            }
            if takesRest { return nil }
        }
        return nil
    }
}

extension String {
    /// Whether the word begins with a dash and is not the dash alone, which by custom means a stream.
    var looksLikeOption: Bool {
        utf8.first == UInt8(ascii: "-") && utf8.count > 1
    }
}

/// What the scripts of all shells hold of a program: every command that is not hidden, and what can be typed behind it.
struct CompletionTable {
    /// What a value is completed with.
    struct Slot {
        /// The names of the option, or the number of the argument, which begins at 1.
        let names: [String]
        let kind: CompletionKind
        /// Whether the slot is that of all arguments from this number on.
        var isLast = false
    }

    /// A command with what belongs to it alone.
    struct Command {
        /// The words that select it with spaces between them, the name of the program first.
        let path: String
        /// Of each command below the word and its text.
        let subcommands: [[String]]
        /// Of each option and flag a name, the names that rule it out once they are typed, and its text.
        let switches: [[String]]
        let slots: [Slot]
    }

    /// The word that starts the program.
    let program: String
    /// Every command, the program itself first.
    let commands: [Command]
    /// The options of every command.
    let globalSwitches: [[String]]
    /// The values of these options.
    let globalSlots: [Slot]

    init(of program: CommandDescription) {
        self.program = program.name
        commands = Self.commands(of: program)
        let globals = program.globalOptions.filter { !$0.isHidden }
        globalSwitches = Self.switches(globals)
        globalSlots = Self.slots(globals)
    }

    private static func commands(of command: CommandDescription) -> [Command] {
        let subcommands = command.subcommands.filter { !$0.isHidden }
        let options = command.options.filter { !$0.isHidden }
        let own = Command(
            path: command.path.joined(separator: " "),
            subcommands: subcommands.map { [$0.name, line($0.abstract)] },
            switches: switches(options),
            slots: slots(options) + slots(of: command.arguments))
        // The words behind 'help' are those of the command that it stands in.
        return [own] + subcommands.filter { $0.name != "help" }.flatMap(commands)
    }

    /// An option is ruled out by its own names, unless it can be repeated, and by those that it is in conflict with.
    private static func switches(_ options: [ArgumentDescription]) -> [[String]] {
        var rows: [[String]] = []
        for option in options {
            var excluders = option.isRepeating ? [] : option.names
            for other in options where other.conflicts.contains(where: option.names.contains) {
                excluders += other.names
            }
            for name in option.conflicts where !excluders.contains(name) { excluders.append(name) }
            let text = line(option.help)
            for name in option.names { rows.append([name, excluders.joined(separator: " "), text]) }
        }
        return rows
    }

    private static func slots(_ options: [ArgumentDescription]) -> [Slot] {
        options.filter { $0.kind == .option }.map { Slot(names: $0.names, kind: $0.completion) }
    }

    private static func slots(of arguments: [ArgumentDescription]) -> [Slot] {
        arguments.enumerated().map { position, argument in
            Slot(names: [String(position + 1)], kind: argument.completion, isLast: argument.isRepeating)
        }
    }

    /// A text on one line.
    private static func line(_ text: String) -> String {
        String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 }).printable
    }
}

extension CompletionKind {
    /// The word for it in a script.
    var word: String {
        switch self {
        case .none: "none"
        case .values: "values"
        case .file: "file"
        case .directory: "directory"
        case .custom(let kind): kind
        }
    }

    /// The words that are offered, where they are known beforehand.
    var words: [String] {
        if case .values(let words) = self { words } else { [] }
    }
}

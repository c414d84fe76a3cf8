/// Reads command lines of one program.
public struct CommandParser<Globals: ParsableArguments>: Sendable {
    let root: any ParsableCommand.Type
    private let version: String

    /// Makes a parser.
    ///
    /// - Parameters:
    ///   - root: The program itself; its name begins every usage line.
    ///   - globals: The options that are taken before and after every subcommand; given twice, the later one wins.
    ///   - version: The version alone, as in `2.0.1`.
    public init(root: any ParsableCommand.Type, globals: Globals.Type, version: String) {
        self.root = root
        self.version = version
    }

    /// The program as a value.
    var description: CommandDescription { CommandDescription(of: root, globals: Globals.self) }

    /// Reads the words that follow the name of the program.
    ///
    /// A request for help is answered even if a word behind it is wrong or a required one is missing.
    ///
    /// - Parameter helpWidth: The columns of a line of help.
    public func parse(_ words: [String], helpWidth: Int = TextLayout.width) throws(UsageError) -> ParseResult<Globals> {
        let globals = Globals()
        var scan = CommandLineScan(words, root: root, globals: ArgumentTable(of: globals))
        do throws(UsageError) {
            switch try scan.run() {
            case .version:
                return .version("\(root.configuration.name) \(version)")
            case .help:
                return .help(description(at: scan.path).help(width: helpWidth), path: scan.path)
            case .command(let command):
                try finish(command, scan.own, globals: globals, scan.globals)
                return .command(command, globals: globals, path: scan.path)
            case .group:
                throw UsageError(.missingSubcommand(help: description(at: scan.path).help(width: helpWidth)))
            }
        } catch {
            var error = error
            error.usage = error.usage ?? description(at: scan.path).usage
            error.path = scan.path
            throw error
        }
    }

    private func description(at path: [String]) -> CommandDescription {
        let whole = description
        return whole.subcommand(at: path.dropFirst()) ?? whole
    }

    /// Gives every property its value and checks what depends on more than one.
    private func finish(
        _ command: any ParsableCommand, _ own: ArgumentTable, globals: Globals, _ global: ArgumentTable
    ) throws(UsageError) {
        try global.assign(lastWins: true)
        try own.assign(lastWins: false)
        for table in [global, own] {
            try table.checkConflicts()
            try table.checkRequired()
        }
        try globals.validate()
        try command.validate()
    }
}

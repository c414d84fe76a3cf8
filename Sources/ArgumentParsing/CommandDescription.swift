/// A command and everything below it as a value: what help, usage lines and shell completions are made from.
struct CommandDescription: Sendable, Equatable {
    /// The words that select the command, the name of the program first.
    let path: [String]
    /// One sentence on what the command does.
    let abstract: String
    /// Text at the end of the help.
    let discussion: String
    /// Whether help, suggestions and completions leave the command out.
    let isHidden: Bool
    /// What is given by position.
    let arguments: [ArgumentDescription]
    /// Options and flags of this command alone, `--help` (and at the root `--version`) included.
    let options: [ArgumentDescription]
    /// Options and flags that are taken at every level.
    let globalOptions: [ArgumentDescription]
    /// The commands below; for a group the last is `help`.
    let subcommands: [CommandDescription]

    /// The word that selects the command.
    var name: String { path.last ?? "" }

    /// Whether the command only declares others.
    var isGroup: Bool { !subcommands.isEmpty }

    /// Describes a whole program.
    init(of root: any ParsableCommand.Type, globals: any ParsableArguments.Type) {
        let globalOptions = globals.init().arguments.map { $0.description }
        self.init(of: root, path: [root.configuration.name], globalOptions: globalOptions)
    }

    /// Describes a command that is reached by `path`.
    init(of command: any ParsableCommand.Type, path: [String], globalOptions: [ArgumentDescription]) {
        let configuration = command.configuration
        let isGroup = !configuration.subcommands.isEmpty
        let own = isGroup ? [] : command.init().arguments.map { $0.description }
        var subcommands = configuration.subcommands.map { subcommand in
            CommandDescription(
                of: subcommand, path: path + [subcommand.configuration.name], globalOptions: globalOptions)
        }
        if isGroup { subcommands.append(.help(in: path, globalOptions: globalOptions)) }
        self.path = path
        abstract = configuration.abstract
        discussion = configuration.discussion
        isHidden = configuration.isHidden
        arguments = own.filter { $0.kind == .positional }
        let options = own.filter { $0.kind != .positional }
        let taken = Set((options + globalOptions).flatMap(\.shortNames))
        let builtIn: [ArgumentDescription] = path.count == 1 ? [.help(taken), .version(taken)] : [.help(taken)]
        self.options = options + builtIn
        self.globalOptions = globalOptions
        self.subcommands = subcommands
    }

    /// The `help` command of a group.
    private static func help(in path: [String], globalOptions: [ArgumentDescription]) -> CommandDescription {
        var command = ArgumentDescription(
            .positional, help: Messages.helpCommandArgument, valueName: "COMMAND")
        command.isRepeating = true
        return CommandDescription(
            path: path + ["help"], abstract: Messages.helpCommand, discussion: "", isHidden: false,
            arguments: [command], options: [.help([])],
            globalOptions: globalOptions, subcommands: [])
    }

    private init(
        path: [String], abstract: String, discussion: String, isHidden: Bool, arguments: [ArgumentDescription],
        options: [ArgumentDescription], globalOptions: [ArgumentDescription], subcommands: [CommandDescription]
    ) {
        self.path = path
        self.abstract = abstract
        self.discussion = discussion
        self.isHidden = isHidden
        self.arguments = arguments
        self.options = options
        self.globalOptions = globalOptions
        self.subcommands = subcommands
    }

    /// The command below this one that these words select; nil if there is none.
    func subcommand(at words: some Collection<String>) -> CommandDescription? {
        guard let first = words.first else { return self }
        return subcommands.first { $0.name == first }?.subcommand(at: words.dropFirst())
    }

    /// The visible commands below this one that have this name, without the help of groups.
    func commands(named name: String) -> [CommandDescription] {
        let visible = subcommands.filter { !$0.isHidden && $0.name != "help" }
        return visible.filter { $0.name == name } + visible.flatMap { $0.commands(named: name) }
    }

    /// The visible commands at and below this one that have their own option with this long name.
    func owners(ofLongOption name: String) -> [CommandDescription] {
        if isHidden { return [] }
        let isOwner = options.contains { $0.longNames.contains(name) }
        return (isOwner ? [self] : []) + subcommands.flatMap { $0.owners(ofLongOption: name) }
    }
}

extension ArgumentDescription {
    /// `-h, --help`; the short name only if no other option has taken it.
    fileprivate static func help(_ taken: Set<Character>) -> ArgumentDescription {
        builtIn("help", short: "h", help: Messages.helpOption, taken: taken)
    }

    /// `-V, --version`; the short name only if no other option has taken it.
    fileprivate static func version(_ taken: Set<Character>) -> ArgumentDescription {
        builtIn("version", short: "V", help: Messages.versionOption, taken: taken)
    }

    private static func builtIn(
        _ name: String, short: Character, help: String, taken: Set<Character>
    ) -> ArgumentDescription {
        let names: [ArgumentName] = taken.contains(short) ? [.long(name)] : [.short(short), .long(name)]
        return ArgumentDescription(.flag, names: names, help: help)
    }
}

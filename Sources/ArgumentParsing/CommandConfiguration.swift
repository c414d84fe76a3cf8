/// What a command says about itself.
public struct CommandConfiguration: Sendable {
    /// The word that selects the command.
    public let name: String
    /// One sentence for the list of commands and the top of the help.
    public let abstract: String
    /// Text at the end of the help. Each line is wrapped by itself and continued at its own indentation; see ``CommandDescription/help``.
    public let discussion: String
    /// The commands below this one; with any, the command is a group and its own arguments are not read.
    public let subcommands: [any ParsableCommand.Type]
    /// Whether help, suggestions and completions leave the command out.
    public let isHidden: Bool
    /// The long option whose value may follow the name behind a dot, so that `name.VALUE` means `name --option VALUE`; nil for none.
    public let suffixOption: String?

    /// Makes a configuration; only the name and the abstract are needed.
    public init(
        name: String,
        abstract: String,
        discussion: String = "",
        subcommands: [any ParsableCommand.Type] = [],
        isHidden: Bool = false,
        suffixOption: String? = nil
    ) {
        self.name = name
        self.abstract = abstract
        self.discussion = discussion
        self.subcommands = subcommands
        self.isHidden = isHidden
        self.suffixOption = suffixOption
    }
}

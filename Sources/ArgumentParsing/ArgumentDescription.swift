/// An argument, an option or a flag as a value, with every default filled in.
public struct ArgumentDescription: Sendable, Equatable {
    /// How it is given.
    public enum Kind: Sendable, Equatable {
        /// By its position.
        case positional
        /// By a name and a value.
        case option
        /// By a name alone.
        case flag
    }

    /// How it is given.
    public let kind: Kind
    /// The long names without their dashes, in the order of declaration.
    public let longNames: [String]
    /// The short names without their dash, in the order of declaration.
    public let shortNames: [Character]
    /// The stand-in for the value, as `KEY` in `<KEY>`; empty for a flag.
    public let valueName: String
    /// What it is for.
    public let help: String
    /// The default as the user would type it; nil if there is none to show.
    public let defaultText: String?
    /// The only values that are accepted; empty where they cannot be listed.
    public let allowedValues: [String]
    /// What a shell offers for the value.
    public let completion: CompletionKind
    /// Whether a command line without it is wrong.
    public let isRequired: Bool
    /// Whether it takes any number of values.
    public let isRepeating: Bool
    /// Whether help, suggestions and completions leave it out.
    public let isHidden: Bool
    /// The names, dashes included, it cannot be given together with.
    public let conflicts: [String]

    /// The names with their dashes, the short ones first; empty for a positional argument.
    public var names: [String] {
        shortNames.map { "-\($0)" } + longNames.map { "--\($0)" }
    }

    /// The name for errors and usage lines: `--profile <NAME>`, `--all`, `<KEY>`, `[KEY]`, `<TOPIC>...`.
    public var displayName: String {
        let dots = isRepeating ? "..." : ""
        switch kind {
        case .positional: return (isRequired ? "<\(valueName)>" : "[\(valueName)]") + dots
        case .option: return "\(mainName) <\(valueName)>"
        case .flag: return mainName
        }
    }

    /// The first long name, else the first short one, with its dashes.
    var mainName: String {
        longNames.first.map { "--\($0)" } ?? shortNames.first.map { "-\($0)" } ?? ""
    }
}

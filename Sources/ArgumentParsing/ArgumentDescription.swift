/// An argument, an option or a flag as a value.
struct ArgumentDescription: Sendable, Equatable {
    /// How it is given.
    enum Kind: Sendable, Equatable {
        /// By its position.
        case positional
        /// By a name and a value.
        case option
        /// By a name alone.
        case flag
    }

    /// How it is given.
    let kind: Kind
    /// The long names without their dashes, in the order of declaration.
    let longNames: [String]
    /// The short names without their dash, in the order of declaration.
    let shortNames: [Character]
    /// The stand-in for the value, as `KEY` in `<KEY>`; empty for a flag.
    let valueName: String
    /// What it is for.
    let help: String
    /// The names, dashes included, it cannot be given together with.
    let conflicts: [String]
    /// The default as the user would type it; nil if there is none to show.
    var defaultText: String?
    /// The only values that are accepted; empty if they cannot be listed.
    var allowedValues: [String] = []
    /// What a shell offers for the value.
    var completion: CompletionKind
    /// Whether a command line without it is wrong.
    var isRequired = false
    /// Whether it takes any number of values.
    var isRepeating = false
    /// Whether the next word is its value also if it begins with a dash, unless it is an option of the same command.
    var takesDashes = false

    /// Describes an argument. The stand-in for the value of an option is made from its name if nil.
    init(
        _ kind: Kind, names: [ArgumentName] = [], help: String, valueName: String? = nil, defaultText: String? = nil,
        completion: CompletionKind = .none, conflicts: [String] = []
    ) {
        var longNames: [String] = []
        var shortNames: [Character] = []
        for name in names {
            switch name {
            case .long(let text): longNames.append(text)
            case .short(let letter): shortNames.append(letter)
            }
        }
        let name = longNames.first ?? shortNames.first.map { String($0) } ?? ""
        let derived = String(name.uppercased().map { $0 == "-" ? "_" : $0 })
        (self.kind, self.longNames, self.shortNames) = (kind, longNames, shortNames)
        self.valueName = kind == .flag ? "" : valueName ?? derived
        (self.help, self.conflicts) = (help, conflicts)
        (self.defaultText, self.completion) = (defaultText, completion)
    }

    /// The names with their dashes, the short ones first; empty for a positional argument.
    var names: [String] {
        shortNames.map { "-\($0)" } + longNames.map { "--\($0)" }
    }

    /// The name for errors and usage lines: `--profile <NAME>`, `--all`, `<KEY>`, `[KEY]`, `<TOPIC>...`.
    var displayName: String {
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

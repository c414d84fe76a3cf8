/// A command line that cannot be followed. It goes to stderr.
public struct UsageError: Error, Sendable, Equatable {
    /// What is wrong. Arguments are named as the user sees them, such as `--profile <NAME>` or `<KEY>`.
    public enum Kind: Sendable, Equatable {
        /// There is no such subcommand.
        case unrecognizedSubcommand(String)
        /// There is no such option, or a positional argument too many.
        case unexpectedArgument(String)
        /// A flag was given a value.
        case unexpectedValue(String, argument: String)
        /// An option was given without its value.
        case missingValue(argument: String, allowedValues: [String])
        /// These arguments were not given.
        case missingRequired([String])
        /// A value was not accepted. Reason and allowed values may be empty.
        case invalidValue(String, argument: String, reason: String, allowedValues: [String] = [])
        /// Two arguments exclude each other.
        case conflict(String, with: String)
        /// An argument that takes one value was given several times.
        case usedMultipleTimes(argument: String)
        /// A group was called without a subcommand; its help is the answer.
        case missingSubcommand(help: String)
        /// What only the command itself can tell, in lower case and without a full stop.
        case other(String)
    }

    /// What to type instead.
    public enum Tip: Sendable, Equatable {
        /// A subcommand that is spelled much like the one given.
        case similarSubcommand(String)
        /// An option, dashes included, that is spelled much like the one given.
        case similarArgument(String)
        /// A value that is spelled much like the one given.
        case similarValue(String)
        /// The word that begins with a dash was perhaps meant as a positional argument.
        case passAsArgument(String)
        /// The word that begins with a dash was perhaps meant as the value of an option, dashes included.
        case passAsValue(String, option: String)
        /// The option, dashes included, is one of another command.
        case optionOf(command: String, option: String)
        /// The word begins with dashes that are no hyphens; this is the word with hyphens.
        case plainHyphens(String)
        /// The command line to type.
        case type(String)
        /// Values of which one may be meant.
        case similarValues([String])
        /// All subcommands.
        case subcommands([String])
        /// A sentence that only the program can make.
        case advice(String)

        /// Hyphens for the other dashes that a word begins with; nil if it begins with none.
        static func hyphens(for word: String) -> Tip? {
            TypographicDash.body(of: word).map { .plainHyphens($0.unicodeScalars.count == 1 ? "-\($0)" : "--\($0)") }
        }
    }

    /// What is wrong.
    public let kind: Kind
    /// What to type instead; nil if unknown.
    public var tip: Tip?
    /// The words that selected the command, the name of the program first; empty until the parser fills it in.
    public internal(set) var path: [String] = []
    /// The usage line of the command that was called, without `Usage: `; the parser fills it in.
    public internal(set) var usage: String?

    /// Makes an error; one thrown by ``ParsableArguments/validate()`` is given its usage line by the parser.
    public init(_ kind: Kind, tip: Tip? = nil) {
        self.kind = kind
        self.tip = tip
    }
}

extension UsageError {
    /// What is wrong in one sentence or more, without the tip.
    public var reason: String {
        if case .missingSubcommand = kind { return Messages.missingSubcommand }
        return Messages.text(of: kind)
    }

    /// The tip in words; nil if there is none.
    public var advice: String? { tip.map(Messages.text) }
}

extension UsageError: CustomStringConvertible {
    /// The whole text, without a line feed at the end. Control characters in the user's words are escaped.
    public var description: String {
        if case .missingSubcommand(let help) = kind { return help }
        var parts = ["error: " + Messages.text(of: kind)]
        if let tip { parts.append("  tip: " + Messages.text(of: tip)) }
        if let usage, showsUsage { parts.append(Messages.usage(usage)) }
        parts.append(Messages.moreInformation)
        return parts.joined(separator: "\n\n")
    }

    /// A value that was not accepted says nothing about how the command is built.
    private var showsUsage: Bool {
        switch kind {
        case .invalidValue, .missingValue: false
        default: true
        }
    }
}

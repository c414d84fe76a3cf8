/// Every text of this module that a user can meet.
enum Messages {
    static let moreInformation = "For more information, try '--help'."
    static let helpCommand = "Print the help of a command."
    static let helpCommandArgument = "The command, word by word."
    static let helpOption = "Print help."
    static let versionOption = "Print the version."
    static let missingSubcommand = "a subcommand is required"
    static let notAWholeNumber = "not a whole number"

    static let commandsHeading = "Commands:"
    static let argumentsHeading = "Arguments:"
    static let optionsHeading = "Options:"
    static let globalOptionsHeading = "Global options:"

    static func usage(_ line: String) -> String { "Usage: \(line)" }

    static func defaultValue(_ text: String) -> String { "[default: \(text)]" }

    static func allowedValues(_ values: [String]) -> String { "[possible values: \(values.joined(separator: ", "))]" }

    static func outOfRange(_ lowest: some FixedWidthInteger, _ highest: some FixedWidthInteger) -> String {
        "not within \(lowest) to \(highest)"
    }

    static func text(of kind: UsageError.Kind) -> String {
        switch kind {
        case .unrecognizedSubcommand(let word):
            "unrecognized subcommand '\(word.printable)'"
        case .unexpectedArgument(let word):
            "unexpected argument '\(word.printable)' found"
        case .unexpectedValue(let value, let argument):
            "unexpected value '\(value.printable)' for '\(argument)' found; no value is taken"
        case .missingValue(let argument, let values):
            "a value is required for '\(argument)' but none was supplied" + list(of: values)
        case .missingRequired(let arguments):
            "the following required arguments were not provided:" + arguments.map { "\n  \($0)" }.joined()
        case .invalidValue(let value, let argument, let reason, let values):
            "invalid value '\(value.printable)' for '\(argument)'"
                + (reason.isEmpty ? "" : ": \(reason.printableLines)") + list(of: values)
        case .conflict(let first, let second):
            "the argument '\(first)' cannot be used with '\(second)'"
        case .usedMultipleTimes(let argument):
            "the argument '\(argument)' cannot be used multiple times"
        case .missingSubcommand(let help):
            help
        case .other(let message):
            message.printableLines
        }
    }

    static func text(of tip: UsageError.Tip) -> String {
        switch tip {
        case .similarSubcommand(let name): "a similar subcommand exists: '\(name)'"
        case .similarArgument(let name): "a similar argument exists: '\(name)'"
        case .similarValue(let value): "a similar value exists: '\(value)'"
        case .passAsArgument(let word): "to pass '\(word.printable)' as a value, use '-- \(word.printable)'"
        case .passAsValue(let word, let option):
            "to pass '\(word.printable)' as the value, use '\(option)=\(word.printable)'"
        case .similarValues(let values): "similar values exist: '\(values.joined(separator: "', '"))'"
        case .plainHyphens(let word): "options begin with plain hyphens: '\(word.printable)'"
        case .subcommands(let names): "the subcommands are \(names.joined(separator: ", "))"
        case .type(let line): "type '\(line.printable)'"
        case .advice(let text): text.printableLines
        case .optionOf(let command, let option): "'\(option)' is an option of '\(command)'"
        }
    }

    private static func list(of values: [String]) -> String {
        values.isEmpty ? "" : "\n  " + allowedValues(values)
    }
}

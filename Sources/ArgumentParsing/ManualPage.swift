/// A manual page of a program for man(1), in the language mdoc(7): made from the command table, so that it cannot differ from
/// the help.
public struct ManualPage: Sendable {
    /// A word and what it means: a variable, a file, an exit status.
    public struct Entry: Sendable {
        let word: String
        let meaning: String

        /// Makes an entry.
        public init(_ word: String, _ meaning: String) { (self.word, self.meaning) = (word, meaning) }
    }

    /// What the program is, in a few paragraphs.
    public var description: [String] = []
    /// Variables of the environment.
    public var environment: [Entry] = []
    /// Files and directories.
    public var files: [Entry] = []
    /// Exit statuses.
    public var exitStatuses: [Entry] = []
    /// Examples: a command, and what it does.
    public var examples: [Entry] = []
    /// Other pages, as name and section.
    public var seeAlso: [(name: String, section: Int)] = []

    private let program: CommandDescription
    private let date: String

    /// Makes a page that has only the commands of a program.
    ///
    /// - Parameter date: The date as mdoc(7) writes it, such as `November 27, 2026`.
    public init(of parser: CommandParser<some ParsableArguments>, date: String) {
        (program, self.date) = (parser.description, date)
    }

    /// The source of the page.
    public var text: String {
        let name = program.name
        var lines = [
            ".Dd \(date)", ".Dt \(name.uppercased()) 1", ".Os", ".Sh NAME", ".Nm \(name)",
            ".Nd "
                + Self.sentence(
                    program.abstract.hasSuffix(".") ? String(program.abstract.dropLast()) : program.abstract),
            ".Sh SYNOPSIS", ".Nm", ".Op Ar options", ".Ar command", ".Op Ar argument ...",
            ".Sh DESCRIPTION",
        ]
        lines += Self.paragraphs(description)
        lines += [".Sh COMMANDS"] + commands(below: program)
        lines += [".Sh OPTIONS", "Every command takes these options, before or after its name:"]
        lines += Self.list(program.globalOptions + program.options)
        lines += Self.section("ENVIRONMENT", environment, macro: "Ev")
        lines += Self.section("FILES", files, macro: "Pa")
        if !exitStatuses.isEmpty {
            lines += [".Sh EXIT STATUS"] + Self.tagged(exitStatuses, macro: "Li")
        }
        if !examples.isEmpty {
            lines.append(".Sh EXAMPLES")
            for example in examples {
                lines += [Self.sentence(example.meaning), ".Dl " + Self.escaped(example.word), ".Pp"]
            }
            lines.removeLast()
        }
        if !seeAlso.isEmpty {
            let pages = seeAlso.sorted { ($0.section, $0.name) < ($1.section, $1.name) }
            lines.append(".Sh SEE ALSO")
            lines += pages.enumerated().map { index, page in
                ".Xr \(page.name) \(page.section)" + (index + 1 < pages.count ? " ," : "")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: Commands

    /// The commands that can be run, with those of a group instead of the group.
    private func commands(below command: CommandDescription) -> [String] {
        command.subcommands.filter { !$0.isHidden && $0.name != "help" }.flatMap { command in
            command.isGroup ? commands(below: command) : section(of: command)
        }
    }

    private func section(of command: CommandDescription) -> [String] {
        let words = command.path.dropFirst().joined(separator: " ")
        var lines = [".Ss " + Self.escaped(words)]
        lines += [".Nm \(program.name)", ".Cm " + Self.escaped(words)]
        let own = command.options.filter { !$0.longNames.contains("help") }
        lines += own.map(Self.synopsis)
        lines += command.arguments.map(Self.synopsis)
        lines += [".Pp", Self.sentence(command.abstract)]
        let described = command.arguments + own
        if !described.isEmpty { lines += Self.list(described) }
        lines += Self.discussion(command.discussion)
        return lines
    }

    /// An argument in a synopsis, such as `.Op Fl -profile Ar NAME`.
    private static func synopsis(_ argument: ArgumentDescription) -> String {
        let dots = argument.isRepeating ? " ..." : ""
        let value = argument.valueName.isEmpty ? "" : " Ar " + escaped(argument.valueName) + dots
        let words =
            argument.kind == .positional
            ? String(value.dropFirst()) : "Fl " + escaped(String(argument.mainName.dropFirst())) + value
        return argument.isRequired ? ".\(words)" : ".Op \(words)"
    }

    private static func list(_ arguments: [ArgumentDescription]) -> [String] {
        [".Bl -tag -width Ds"]
            + arguments.flatMap { argument -> [String] in
                let value = argument.valueName.isEmpty ? "" : " Ar " + escaped(argument.valueName)
                let flags = argument.names.map { "Fl " + escaped(String($0.dropFirst())) + value }
                let item = argument.kind == .positional ? String(value.dropFirst()) : flags.joined(separator: " , ")
                return [".It \(item)", sentence(argument.help)] + note(argument)
            } + [".El"]
    }

    private static func note(_ argument: ArgumentDescription) -> [String] {
        var lines: [String] = []
        if !argument.allowedValues.isEmpty {
            lines.append(sentence("One of: \(argument.allowedValues.joined(separator: ", "))."))
        }
        if let text = argument.defaultText { lines.append(sentence("The default is \(text).")) }
        return lines
    }

    /// The text at the end of the help: paragraphs, and what is indented as it stands.
    private static func discussion(_ text: String) -> [String] {
        var lines: [String] = []
        var isLiteral = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty { continue }
            let indented = line.first == " "
            if indented != isLiteral {
                lines.append(indented ? ".Bd -literal -offset indent -compact" : ".Ed")
                isLiteral = indented
            }
            if !indented, lines.last != ".Pp", !(lines.last.map { isContinued($0) } ?? false) { lines.append(".Pp") }
            lines.append(indented ? escaped(String(line.drop { $0 == " " })) : sentence(String(line)))
        }
        if isLiteral { lines.append(".Ed") }
        return lines
    }

    /// Whether a line of text goes on in the next one.
    private static func isContinued(_ line: String) -> Bool {
        !line.hasPrefix(".") && !line.hasSuffix(".") && !line.hasSuffix(":")
    }

    // MARK: Text

    private static func section(_ title: String, _ entries: [Entry], macro: String) -> [String] {
        entries.isEmpty ? [] : [".Sh \(title)"] + tagged(entries, macro: macro)
    }

    private static func tagged(_ entries: [Entry], macro: String) -> [String] {
        [".Bl -tag -width Ds"]
            + entries.flatMap { [".It \(macro) " + escaped($0.word), sentence($0.meaning)] } + [".El"]
    }

    private static func paragraphs(_ paragraphs: [String]) -> [String] {
        Array(paragraphs.map { [sentence($0)] }.joined(separator: [".Pp"]))
    }

    /// Text in lines that are no requests of roff. A new sentence begins on a line of its own.
    private static func sentence(_ text: String) -> String {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            let word = String(word)
            guard let last = lines.last, !last.hasSuffix("."), last.utf8.count + word.utf8.count < width else {
                lines.append(escaped(word))
                continue
            }
            lines[lines.count - 1] = last + " " + escaped(word, isFirst: false)
        }
        return lines.joined(separator: "\n")
    }

    /// mandoc(1) wants no longer lines of text.
    private static let width = 78

    /// Text without what has a meaning in roff: a backslash, a dash, a quote, and a dot or an apostrophe that begins a line.
    private static func escaped(_ text: String, isFirst: Bool = true) -> String {
        var result = ""
        for character in text {
            switch character {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            case "\"": result += "\\(dq"
            case "'" where isFirst && result.isEmpty: result += "\\(aq"
            case "." where isFirst && result.isEmpty: result += "\\&."
            default: result.append(character)
            }
        }
        return result
    }
}

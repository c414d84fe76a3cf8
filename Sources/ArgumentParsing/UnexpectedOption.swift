extension CommandLineScan {
    /// The error for a word that is one too many.
    func unexpectedWord(_ word: String) -> UsageError {
        let name = TypographicDash.body(of: word).map { String($0.prefix { $0 != "=" }) }
        return UsageError(.unexpectedArgument(word), tip: name.flatMap(similar) ?? .hyphens(for: word))
    }

    /// Points to the only command of that name elsewhere in the program.
    func commandElsewhere(_ word: String) -> UsageError.Tip? {
        let found = program.commands(named: word)
        return found.count == 1 ? .type(found[0].path.joined(separator: " ")) : nil
    }

    /// The error for `--name`, which is not taken here; `word` is all that was typed.
    func unexpectedLong(_ name: String, in word: String) -> UsageError {
        let error = UsageError.Kind.unexpectedArgument("--\(name)")
        let owners = program.owners(ofLongOption: name)
        guard owners.isEmpty else { return UsageError(error, tip: tip(for: name, of: owners)) }
        return UsageError(error, tip: similar(to: name) ?? passAsArgument(word))
    }

    /// The error for `-n`, which is not taken here; `word` is all that was typed.
    func unexpectedShort(_ name: Character, in word: String) -> UsageError {
        let similar =
            word.unicodeScalars.count > 2
            ? similar(to: String(word.unicodeScalars.dropFirst())) : otherCase(of: name)
        let tip = similar ?? passAsArgument(word)
        return UsageError(.unexpectedArgument(tip == nil ? "-\(name)" : word), tip: tip)
    }

    /// The option whose short name is the same letter in the other case.
    private func otherCase(of name: Character) -> UsageError.Tip? {
        let here = program.subcommand(at: path.dropFirst())
        let visible = (here?.options ?? []) + (here?.globalOptions ?? [])
        let letter = name.isUppercase ? name.lowercased() : name.uppercased()
        return visible.contains { $0.names.contains("-\(letter)") } ? .similarArgument("-\(letter)") : nil
    }

    private var program: CommandDescription {
        CommandDescription(
            of: root, path: Array(path.prefix(1)), globalOptions: globals.arguments.map(\.description))
    }

    /// Points to the command the option belongs to: the one that the rest of the words selects, or the only one there is.
    private func tip(for name: String, of owners: [CommandDescription]) -> UsageError.Tip? {
        var meant = program.subcommand(at: path.dropFirst())
        for word in words { meant = meant?.subcommand(at: [word]) ?? meant }
        let owner = owners.first { $0.path == meant?.path } ?? (owners.count == 1 ? owners[0] : nil)
        return owner.map { .optionOf(command: $0.path.joined(separator: " "), option: "--\(name)") }
    }

    private func similar(to name: String) -> UsageError.Tip? {
        let here = program.subcommand(at: path.dropFirst())
        let visible = (here?.options ?? []) + (here?.globalOptions ?? [])
        return closestMatch(to: name, in: visible.flatMap(\.longNames)).map { .similarArgument("--\($0)") }
    }

    /// Points to `--` if the command can take one more positional argument.
    private func passAsArgument(_ word: String) -> UsageError.Tip? {
        own.nextPositional.map { _ in .passAsArgument(word) }
    }
}

extension Context {
    /// The words of an unfinished command line, which a shell passes on standard input, each followed by a NUL. Empty if
    /// standard input is a terminal, cannot be read, or has more than 1 MiB.
    ///
    /// They are not passed as arguments, because every user can read those and one word may be a password.
    public func typedWords(isTerminal: Bool) -> [String] {
        guard !isTerminal, let bytes = try? files.readInput("/dev/stdin") else { return [] }
        return bytes.split(separator: 0, omittingEmptySubsequences: false).dropLast().map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    /// The context with the configuration directory of a command line; `~/` at its beginning is the user's home.
    public func with(typedDirectory: String?) -> Context {
        guard let typedDirectory, !typedDirectory.isEmpty else { return self }
        let home = typedDirectory.hasPrefix("~/") ? environment["HOME"] : nil
        let directory = home.map { $0 + typedDirectory.dropFirst() } ?? typedDirectory
        var context = self
        context.configurationDirectory = Path.absolute(directory, relativeTo: currentDirectory())
        return context
    }
}

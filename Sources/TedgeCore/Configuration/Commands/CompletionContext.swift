extension Context {
    /// The words of an unfinished command line that a shell hands over on the standard input, each with a NUL behind it. None
    /// where that is a terminal, cannot be read, or holds more than 1 MiB.
    ///
    /// They do not come as arguments, because one of them may be a password, and everyone can read those.
    public func typedWords(isTerminal: Bool) -> [String] {
        guard !isTerminal, let bytes = try? files.readInput("/dev/stdin") else { return [] }
        return bytes.split(separator: 0, omittingEmptySubsequences: false).dropLast().map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    /// The world with the configuration directory that a command line names; `~/` at its beginning is the user's home.
    public func with(typedDirectory: String?) -> Context {
        guard let typedDirectory, !typedDirectory.isEmpty else { return self }
        let home = typedDirectory.hasPrefix("~/") ? environment["HOME"] : nil
        let directory = home.map { $0 + typedDirectory.dropFirst() } ?? typedDirectory
        var context = self
        context.configurationDirectory = Path.absolute(directory, relativeTo: currentDirectory())
        return context
    }
}

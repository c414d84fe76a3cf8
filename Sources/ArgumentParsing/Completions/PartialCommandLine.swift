/// What can be told of a command line that is not finished or not right.
public struct PartialCommandLine {
    /// The words that selected the command so far, the name of the program first.
    public let path: [String]
    /// The positional arguments of the command in order.
    public let positionals: [String]
    private let own: ArgumentTable
    private let globals: ArgumentTable

    init(_ scan: CommandLineScan) {
        path = scan.path
        own = scan.own
        globals = scan.globals
        positionals = scan.own.positionalWords
    }

    /// The last value that was given for an option, which is named without its dashes; nil if there is none.
    public func value(ofLongOption name: String) -> String? {
        own.lastWord(long: name) ?? globals.lastWord(long: name)
    }
}

extension CommandParser {
    /// Reads words for what they tell, and passes over those that are wrong.
    public func partial(_ words: [String]) -> PartialCommandLine {
        var scan = CommandLineScan(words, root: root, globals: ArgumentTable(of: Globals()))
        var left = words.count + 1
        while scan.words.count < left {
            left = scan.words.count
            _ = try? scan.run()
        }
        return PartialCommandLine(scan)
    }
}

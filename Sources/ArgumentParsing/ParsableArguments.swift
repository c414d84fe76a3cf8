/// A bag of options: properties declared with ``Option``, ``Flag`` and ``Argument``.
public protocol ParsableArguments: SendableMetatype {
    /// Makes a value that holds the defaults.
    init()

    /// What is parsed, in the order of the help: the projected values of the properties and the arguments of bags that are
    /// shared with other commands, as in `[$all, $filter] + shared.arguments`.
    ///
    /// Named by hand, because reflection would cost every command a millisecond;
    /// ``CommandParser/declarationProblems`` finds one that was forgotten.
    var arguments: [BoundArgument] { get }

    /// Checks what no single argument can check by itself. It is called after every argument has its value; that of a
    /// shared bag is called by the command.
    func validate() throws(UsageError)
}

extension ParsableArguments {
    /// No arguments.
    public var arguments: [BoundArgument] { [] }

    /// Accepts everything.
    public func validate() throws(UsageError) {}
}

/// A command; if its configuration names subcommands, a group that only declares them.
public protocol ParsableCommand: ParsableArguments {
    /// The name, the texts and the subcommands.
    static var configuration: CommandConfiguration { get }

    /// The command as the program's own kind of command, for a cast to a concrete type. A cast to a protocol would search all
    /// conformances of the executable, which takes a quarter of the time of a start. Nothing by default.
    var action: Any { get }
}

extension ParsableCommand {
    /// Nothing.
    public var action: Any { () }
}

/// What contributes arguments to a command: the property wrappers ``Option``, ``Flag`` and ``Argument``, and groups of them.
public protocol ArgumentSource {
    /// The arguments in the order of the help.
    var boundArguments: [BoundArgument] { get }

    /// Checks what can be checked once every argument has its value.
    func validateAll() throws(UsageError)
}

extension ArgumentSource {
    /// Accepts everything.
    public func validateAll() throws(UsageError) {}
}

/// A bag of options: properties declared with ``Option``, ``Flag`` and ``Argument``.
///
/// A stored property whose type is itself `ParsableArguments` contributes its own arguments, so that commands can share a group
/// of options.
public protocol ParsableArguments: ArgumentSource, SendableMetatype {
    /// Makes a value that holds the defaults.
    init()

    /// The property wrappers and the groups in the order of the help, as in `[_all, _filter, group]`.
    ///
    /// Named by hand, because reflection would cost every command a millisecond;
    /// ``CommandParser/declarationProblems`` finds one that was forgotten.
    var arguments: [any ArgumentSource] { get }

    /// Checks what no single argument can check by itself. It is called after every argument has its value.
    func validate() throws(UsageError)
}

extension ParsableArguments {
    /// No arguments.
    public var arguments: [any ArgumentSource] { [] }

    /// Accepts everything.
    public func validate() throws(UsageError) {}

    /// The arguments of ``arguments``.
    public var boundArguments: [BoundArgument] { arguments.flatMap { $0.boundArguments } }

    /// Validates the groups before the value itself.
    public func validateAll() throws(UsageError) {
        for argument in arguments { try argument.validateAll() }
        try validate()
    }
}

/// A command, or, where its configuration names subcommands, a group that only declares.
public protocol ParsableCommand: ParsableArguments {
    /// The name, the texts and the subcommands.
    static var configuration: CommandConfiguration { get }
}

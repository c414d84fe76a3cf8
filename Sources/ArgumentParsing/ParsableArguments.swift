/// A bag of options: properties declared with ``Option``, ``Flag`` and ``Argument``.
///
/// A stored property whose type is itself `ParsableArguments` contributes its own arguments in its place, so that commands can
/// share a group of options.
public protocol ParsableArguments: SendableMetatype {
    /// Makes a value that holds the defaults.
    init()

    /// Checks what no single argument can check by itself. It is called after every argument has its value.
    func validate() throws(UsageError)
}

extension ParsableArguments {
    /// Accepts everything.
    public func validate() throws(UsageError) {}
}

/// A command, or, where its configuration names subcommands, a group that only declares.
public protocol ParsableCommand: ParsableArguments {
    /// The name, the texts and the subcommands.
    static var configuration: CommandConfiguration { get }
}

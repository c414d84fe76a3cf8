/// A switch that is given by a name alone; false where it is not given.
@propertyWrapper
public struct Flag {
    private var storage: ArgumentStorage<Bool>

    /// Whether the flag was given.
    public var wrappedValue: Bool {
        get { storage.current }
        set { storage = storage.holding(newValue) }
    }

    /// The flag itself, for ``ParsableArguments/arguments``.
    public var projectedValue: BoundArgument { BoundArgument(storage) }

    /// Declares a flag.
    ///
    /// - Parameters:
    ///   - names: The names, of which there is at least one.
    ///   - help: What the flag does.
    ///   - isHidden: Whether help, suggestions and completions leave it out.
    ///   - conflicts: The names, dashes included, it cannot be given together with.
    public init(_ names: ArgumentName..., help: String, isHidden: Bool = false, conflicts: [String] = []) {
        let declaration = ArgumentDeclaration(
            kind: .flag, names: names, help: help, isHidden: isHidden, conflicts: conflicts)
        storage = ArgumentStorage(declaration, value: false, suggest: nil, parse: nil)
    }
}

extension Flag {
    /// The word the parser hands to a flag that was given.
    static var presence: String { "true" }
}

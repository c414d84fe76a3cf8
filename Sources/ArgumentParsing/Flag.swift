/// A switch that is given by a name alone; false if it is not given.
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
    ///   - names: At least one name.
    ///   - help: What the flag does.
    ///   - conflicts: The names, dashes included, it cannot be given together with.
    public init(_ names: ArgumentName..., help: String, conflicts: [String] = []) {
        let description = ArgumentDescription(.flag, names: names, help: help, conflicts: conflicts)
        storage = ArgumentStorage(description, value: false)
    }
}

extension Flag {
    /// The word the parser hands to a flag that was given.
    static var presence: String { "true" }
}

/// An argument that is given by its position.
///
/// A property without default is required unless it is optional. An array takes all remaining words and needs at least one
/// unless it has a default; it is declared last.
@propertyWrapper
public struct Argument<Value: ArgumentValue> {
    private var storage: ArgumentStorage<Value>

    /// The value. Reading a required one before the command line was parsed ends the program.
    public var wrappedValue: Value {
        get { storage.current }
        set { storage = storage.holding(newValue) }
    }

    /// The argument itself, for ``ParsableArguments/arguments``.
    public var projectedValue: BoundArgument { BoundArgument(storage) }

    /// Declares an argument with a default.
    ///
    /// - Parameters:
    ///   - wrappedValue: The value if the argument is not given.
    ///   - valueName: The stand-in for the value, without brackets, as `KEY`.
    ///   - help: What the argument is for.
    ///   - completion: What a shell offers; if none, the values that the type allows.
    ///   - suggestions: For a word that is not accepted, the words to look for a similar one in.
    ///   - parse: Reads the value instead of the type. The description of what it throws is the reason.
    public init(
        wrappedValue: Value, _ valueName: String, help: String, completion: CompletionKind = .none,
        suggestions: ((String) -> [String])? = nil, parse: ((String) throws -> Value.ArgumentElement)? = nil
    ) {
        storage = ArgumentStorage(
            ArgumentDescription(.positional, help: help, valueName: valueName, completion: completion),
            default: wrappedValue, suggest: suggestions, parse: parse)
    }

    /// Declares an argument without default; the parameters are those of the other initializer.
    public init(
        _ valueName: String, help: String, completion: CompletionKind = .none,
        suggestions: ((String) -> [String])? = nil, parse: ((String) throws -> Value.ArgumentElement)? = nil
    ) {
        storage = ArgumentStorage(
            ArgumentDescription(.positional, help: help, valueName: valueName, completion: completion),
            default: nil, suggest: suggestions, parse: parse)
    }
}

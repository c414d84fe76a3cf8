/// An argument that is given by a name and a value: `--name value`, `--name=value`, `-n value`, `-nvalue`.
///
/// A property without default is required unless it is optional; an array takes the option any number of times.
@propertyWrapper
public struct Option<Value: ArgumentValue> {
    private var storage: ArgumentStorage<Value>

    /// The value. Reading a required one before the command line was parsed ends the program.
    public var wrappedValue: Value {
        get { storage.current }
        set { storage = storage.holding(newValue) }
    }

    /// The option itself, for ``ParsableArguments/arguments``.
    public var projectedValue: BoundArgument { BoundArgument(storage) }

    /// Declares an option with a default.
    ///
    /// - Parameters:
    ///   - wrappedValue: The value if the option is not given.
    ///   - names: At least one name.
    ///   - help: What the option is for.
    ///   - valueName: The stand-in for the value, without brackets; made from the name if nil.
    ///   - defaultText: The default to show instead of the one derived from `wrappedValue`.
    ///   - completion: What a shell offers; if none, the values that the type allows.
    ///   - conflicts: The names, dashes included, it cannot be given together with.
    ///   - takesDashes: Whether the next word is the value also if it begins with a dash, as a password may, unless it is an
    ///     option of the same command.
    ///   - suggestions: For a word that is not accepted, the words to look for a similar one in.
    ///   - parse: Reads the value instead of the type. The description of what it throws is the reason.
    public init(
        wrappedValue: Value, _ names: ArgumentName..., help: String, valueName: String? = nil,
        defaultText: String? = nil, completion: CompletionKind = .none, conflicts: [String] = [],
        takesDashes: Bool = false, suggestions: ((String) -> [String])? = nil,
        parse: ((String) throws -> Value.ArgumentElement)? = nil
    ) {
        var description = ArgumentDescription(
            .option, names: names, help: help, valueName: valueName, defaultText: defaultText,
            completion: completion, conflicts: conflicts)
        description.takesDashes = takesDashes
        storage = ArgumentStorage(
            description,
            default: wrappedValue, suggest: suggestions, parse: parse)
    }

    /// Declares an option without default; the parameters are those of the other initializer.
    public init(
        _ names: ArgumentName..., help: String, valueName: String? = nil,
        defaultText: String? = nil, completion: CompletionKind = .none, conflicts: [String] = [],
        takesDashes: Bool = false, suggestions: ((String) -> [String])? = nil,
        parse: ((String) throws -> Value.ArgumentElement)? = nil
    ) {
        var description = ArgumentDescription(
            .option, names: names, help: help, valueName: valueName, defaultText: defaultText,
            completion: completion, conflicts: conflicts)
        description.takesDashes = takesDashes
        storage = ArgumentStorage(
            description,
            default: nil, suggest: suggestions, parse: parse)
    }
}

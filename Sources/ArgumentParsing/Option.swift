/// An argument that is given by a name and a value: `--name value`, `--name=value`, `-n value`, `-nvalue`.
///
/// A property without default is required unless it is optional; an array takes the option any number of times.
@propertyWrapper
public struct Option<Value: ArgumentValue> {
    private var storage: ArgumentStorage<Value>

    /// The value; reading one that is required before the command line was parsed ends the program.
    public var wrappedValue: Value {
        get { storage.current }
        set { storage = storage.holding(newValue) }
    }

    /// The option itself, for ``ParsableArguments/arguments``.
    public var projectedValue: BoundArgument { BoundArgument(storage) }

    /// Declares an option with a default.
    ///
    /// - Parameters:
    ///   - wrappedValue: The value where the option is not given.
    ///   - names: The names, of which there is at least one.
    ///   - help: What the option is for.
    ///   - valueName: The stand-in for the value, without brackets; made from the name if nil.
    ///   - defaultText: The default to show in place of the one derived from `wrappedValue`.
    ///   - completion: What a shell offers; the allowed values, where the type has them, if nil.
    ///   - isHidden: Whether help, suggestions and completions leave it out.
    ///   - conflicts: The names, dashes included, it cannot be given together with.
    ///   - suggestions: Words to look for a similar one in when a word is not accepted, which is handed over.
    ///   - parse: Reads the value in place of the type. The description of what it throws is the reason.
    public init(
        wrappedValue: Value,
        _ names: ArgumentName...,
        help: String,
        valueName: String? = nil,
        defaultText: String? = nil,
        completion: CompletionKind? = nil,
        isHidden: Bool = false,
        conflicts: [String] = [],
        suggestions: ((String) -> [String])? = nil,
        parse: ((String) throws -> Value.ArgumentElement)? = nil
    ) {
        let declaration = ArgumentDeclaration(
            kind: .option, names: names, help: help, valueName: valueName, defaultText: defaultText,
            completion: completion, isHidden: isHidden, conflicts: conflicts)
        storage = ArgumentStorage(declaration, default: wrappedValue, suggest: suggestions, parse: parse)
    }

    /// Declares an option without default; the parameters are those of the other initializer.
    public init(
        _ names: ArgumentName...,
        help: String,
        valueName: String? = nil,
        defaultText: String? = nil,
        completion: CompletionKind? = nil,
        isHidden: Bool = false,
        conflicts: [String] = [],
        suggestions: ((String) -> [String])? = nil,
        parse: ((String) throws -> Value.ArgumentElement)? = nil
    ) {
        let declaration = ArgumentDeclaration(
            kind: .option, names: names, help: help, valueName: valueName, defaultText: defaultText,
            completion: completion, isHidden: isHidden, conflicts: conflicts)
        storage = ArgumentStorage(declaration, default: nil, suggest: suggestions, parse: parse)
    }
}

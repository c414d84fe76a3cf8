/// An argument that is given by its position.
///
/// A property without default is required unless it is optional. An array takes all words that are left and needs at least
/// one unless it has a default; it comes last.
@propertyWrapper
public struct Argument<Value: ArgumentValue> {
    private var storage: ArgumentStorage<Value>

    /// The value; reading one that is required before the command line was parsed ends the program.
    public var wrappedValue: Value {
        get { storage.current }
        set { storage = storage.holding(newValue) }
    }

    /// The argument itself, for ``ParsableArguments/arguments``.
    public var projectedValue: BoundArgument { BoundArgument(storage) }

    /// Declares an argument with a default.
    ///
    /// - Parameters:
    ///   - wrappedValue: The value where the argument is not given.
    ///   - valueName: The stand-in for the value, without brackets, as `KEY`.
    ///   - help: What the argument is for.
    ///   - defaultText: The default to show in place of the one derived from `wrappedValue`.
    ///   - completion: What a shell offers; the allowed values, where the type has them, if nil.
    ///   - isHidden: Whether help and completions leave it out.
    ///   - conflicts: The names, dashes included, of the options it cannot be given together with.
    ///   - suggestions: Words to look for a similar one in when a word is not accepted, which is handed over.
    ///   - parse: Reads the value in place of the type. The description of what it throws is the reason.
    public init(
        wrappedValue: Value,
        _ valueName: String,
        help: String,
        defaultText: String? = nil,
        completion: CompletionKind? = nil,
        isHidden: Bool = false,
        conflicts: [String] = [],
        suggestions: ((String) -> [String])? = nil,
        parse: ((String) throws -> Value.ArgumentElement)? = nil
    ) {
        let declaration = ArgumentDeclaration(
            kind: .positional, help: help, valueName: valueName, defaultText: defaultText,
            completion: completion, isHidden: isHidden, conflicts: conflicts)
        storage = ArgumentStorage(declaration, default: wrappedValue, suggest: suggestions, parse: parse)
    }

    /// Declares an argument without default; the parameters are those of the other initializer.
    public init(
        _ valueName: String,
        help: String,
        defaultText: String? = nil,
        completion: CompletionKind? = nil,
        isHidden: Bool = false,
        conflicts: [String] = [],
        suggestions: ((String) -> [String])? = nil,
        parse: ((String) throws -> Value.ArgumentElement)? = nil
    ) {
        let declaration = ArgumentDeclaration(
            kind: .positional, help: help, valueName: valueName, defaultText: defaultText,
            completion: completion, isHidden: isHidden, conflicts: conflicts)
        storage = ArgumentStorage(declaration, default: nil, suggest: suggestions, parse: parse)
    }
}

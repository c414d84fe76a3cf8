/// A word that could not be read.
struct RejectedWord: Error {
    let word: String
    let reason: String
}

/// A property that the parser fills; what the three property wrappers hold.
protocol DeclaredArgument: AnyObject {
    var description: ArgumentDescription { get }

    /// The accepted word that is most like one that is not accepted, or nil.
    func meant(by word: String) -> String?

    /// Reads the words, of which there is at least one, and keeps the value.
    func assign(_ words: [String]) throws(RejectedWord)
}

/// Holds the value of one property. The parser fills it before anything else can see the command.
final class ArgumentStorage<Value: ArgumentValue>: DeclaredArgument {
    let description: ArgumentDescription
    private let parse: ((String) throws -> Value.ArgumentElement)?
    private let suggest: ((String) -> [String])?
    private var value: Value?

    /// Takes the description as it is.
    init(
        _ description: ArgumentDescription, value: Value?, suggest: ((String) -> [String])? = nil,
        parse: ((String) throws -> Value.ArgumentElement)? = nil
    ) {
        (self.description, self.value, self.suggest, self.parse) = (description, value, suggest, parse)
    }

    /// Completes the description with what follows from the type and the default.
    convenience init(
        _ description: ArgumentDescription, default value: Value?, suggest: ((String) -> [String])?,
        parse: ((String) throws -> Value.ArgumentElement)?
    ) {
        var description = description
        let initial = value ?? Value.valueWithoutArguments
        var text = ""
        for element in value?.argumentElements ?? [] { text += (text.isEmpty ? "" : ", ") + element.argumentText }
        description.defaultText = description.defaultText ?? (text.isEmpty ? nil : text)
        let allowed = Value.ArgumentElement.allArgumentValues
        description.allowedValues = allowed
        if description.completion == .none, !allowed.isEmpty { description.completion = .values(allowed) }
        description.isRequired = initial == nil
        description.isRepeating = Value.takesSeveralArguments
        self.init(description, value: initial, suggest: suggest, parse: parse)
    }

    /// The value. Reading a required one that was never given is a mistake of the program.
    var current: Value {
        guard let value else { fatalError("the argument was read before the command line was parsed") }
        return value
    }

    /// The closest of the suggestions, else what the type says.
    func meant(by word: String) -> String? {
        if let suggest { return closestMatch(to: word, in: suggest(word)) }
        return Value.ArgumentElement.meant(by: word)
    }

    /// A copy that holds another value.
    func holding(_ value: Value) -> ArgumentStorage {
        ArgumentStorage(description, value: value, suggest: suggest, parse: parse)
    }

    func assign(_ words: [String]) throws(RejectedWord) {
        var elements: [Value.ArgumentElement] = []
        for word in words {
            do {
                elements.append(try parse?(word) ?? Value.ArgumentElement(argument: word))
            } catch {
                throw RejectedWord(word: word, reason: String(describing: error))
            }
        }
        value = Value(argumentElements: elements) ?? value
    }
}

/// A property of a command together with its description; the library makes it and reads it.
public struct BoundArgument {
    let description: ArgumentDescription
    let property: any DeclaredArgument

    init(_ property: any DeclaredArgument) {
        description = property.description
        self.property = property
    }
}

/// The arguments that can be given at one level, and the words given for each.
struct ArgumentTable {
    /// The arguments in the order of declaration.
    let arguments: [BoundArgument]
    private var words: [[String]]

    init(of value: any ParsableArguments) {
        arguments = value.arguments
        words = Array(repeating: [], count: arguments.count)
    }

    /// A table without arguments.
    init() {
        arguments = []
        words = []
    }

    func position(long name: String) -> Int? {
        arguments.firstIndex { $0.description.longNames.contains(name) }
    }

    func position(short name: Character) -> Int? {
        arguments.firstIndex { $0.description.shortNames.contains(name) }
    }

    /// The positional argument that the next word belongs to.
    var nextPositional: Int? {
        arguments.indices.first { position in
            let description = arguments[position].description
            return description.kind == .positional && (description.isRepeating || words[position].isEmpty)
        }
    }

    /// The words given by position, in order.
    var positionalWords: [String] {
        zip(arguments, words).filter { $0.0.description.kind == .positional }.flatMap { $0.1 }
    }

    /// The last word given for an option.
    func lastWord(long name: String) -> String? { position(long: name).flatMap { words[$0].last } }

    /// The arguments that were given.
    var given: [ArgumentDescription] { zip(arguments, words).filter { !$1.isEmpty }.map { $0.0.description } }

    /// Takes back the word that ends in a text; returns the argument that it was given for, or nil if there is none.
    mutating func removeWord(endingIn text: String) -> ArgumentDescription? {
        guard let position = words.firstIndex(where: { $0.last?.hasSuffix(text) == true }) else { return nil }
        words[position].removeLast()
        return arguments[position].description
    }

    mutating func add(_ word: String, at position: Int) {
        words[position].append(word)
    }

    /// Records one use of an option or flag; the value of an option is the attached one, else the next word.
    mutating func use(
        _ position: Int, as name: String, attached: String?, next: inout ArraySlice<String>
    ) throws(UsageError) {
        let description = arguments[position].description
        if description.kind == .flag {
            if let attached { throw UsageError(.unexpectedValue(attached, argument: name)) }
            return add(Flag.presence, at: position)
        }
        if let attached { return add(attached, at: position) }
        guard let word = next.first, !word.looksLikeOption || (description.takesDashes && !isOption(word)) else {
            let tip = next.first.flatMap { word in
                word == "--" ? nil : UsageError.Tip.passAsValue(word, option: name)
            }
            let missing = UsageError.Kind.missingValue(
                argument: description.displayName, allowedValues: description.allowedValues)
            throw UsageError(missing, tip: tip)
        }
        next.removeFirst()
        add(word, at: position)
    }

    /// Whether a word that begins with a dash can hardly be a value: it has the name of an option, or ends the options.
    private func isOption(_ word: String) -> Bool {
        if word == "--" { return true }
        if word.utf8.count == 2, let letter = word.last, position(short: letter) != nil { return true }
        return word.hasPrefix("--") && position(long: String(word.dropFirst(2).prefix { $0 != "=" })) != nil
    }

    /// Records one use by a short name. The letters behind it are the value of an option, but to a flag they are further
    /// names; the result is whether they were taken.
    mutating func use(
        _ position: Int, as name: String, rest: Substring.UnicodeScalarView, next: inout ArraySlice<String>
    ) throws(UsageError) -> Bool {
        let hasEquals = rest.first == "="
        let takesRest = hasEquals || arguments[position].description.kind == .option
        let attached = takesRest && !rest.isEmpty ? String(hasEquals ? rest.dropFirst() : rest) : nil
        try use(position, as: name, attached: attached, next: &next)
        return takesRest
    }

    /// Reads every word that was given; where `lastWins`, an argument that takes one value may be given again.
    func assign(lastWins: Bool) throws(UsageError) {
        for (argument, given) in zip(arguments, words) where !given.isEmpty {
            let description = argument.description
            if given.count > 1, !description.isRepeating, !lastWins {
                throw UsageError(.usedMultipleTimes(argument: description.displayName))
            }
            do {
                try argument.property.assign(description.isRepeating ? given : given.suffix(1))
            } catch {
                let similar = argument.property.meant(by: error.word)
                throw UsageError(
                    .invalidValue(
                        error.word, argument: description.displayName, reason: error.reason,
                        allowedValues: description.allowedValues),
                    tip: similar.map(UsageError.Tip.similarValue) ?? .hyphens(for: error.word))
            }
        }
    }

    /// Finds two arguments that were given and exclude each other.
    func checkConflicts() throws(UsageError) {
        for first in given {
            for second in given where first.conflicts.contains(where: second.names.contains) {
                throw UsageError(.conflict(first.displayName, with: second.displayName))
            }
        }
    }

    /// Finds the arguments that are required and were not given.
    func checkRequired() throws(UsageError) {
        let missing = zip(arguments, words).filter { $0.description.isRequired && $1.isEmpty }
        guard missing.isEmpty else {
            throw UsageError(
                .missingRequired(
                    missing.map { argument, _ in
                        let (name, values) = (argument.description.displayName, argument.description.allowedValues)
                        return values.isEmpty ? name : "\(name) \(Messages.allowedValues(values))"
                    }))
        }
    }
}

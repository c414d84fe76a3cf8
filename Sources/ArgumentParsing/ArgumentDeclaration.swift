/// What a property wrapper was told, before the name of its property is known.
struct ArgumentDeclaration: Sendable {
    var kind: ArgumentDescription.Kind
    var names: [ArgumentName] = []
    var help: String
    var valueName: String?
    var defaultText: String?
    var allowedValues: [String] = []
    var completion: CompletionKind?
    var isRequired = false
    var isRepeating = false
    var isHidden = false
    var conflicts: [String] = []

    /// The description for a property with this name; names and value name that were not given are made from it.
    func description(property: String) -> ArgumentDescription {
        let word = property.kebabCased
        let names = kind == .positional ? [] : self.names.isEmpty ? [.long] : self.names
        var longNames: [String] = []
        var shortNames: [Character] = []
        for name in names {
            switch name.form {
            case .long(let given): longNames.append(given ?? word)
            case .short(let given): shortNames += (given ?? word.first).map { [$0] } ?? []
            }
        }
        let derived = String(word.uppercased().map { $0 == "-" ? "_" : $0 })
        return ArgumentDescription(
            kind: kind,
            longNames: longNames,
            shortNames: shortNames,
            valueName: kind == .flag ? "" : valueName ?? derived,
            help: help,
            defaultText: defaultText,
            allowedValues: kind == .flag ? [] : allowedValues,
            completion: completion ?? (kind == .flag || allowedValues.isEmpty ? .none : .values(allowedValues)),
            isRequired: isRequired,
            isRepeating: isRepeating,
            isHidden: isHidden,
            conflicts: conflicts
        )
    }
}

/// What a property wrapper was told.
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

    /// The declaration with everything filled in that was not given.
    var description: ArgumentDescription {
        var longNames: [String] = []
        var shortNames: [Character] = []
        for name in names {
            switch name {
            case .long(let text): longNames.append(text)
            case .short(let letter): shortNames.append(letter)
            }
        }
        let name = longNames.first ?? shortNames.first.map { String($0) } ?? ""
        let derived = String(name.uppercased().map { $0 == "-" ? "_" : $0 })
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

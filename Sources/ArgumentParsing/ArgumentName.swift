/// A name under which an option or a flag is given.
public struct ArgumentName: Sendable, Equatable {
    enum Form: Sendable, Equatable {
        case long(String?)
        case short(Character?)
    }

    let form: Form

    /// Two dashes and the name of the property in kebab case: `configDir` is `--config-dir`.
    public static var long: ArgumentName { ArgumentName(form: .long(nil)) }

    /// Two dashes and this text, which is given without the dashes.
    public static func long(_ name: String) -> ArgumentName { ArgumentName(form: .long(name)) }

    /// One dash and the first letter of the property.
    public static var short: ArgumentName { ArgumentName(form: .short(nil)) }

    /// One dash and this letter.
    public static func short(_ letter: Character) -> ArgumentName { ArgumentName(form: .short(letter)) }
}

extension String {
    /// The words of a property name in lower case, joined by dashes: `useHTTPProxy` is `use-http-proxy`.
    var kebabCased: String {
        let letters = Array(self)
        var result = ""
        for (position, letter) in letters.enumerated() {
            if letter == "_" {
                result += "-"
                continue
            }
            if letter.isUppercase, position > 0, letters[position - 1] != "_" {
                let startsWord = position + 1 < letters.count && letters[position + 1].isLowercase
                if !letters[position - 1].isUppercase || startsWord { result += "-" }
            }
            result += letter.lowercased()
        }
        return result
    }
}

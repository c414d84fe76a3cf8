/// The address of a private key in a token (RFC 7512), such as
/// `pkcs11:token=gateway;object=device?pin-source=file:/etc/tedge/pin`.
public struct TokenURI: Sendable, Equatable {
    /// The whole text. It may hold a PIN.
    public let text: String
    private let attributes: [String: [UInt8]]
    private let query: [String: [UInt8]]

    /// Why a text is not the address of one private key.
    public enum Problem: String, Error, Sendable {
        case scheme = "it does not begin with 'pkcs11:'"
        case character = "it contains a blank or a control character, which is written as '%' and two digits"
        case control = "an attribute stands for a control character"
        case escape = "a '%' is not followed by two hexadecimal digits"
        case attribute = "an attribute has no '='"
        case kind = "it is to be of 'type=private'"
        case key = "it names no key; 'object=NAME' or 'id=%01' does"
    }

    /// Reads a text; nil if it is not the address of a private key.
    public init?(_ text: String) {
        guard let uri = try? Self.reading(text) else { return nil }
        self = uri
    }

    /// Reads a text, and says why it cannot be used.
    public static func reading(_ text: String) throws(Problem) -> TokenURI {
        let scheme = "pkcs11:"
        guard text.hasPrefix(scheme) else { throw .scheme }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { throw .character }
        let rest = text.dropFirst(scheme.utf8.count)
        let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let attributes = try fields(parts[0], ";")
        let query = try parts.count > 1 ? fields(parts[1], "&") : [:]
        if let kind = attributes["type"], kind != Array("private".utf8) { throw .kind }
        guard attributes["object"] != nil || attributes["id"] != nil else { throw .key }
        return TokenURI(text: text, attributes: attributes, query: query)
    }

    private init(text: String, attributes: [String: [UInt8]], query: [String: [UInt8]]) {
        (self.text, self.attributes, self.query) = (text, attributes, query)
    }

    private static func fields(_ text: Substring, _ separator: Character) throws(Problem) -> [String: [UInt8]] {
        var fields: [String: [UInt8]] = [:]
        for field in text.split(separator: separator) {
            guard let equals = field.firstIndex(of: "=") else { throw .attribute }
            let (name, value) = (String(field[..<equals]), try unescaped(field[field.index(after: equals)...]))
            // Only the identifier of a key is no text. The others come into messages and into a configuration.
            guard name == "id" || value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { throw .control }
            fields[name] = value
        }
        return fields
    }

    private static func unescaped(_ text: Substring) throws(Problem) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2, digits.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            else { throw .escape }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return bytes
    }

    /// An attribute of the path as text; nil if it is missing.
    func attribute(_ name: String) -> String? { attributes[name].map { String(decoding: $0, as: UTF8.self) } }

    /// The identifier of the key.
    var identifier: [UInt8]? { attributes["id"] }

    /// The PKCS #11 module of the token; nil if it is not named.
    public var modulePath: String? {
        query["module-path"].map { String(decoding: $0, as: UTF8.self) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The file with the PIN; nil if none is named.
    public var pinSource: String? {
        query["pin-source"].map { String(decoding: $0, as: UTF8.self) }.map { text in
            text.hasPrefix("file:") ? String(text.dropFirst(5)) : text
        }
    }

    /// The PIN in the text; nil if there is none.
    var pin: [UInt8]? { query["pin-value"] }

    /// Whether the text holds the PIN itself.
    public var holdsPIN: Bool { pin != nil }

    /// The text without the PIN and without the query: which key it is.
    public var name: String { String(text.prefix { $0 != "?" }) }

    /// The name of the token; nil if none is given.
    public var token: String? { attribute("token") }

    /// The same address with what the provider and this program need: the type, and the module if none is named.
    public func completed(modulePath: String?) -> TokenURI {
        var path = name
        if attributes["type"] == nil { path += ";type=private" }
        var query = text.dropFirst(name.utf8.count)
        if let modulePath, self.modulePath == nil {
            query += (query.count > 1 ? "&" : query.isEmpty ? "?" : "") + "module-path=" + Self.escaped(modulePath)
        }
        return TokenURI(path + query) ?? self
    }

    private static func escaped(_ text: String) -> String {
        let plain = Array("/-._~".utf8)
        return text.utf8.reduce(into: "") { result, byte in
            let isPlain =
                plain.contains(byte) || (0x30...0x39).contains(byte)
                || (0x41...0x5A).contains(byte & 0xDF) && byte < 0x80
            if isPlain {
                result.unicodeScalars.append(UnicodeScalar(byte))
            } else {
                result += (byte < 0x10 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
    }
}

/// A JSON value that knows its place in the text, so that an error can name it.
struct PlacedJSON {
    /// A place in a text; both numbers begin at 1, and the column counts Unicode scalars.
    struct Place: Equatable, Sendable, CustomStringConvertible {
        var line: Int
        var column: Int

        /// For example `line 3, column 5`.
        var description: String { "line \(line), column \(column)" }
    }

    /// A key of an object, its place, and its value.
    struct Member {
        let key: String
        let place: Place
        let value: PlacedJSON
    }

    /// What stands at the place.
    indirect enum Value {
        case null
        case bool(Bool)
        case number(String)
        case string(String)
        case array([PlacedJSON])
        case object([Member])
    }

    /// Why a text is not JSON, and where.
    struct Problem: Error, Equatable {
        let place: Place
        let reason: String
    }

    let place: Place
    let value: Value

    /// The kind of the value in words.
    var typeName: String {
        switch value {
        case .null: "null"
        case .bool: "true or false"
        case .number: "a number"
        case .string: "a text"
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// Reads a whole text (RFC 8259). A key that an object has twice is a problem.
    init(parsing bytes: [UInt8]) throws(Problem) {
        var reader = try PlacedJSONReader(bytes)
        self = try reader.document()
    }

    /// Combines a place and a value.
    init(_ place: Place, _ value: Value) { (self.place, self.value) = (place, value) }
}

/// Reads JSON from the first scalar to the last.
private struct PlacedJSONReader {
    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var place = PlacedJSON.Place(line: 1, column: 1)
    private static let deepest = 32

    init(_ bytes: [UInt8]) throws(PlacedJSON.Problem) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .init(place: .init(line: 1, column: 1), reason: "the text is not valid UTF-8")
        }
        scalars = Array(text.unicodeScalars)
        if scalars.first == "\u{FEFF}" { index = 1 }
    }

    mutating func document() throws(PlacedJSON.Problem) -> PlacedJSON {
        let value = try value(depth: 0)
        skipSpace()
        guard next == nil else { throw problem("expected the end of the text, found \(found)") }
        return value
    }

    // MARK: Scalars

    private var next: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    private var found: String {
        guard let next else { return "the end of the text" }
        return next == "\n" ? "the end of the line" : "'\(ErrorFrame.printable(String(next)))'"
    }

    private func problem(_ reason: String) -> PlacedJSON.Problem { .init(place: place, reason: reason) }

    private mutating func advance() {
        if scalars[index] == "\n" { place = .init(line: place.line + 1, column: 1) } else { place.column += 1 }
        index += 1
    }

    private mutating func skipSpace() {
        while let scalar = next, scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r" { advance() }
    }

    private mutating func expect(_ scalar: Unicode.Scalar, _ what: String) throws(PlacedJSON.Problem) {
        skipSpace()
        guard next == scalar else { throw problem("expected \(what), found \(found)") }
        advance()
    }

    // MARK: Values

    private mutating func value(depth: Int) throws(PlacedJSON.Problem) -> PlacedJSON {
        skipSpace()
        let begin = place
        guard depth < Self.deepest else {
            throw problem("arrays and objects are nested deeper than \(Self.deepest) levels")
        }
        switch next {
        case "{": return PlacedJSON(begin, .object(try members(depth)))
        case "[": return PlacedJSON(begin, .array(try elements(depth)))
        case "\"": return PlacedJSON(begin, .string(try string()))
        case "-"?, "0"?, "1"?, "2"?, "3"?, "4"?, "5"?, "6"?, "7"?, "8"?, "9"?:
            return PlacedJSON(begin, .number(try number()))
        case let scalar? where scalar.properties.isAlphabetic: return PlacedJSON(begin, try word())
        default: throw problem("expected a value, found \(found)")
        }
    }

    private mutating func members(_ depth: Int) throws(PlacedJSON.Problem) -> [PlacedJSON.Member] {
        advance()
        var members: [PlacedJSON.Member] = []
        skipSpace()
        if next == "}" {
            advance()
            return []
        }
        while true {
            skipSpace()
            let begin = place
            guard next == "\"" else { throw problem("expected a key in double quotes, found \(found)") }
            let key = try string()
            if let first = members.first(where: { $0.key == key }) {
                throw .init(
                    place: begin, reason: "the key '\(key.beginning)' stands already at \(first.place)")
            }
            try expect(":", "':' after the key")
            members.append(.init(key: key, place: begin, value: try value(depth: depth + 1)))
            skipSpace()
            if next == "}" {
                advance()
                return members
            }
            try expect(",", "',' or '}'")
        }
    }

    private mutating func elements(_ depth: Int) throws(PlacedJSON.Problem) -> [PlacedJSON] {
        advance()
        var elements: [PlacedJSON] = []
        skipSpace()
        if next == "]" {
            advance()
            return []
        }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if next == "]" {
                advance()
                return elements
            }
            try expect(",", "',' or ']'")
        }
    }

    private mutating func word() throws(PlacedJSON.Problem) -> PlacedJSON.Value {
        let begin = place
        var text = ""
        while let scalar = next, scalar.properties.isAlphabetic {
            text.unicodeScalars.append(scalar)
            advance()
        }
        switch text {
        case "null": return .null
        case "true": return .bool(true)
        case "false": return .bool(false)
        default:
            throw .init(
                place: begin, reason: "expected a value, found '\(text.beginning)'; write a text in double quotes")
        }
    }

    private mutating func number() throws(PlacedJSON.Problem) -> String {
        let begin = place
        var text = ""
        while let scalar = next, scalar.isASCII,
            scalar.properties.numericType != nil || "+-.eE".unicodeScalars.contains(scalar)
        {
            text.unicodeScalars.append(scalar)
            advance()
        }
        let digits = text.drop { $0 == "-" }
        guard Double(text) != nil, digits.count == 1 || !digits.hasPrefix("0") || digits.hasPrefix("0.") else {
            throw .init(place: begin, reason: "'\(text.beginning)' is not a number")
        }
        return text
    }

    // MARK: Texts

    private mutating func string() throws(PlacedJSON.Problem) -> String {
        let begin = place
        advance()
        var units: [UInt16] = []
        while true {
            guard let scalar = next else { throw .init(place: begin, reason: "the text is not closed") }
            switch scalar {
            case "\"":
                advance()
                guard let text = String(validating: units, as: UTF16.self) else {
                    throw .init(place: begin, reason: "the text holds half a surrogate pair")
                }
                return text
            case "\\":
                advance()
                units.append(try escape())
            case _ where scalar.value < 0x20:
                throw problem("a text cannot hold \(found): write \\n for a line end, or an escape \\u")
            default:
                units.append(contentsOf: String(scalar).utf16)
                advance()
            }
        }
    }

    private mutating func escape() throws(PlacedJSON.Problem) -> UInt16 {
        guard let scalar = next else { throw problem("the text is not closed") }
        let plain: [Unicode.Scalar: UInt16] = [
            "\"": 0x22, "\\": 0x5C, "/": 0x2F, "b": 0x08, "f": 0x0C, "n": 0x0A, "r": 0x0D, "t": 0x09,
        ]
        if let unit = plain[scalar] {
            advance()
            return unit
        }
        guard scalar == "u" else { throw problem("no such escape; write \\\\ for a backslash") }
        advance()
        var digits = ""
        while digits.utf8.count < 4, let digit = next, digit.isASCII, digit.properties.isHexDigit {
            digits.unicodeScalars.append(digit)
            advance()
        }
        guard digits.utf8.count == 4, let unit = UInt16(digits, radix: 16) else {
            throw problem("\\u needs four hexadecimal digits")
        }
        return unit
    }
}

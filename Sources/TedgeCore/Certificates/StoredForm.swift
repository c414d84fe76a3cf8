/// What a file holds, as far as its first bytes and its PEM lines tell: for messages about a file that cannot be read as a
/// certificate or key in PEM.
enum StoredForm: Equatable {
    /// Nothing.
    case empty
    /// Binary forms (DER) of what also has a form in PEM.
    case certificateDER, requestDER, keyDER, encryptedKeyDER, pkcs7DER
    /// A PKCS #12 store, which is always binary.
    case pkcs12
    /// Text in UTF-16.
    case utf16
    /// PEM whose lines end with a carriage return alone.
    case carriageReturns
    /// PEM on one line, with `\n` written as two characters.
    case escapedLineEnds
    /// PEM whose first lines do not begin with the hyphens, or that has no line ends at all.
    case misplacedLines
    /// A PEM block that has a beginning and no end.
    case cutOff
    /// PEM blocks with these labels.
    case blocks([String])
    /// Anything else.
    case other

    private static let begin = Array("-----BEGIN ".utf8)
    private static let hyphens = Array("-----".utf8)

    init(_ bytes: [UInt8]) {
        let isBlank = { (byte: UInt8) in byte == 32 || (9...13).contains(byte) }
        if bytes.allSatisfy(isBlank) {
            self = .empty
        } else if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) || bytes.prefix(40).contains(0),
            Self.isUTF16(bytes)
        {
            self = .utf16
        } else {
            self = Self.binary(bytes) ?? Self.text(bytes)
        }
    }

    /// Whether a private key is among what the file holds.
    var holdsKey: Bool {
        switch self {
        case .keyDER, .encryptedKeyDER, .pkcs12: true
        case .blocks(let labels): labels.contains { $0.hasSuffix("PRIVATE KEY") || $0.hasSuffix("PROVIDER URI") }
        default: false
        }
    }

    // MARK: Text

    private static func text(_ bytes: [UInt8]) -> StoredForm {
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        var labels: [String] = []
        var open: String?
        for line in lines {
            let line = line.starts(with: [0xEF, 0xBB, 0xBF]) ? line.dropFirst(3) : line
            if let label = label(line, after: begin) {
                if label.contains("-----") { return escapedOrMisplaced(bytes) }
                open = label
            } else if let end = label(line, after: Array("-----END ".utf8)), end == open {
                labels.append(end)
                open = nil
            }
        }
        if open != nil { return .cutOff }
        if !labels.isEmpty { return .blocks(labels) }
        return bytes.firstRange(of: begin) == nil ? .other : escapedOrMisplaced(bytes)
    }

    private static func escapedOrMisplaced(_ bytes: [UInt8]) -> StoredForm {
        if bytes.firstRange(of: Array("-----\\n".utf8)) != nil { return .escapedLineEnds }
        let hasLines = bytes.contains(UInt8(ascii: "\n"))
        return !hasLines && bytes.contains(UInt8(ascii: "\r")) ? .carriageReturns : .misplacedLines
    }

    /// The text between a beginning and the hyphens at the end of a line; nil for another line.
    private static func label(_ line: ArraySlice<UInt8>, after beginning: [UInt8]) -> String? {
        guard line.starts(with: beginning) else { return nil }
        var rest = line.dropFirst(beginning.count)
        while let last = rest.last, last == 32 || (9...13).contains(last) { rest.removeLast() }
        guard rest.suffix(hyphens.count).elementsEqual(hyphens) else { return nil }
        return String(decoding: rest.dropLast(hyphens.count), as: UTF8.self)
    }

    private static func isUTF16(_ bytes: [UInt8]) -> Bool {
        let narrow = bytes.prefix(4096).filter { $0 != 0 }
        return narrow.firstRange(of: hyphens) != nil
    }

    // MARK: DER

    /// Tells binary forms apart by the first elements of their outer sequence.
    private static func binary(_ bytes: [UInt8]) -> StoredForm? {
        guard let outer = content(bytes[...], of: 0x30), let first = outer.first else { return nil }
        switch first {
        case 0x06: return .pkcs7DER
        case 0x02: return version(outer)
        case 0x30:
            guard let inner = content(outer, of: 0x30), let tag = inner.first else { return nil }
            if tag == 0x06 { return .encryptedKeyDER }
            // The version of a request is 0; a certificate has a tag before its version, or begins with its number.
            return inner.starts(with: [0x02, 0x01, 0x00, 0x30])
                ? .requestDER
                : tag == 0xA0 || tag == 0x02
                    ? .certificateDER : nil
        default: return nil
        }
    }

    /// What begins with the number of its version: a key (PKCS #1, PKCS #8, SEC 1) or a PKCS #12 store.
    private static func version(_ outer: ArraySlice<UInt8>) -> StoredForm? {
        let next = outer.dropFirst(3).first
        switch Array(outer.prefix(3)) {
        case [0x02, 0x01, 0x03]: return .pkcs12
        case [0x02, 0x01, 0x00] where next == 0x30 || next == 0x02: return .keyDER
        case [0x02, 0x01, 0x01] where next == 0x04 || next == 0x30: return .keyDER
        default: return nil
        }
    }

    /// The content of an element with a tag, as far as it is there. Of a PKCS #12 store the length may be open (0x80).
    private static func content(_ bytes: ArraySlice<UInt8>, of tag: UInt8) -> ArraySlice<UInt8>? {
        guard bytes.count > 2, bytes.first == tag else { return nil }
        let length = bytes[bytes.startIndex + 1]
        let header = length < 0x80 ? 2 : 2 + Int(length & 0x7F)
        return header <= 6 && bytes.count > header ? bytes.dropFirst(header) : nil
    }
}

/// A provider of OpenSSL 3 for private keys that are in no file. A file in PEM stands for the key.
public enum KeyProvider: String, Sendable, CaseIterable {
    /// tpm2-openssl: the file holds the key as the TPM wrapped it, and only this TPM can use it.
    case tpm2
    /// pkcs11-provider: the file holds the address of a key in a token (RFC 7512).
    case pkcs11

    /// The label of the block in PEM.
    public var label: String {
        switch self {
        case .tpm2: "TSS2 PRIVATE KEY"
        case .pkcs11: "PKCS#11 PROVIDER URI"
        }
    }

    /// The Debian package.
    public var package: String {
        switch self {
        case .tpm2: "tpm2-openssl"
        case .pkcs11: "pkcs11-provider"
        }
    }
}

/// A file that stands for a key: the first block in PEM with the label of a provider.
public struct KeyReference: Sendable, Equatable {
    /// The provider of the key.
    public let provider: KeyProvider
    /// The address of a key in a token; nil for a TPM, or if the file holds none that can be read.
    public let uri: TokenURI?

    /// Reads a file; nil if it holds a key itself, or none.
    public init?(pem: [UInt8]) {
        let text = String(decoding: pem.prefix(1 << 16), as: UTF8.self)
        guard text.contains("-----BEGIN "),
            let provider = KeyProvider.allCases.first(where: { text.contains("-----BEGIN \($0.label)-----") })
        else { return nil }
        self.provider = provider
        uri = provider == .pkcs11 ? Self.uri(in: text) : nil
    }

    /// The text in the second element of a sequence: `SEQUENCE { desc VisibleString, uri UTF8String }`.
    private static func uri(in text: String) -> TokenURI? {
        let label = KeyProvider.pkcs11.label
        guard let begin = text.firstRange(of: "-----BEGIN \(label)-----"),
            let end = text[begin.upperBound...].firstRange(of: "-----END \(label)-----")
        else { return nil }
        var sequence = DER.content(Base64.bytes(text[begin.upperBound..<end.lowerBound])[...], 0x30)?.content ?? []
        guard let description = DER.content(sequence, 0x1A) else { return nil }
        sequence = description.rest
        guard let uri = DER.content(sequence, 0x0C) else { return nil }
        return TokenURI(String(decoding: uri.content, as: UTF8.self))
    }

    /// The file in PEM that stands for a key in a token.
    public static func pem(_ uri: TokenURI) -> [UInt8] {
        let content =
            DER.element(0x1A, Array("PKCS#11 Provider URI v1.0".utf8)) + DER.element(0x0C, Array(uri.text.utf8))
        var text = "-----BEGIN \(KeyProvider.pkcs11.label)-----\n"
        var base64 = Base64.text(DER.element(0x30, content))[...]
        while !base64.isEmpty {
            text += base64.prefix(64) + "\n"
            base64 = base64.dropFirst(64)
        }
        return Array((text + "-----END \(KeyProvider.pkcs11.label)-----\n").utf8)
    }
}

/// Elements of DER (X.690, section 8.1).
private enum DER {
    static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let count = content.count
        let length: [UInt8] =
            count < 0x80
            ? [UInt8(count)]
            : count < 0x100 ? [0x81, UInt8(count)] : [0x82, UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF)]
        return [tag] + length + content
    }

    /// The content of the first element, and what follows it; nil if it is another one, or cut off.
    static func content(
        _ bytes: ArraySlice<UInt8>, _ tag: UInt8
    ) -> (content: ArraySlice<UInt8>, rest: ArraySlice<UInt8>)? {
        guard bytes.count >= 2, bytes.first == tag else { return nil }
        var rest = bytes.dropFirst(2)
        var length = Int(bytes[bytes.startIndex + 1])
        if length >= 0x80 {
            let digits = length & 0x7F
            guard (1...2).contains(digits), rest.count >= digits else { return nil }
            length = rest.prefix(digits).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(digits)
        }
        guard rest.count >= length else { return nil }
        return (rest.prefix(length), rest.dropFirst(length))
    }
}

/// Base64 (RFC 4648, section 4).
private enum Base64 {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func text(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let number = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for index in 0..<4 {
                text.append(
                    index <= group.count ? digits[number >> (18 - 6 * index) & 0x3F] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes up to the end; other characters are left out.
    static func bytes(_ text: Substring) -> [UInt8] {
        var bytes: [UInt8] = []
        var (number, bits) = (0, 0)
        for digit in text.utf8 {
            guard let value = digits.firstIndex(of: digit) else { continue }
            number = (number << 6 | value) & 0xFFFF
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(number >> bits & 0xFF))
            }
        }
        return bytes
    }
}

import Foundation

/// Reads who issued a token (RFC 7519): the tenant that answered.
enum TokenIssuer {
    /// The claim `iss` of a token; nil if the text is no token or has no such claim.
    static func issuer(ofToken token: some StringProtocol) -> String? {
        let parts = token.split(separator: Character("."), omittingEmptySubsequences: false)
        guard parts.count == 3, parts[1].utf8.count <= 65_536, let payload = decoded(parts[1]),
            let object = try? JSONSerialization.jsonObject(with: payload) as? [String: Any]
        else { return nil }
        return object["iss"] as? String
    }

    /// The host of an issuer, which is a host alone or the beginning of an address, in lower case.
    static func host(of issuer: String) -> String {
        var rest = issuer.lowercased()[...]
        if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
        let end = rest.firstIndex { $0 == "/" || $0 == ":" } ?? rest.endIndex
        return String(rest[..<end])
    }

    /// Base64 for addresses without padding (RFC 4648, section 5).
    private static func decoded(_ text: some StringProtocol) -> Data? {
        var standard = ""
        for character in text {
            switch character {
            case "-": standard.append("+")
            case "_": standard.append("/")
            default: standard.append(character)
            }
        }
        standard += String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
        return Data(base64Encoded: standard)
    }
}

import Foundation

/// Reads the issuer of a token (RFC 7519): the tenant that answered.
enum TokenIssuer {
    /// The claim `iss` of a token; nil if the text is not a token or has no such claim.
    static func issuer(ofToken token: some StringProtocol) -> String? {
        let parts = token.split(separator: Character("."), omittingEmptySubsequences: false)
        guard parts.count == 3, parts[1].utf8.count <= 65_536, let payload = decoded(parts[1]),
            let object = try? JSONSerialization.jsonObject(with: payload) as? [String: Any]
        else { return nil }
        return object["iss"] as? String
    }

    /// The host of an issuer in lower case; an issuer is a host or a URL.
    static func host(of issuer: String) -> String {
        var rest = issuer.lowercased()[...]
        if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
        let end = rest.firstIndex { $0 == "/" || $0 == ":" } ?? rest.endIndex
        return String(rest[..<end])
    }

    /// Decodes base64url without padding (RFC 4648, section 5).
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

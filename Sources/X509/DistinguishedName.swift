import COpenSSL

/// Names of subjects and issuers as text.
enum DistinguishedName {
    /// The attributes in the certificate's order, for example `CN=device, O=Thin Edge`; those of one set are joined by `+`.
    /// Control characters are escaped as in Swift source, so that a name cannot control a terminal or break a line.
    static func text(of name: OpaquePointer?) -> String {
        let crypto = CryptoLibrary.functions
        guard let name else { return "" }
        var text = ""
        var previousSet: Int32?
        for index in 0..<max(0, crypto.X509_NAME_entry_count(name)) {
            guard let entry = crypto.X509_NAME_get_entry(name, index) else { continue }
            let set = crypto.X509_NAME_ENTRY_set(entry)
            if let previousSet { text += previousSet == set ? " + " : ", " }
            previousSet = set
            text += "\(key(of: entry, crypto))=\(printable(value(of: entry, crypto) ?? ""))"
        }
        return text
    }

    /// The last value of an attribute, unescaped; nil if there is none.
    static func value(of shortName: String, in name: OpaquePointer?) -> String? {
        let crypto = CryptoLibrary.functions
        guard let name else { return nil }
        var found: String?
        for index in 0..<max(0, crypto.X509_NAME_entry_count(name)) {
            guard let entry = crypto.X509_NAME_get_entry(name, index), key(of: entry, crypto) == shortName else {
                continue
            }
            found = value(of: entry, crypto)
        }
        return found
    }

    private static func key(of entry: OpaquePointer, _ crypto: crypto_functions) -> String {
        guard let object = crypto.X509_NAME_ENTRY_get_object(entry) else { return "?" }
        let number = crypto.OBJ_obj2nid(object)
        if number != NID_undef, let name = crypto.OBJ_nid2sn(number) { return String(cString: name) }
        var text = [CChar](repeating: 0, count: 128)
        let length = crypto.OBJ_obj2txt(&text, Int32(text.count), object, 1)
        guard length > 0 else { return "?" }
        return String(
            decoding: text.prefix(min(Int(length), text.count - 1)).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private static func value(of entry: OpaquePointer, _ crypto: crypto_functions) -> String? {
        guard let data = crypto.X509_NAME_ENTRY_get_data(entry) else { return nil }
        var bytes: UnsafeMutablePointer<UInt8>?
        let length = crypto.ASN1_STRING_to_UTF8(&bytes, data)
        guard length >= 0, let bytes else {
            crypto.ERR_clear_error()
            return nil
        }
        defer { crypto.CRYPTO_free(bytes, nil, 0) }
        return String(decoding: UnsafeBufferPointer(start: bytes, count: Int(length)), as: UTF8.self)
    }

    private static func printable(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator:
                result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

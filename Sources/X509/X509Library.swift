import COpenSSL

/// libcrypto as a whole.
public enum X509Library {
    /// Opens it, unless it is open. Throws `libraryMissing`.
    public static func open() throws(X509Error) { _ = try CryptoLibrary.open() }

    /// The version of the library, such as `3.0.17`; nil if it cannot be opened.
    public static var version: String? {
        // Such as `OpenSSL 3.0.17 1 Jul 2025`.
        guard let functions = try? CryptoLibrary.open(), let text = functions.OpenSSL_version(0) else { return nil }
        let words = String(cString: text).split(separator: " ")
        return words.count > 1 ? String(words[1]) : nil
    }
}

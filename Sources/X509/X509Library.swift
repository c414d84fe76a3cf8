/// libcrypto as a whole.
public enum X509Library {
    /// Opens it, unless it is open. Throws `libraryMissing`.
    public static func open() throws(X509Error) { _ = try CryptoLibrary.open() }
}

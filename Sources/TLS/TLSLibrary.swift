/// libssl as a whole.
public enum TLSLibrary {
    /// Opens it, unless it is open. Throws `libraryMissing`.
    public static func open() throws(TLSError) { _ = try SSLLibrary.open() }
}

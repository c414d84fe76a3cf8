/// libssl as a whole.
public enum TLSLibrary {
    /// Opens libssl if it is not open yet. Throws `libraryMissing` if it cannot be opened.
    public static func open() throws(TLSError) { _ = try SSLLibrary.open() }
}

/// What is to become of a file.
public struct FileEdit: Sendable, Equatable {
    /// The path of the file. Its directory may have to be made.
    public let path: String
    /// What it held when it was read, or nil if there was none.
    public let original: [UInt8]?
    /// What it is to hold, or nil if it is to be removed, and its directory with it where that is empty then.
    public let contents: [UInt8]?
}

/// A change to a file.
struct FileEdit: Sendable, Equatable {
    /// The path of the file. Its directory may not exist yet.
    let path: String
    /// What it held when it was read, or nil if there was none.
    let original: [UInt8]?
    /// The new contents, or nil if the file is to be removed.
    let contents: [UInt8]?
}

/// What is to become of a file.
struct FileEdit: Sendable, Equatable {
    /// The path of the file. Its directory may have to be made.
    let path: String
    /// What it held when it was read, or nil if there was none.
    let original: [UInt8]?
    /// What it is to hold, or nil if it is to be removed, and its directory with it where that is empty then.
    let contents: [UInt8]?
}

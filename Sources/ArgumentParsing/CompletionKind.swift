/// What a shell offers if a value is expected.
public enum CompletionKind: Sendable, Equatable {
    /// Nothing.
    case none
    /// These words.
    case values([String])
    /// Paths of files.
    case file
    /// Paths of directories.
    case directory
    /// Words that are found out when they are needed; the text says which, such as `setting-key`.
    case custom(String)
}

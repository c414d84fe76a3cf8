/// An error that a person can meet: every one says what happened, where, and what to do next.
public protocol ExplainedError: Error, Sendable {
    /// A word for programs that stays the same between releases, for example `mosquitto-not-found`.
    var id: String { get }
    /// What happened, from the outermost cause to the innermost. A cause can have several lines.
    var causes: [String] { get }
    /// What to do about it, or nil where the causes say it.
    var hint: String? { get }
}

extension ExplainedError {
    /// Nothing to add.
    public var hint: String? { nil }
}

extension SettingsError: ExplainedError {}

extension FileError: ExplainedError {
    /// One word for each operation.
    public var id: String {
        switch operation {
        case .read, .list: "file-unreadable"
        case .write, .create, .remove, .makeDirectory, .changeMode, .changeOwner: "file-not-writable"
        }
    }

    /// The operation with the file, then the reason.
    public var causes: [String] {
        let what =
            switch operation {
            case .read: "Cannot read \(path)"
            case .write: "Cannot write \(path)"
            case .create: "Cannot create \(path)"
            case .remove: "Cannot remove \(path)"
            case .makeDirectory: "Cannot make the directory \(path)"
            case .changeMode: "Cannot change the permissions of \(path)"
            case .changeOwner: "Cannot change the owner of \(path)"
            case .list: "Cannot list the directory \(path)"
            }
        return [what, reason.description]
    }

    /// For a permission that is missing: to run the command as root.
    public var hint: String? {
        reason.isPermission ? "Run the command with sudo." : nil
    }
}

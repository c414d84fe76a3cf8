/// How a command failed, ready to be printed.
public struct CommandFailure: Error, Sendable {
    /// What the command was to do, for example `failed to create bridge to connect Cumulocity cloud.`
    public let title: String
    /// Why it failed.
    public let error: any ExplainedError
    /// The exit status.
    public let status: Int32

    /// Puts a failure together.
    public init(_ title: String, _ error: any ExplainedError, status: Int32 = 1) {
        self.title = title
        self.error = error
        self.status = status
    }

    /// A failure of a command whose error is of any kind. A setting that is missing is told in the words for all commands.
    ///
    /// - Parameters:
    ///   - command: The words of the command, for example `tedge connect`.
    public init(command: String, _ title: String, _ error: any Error) {
        let explained = error as? any ExplainedError ?? UnexpectedError("\(error)")
        if case .missing? = error as? SettingsError {
            self.init("failed to execute `\(command)`.", explained)
        } else {
            self.init(title, explained)
        }
    }
}

/// An error of a library that has no words of its own here.
struct UnexpectedError: ExplainedError {
    let text: String

    init(_ text: String) { self.text = text }

    var id: String { "unexpected" }
    var causes: [String] { [text] }
}

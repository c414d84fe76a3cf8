/// What the user's page shows of a command, each line on the stream where it belongs.
public struct Transcript: Sendable {
    /// What goes to stdout: everything before the error.
    public let output: String
    /// What goes to stderr: the error, to its end.
    public let errors: String
}

/// A transcript of the user's page, see `Page/`, or, with `az/` or `aws/` in front, what it is with that cloud.
public func page(_ name: String) throws -> Transcript {
    let text = contents(of: #filePath.dropLast("Transcript.swift".count) + "Page/\(name).txt")
    guard !text.isEmpty else { throw TestFailure("the page has no transcript '\(name)'") }
    let error = text.firstRange(of: "Error: ")?.lowerBound ?? text.endIndex
    return Transcript(output: String(text[..<error]), errors: String(text[error...]))
}

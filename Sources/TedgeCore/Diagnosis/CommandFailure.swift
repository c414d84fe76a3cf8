/// The failure of a command, ready for printing.
struct CommandFailure: Error, Sendable {
    /// What failed, for example `failed to create bridge to connect Cumulocity cloud.`
    let title: String
    /// Why it failed.
    let error: any ExplainedError
    /// The exit status.
    let status: ExitStatus

    /// Creates a failure.
    init(_ title: String, _ error: any ExplainedError, status: ExitStatus = .failure) {
        self.title = title
        self.error = error
        self.status = status
    }

    /// Creates the failure of a command from any error. A missing setting has the same title in all commands.
    ///
    /// - Parameters:
    ///   - command: The command as the user types it, for example `tedge connect`.
    init(command: String, _ title: String, _ error: any Error) {
        let explained = error as? any ExplainedError ?? UnexpectedError("\(error)")
        if case .missing? = error as? SettingsError {
            self.init("failed to execute `\(command)`.", explained)
        } else {
            self.init(title, explained)
        }
    }
}

extension Context {
    /// Prints a failure on stderr and returns its report.
    ///
    /// - Parameter isUndone: Whether an interrupted command left everything unchanged, also on other machines.
    func failed(
        _ command: String, cloud: CloudName? = nil, _ failure: CommandFailure, isUndone: Bool = true
    ) -> CommandReport {
        let hint = hint(for: failure.error)
        console.error(ErrorFrame.text(title: failure.title, causes: failure.error.causes, hint: hint))
        if isUndone, failure.error.isInterruption, !console.isUnrestored { console.note("\nEverything is as before.") }
        return .failed(
            command, cloud: cloud, status: failure.status, reason: failure.error.id,
            causes: failure.error.causes.isEmpty ? [failure.title] : failure.error.causes, hint: hint)
    }

    /// How to fix an error. A caller without permission gets the advice to use sudo. Root does not, and neither does the
    /// owner of the directory, who can change its permissions, unless the error itself gives that advice.
    func hint(for error: any ExplainedError) -> String? {
        guard let path = error.forbiddenPath else { return error.hint }
        if rehearsal?.isWithoutRoot == true { return ErrorAdvice.useSudo }
        if accounts.isRoot {
            let path = files.exists(path) ? path : Path.directory(of: path)
            return "Root may not do this either: run 'lsattr -d \(path)' and 'findmnt --target \(path)' to see why."
        }
        if let hint = error.hint { return hint }
        let directory = try? files.status(Path.directory(of: path))
        return directory?.owner.user == accounts.caller.user ? nil : ErrorAdvice.useSudo
    }
}

/// An error that has no other description here.
struct UnexpectedError: ExplainedError {
    let text: String

    init(_ text: String) { self.text = text }

    var id: ReasonID { .unexpected }
    var causes: [String] { [text] }
}

import Foundation

/// The standard output cannot be written, so output is lost.
struct OutputError: ExplainedError, Equatable {
    /// Why it cannot be written.
    let reason: SystemError
    /// Whether the command has changed something and keeps the change.
    var isDone = false

    var id: ReasonID { .outputFailed }

    var causes: [String] { ["Cannot write the standard output", "\(reason)"] }

    var hint: String? {
        let advice: String? =
            switch reason.code {
            case ENOSPC, EDQUOT: "Make room where the output goes, or send it elsewhere."
            case EBADF: "The standard output is closed, or open for reading only: send it to a file or to /dev/null."
            default: nil
            }
        let words = [advice, isDone ? "What the command did is done and stays." : nil].compactMap(\.self)
        return words.isEmpty ? nil : words.joined(separator: " ")
    }
}

extension SystemError {
    /// Whether the reader has closed the output, which is not an error.
    var isReaderGone: Bool { code == EPIPE }
}

extension Console {
    /// Reports on stderr that output of a command is lost, unless the command reported it. Returns whether output is
    /// lost.
    public func reportLostOutput(of report: CommandReport) -> Bool {
        guard let reason = outputFailure else { return false }
        let error = OutputError(reason: reason, isDone: report.changed)
        if report.reason != error.id {
            let name = report.command.isEmpty ? "tedge" : "tedge \(report.command)"
            let title = "failed to print the output of `\(name)`."
            self.error(ErrorFrame.text(title: title, causes: error.causes, hint: error.hint))
        }
        return true
    }
}

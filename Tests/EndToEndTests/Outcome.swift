import Testing
import TestSupport

/// What a finished command has left.
struct Outcome: Equatable {
    /// The exit status; 128 plus the signal's number where a signal ended it.
    let status: Int32
    /// What it wrote to stdout.
    let output: String
    /// What it wrote to stderr.
    let errors: String

    init(_ finished: ChildProcess.Output) {
        self.init(exit: finished.exit, output: finished.output, errors: finished.errors)
    }

    init(exit: ChildProcess.Exit, output: String, errors: String) {
        status =
            switch exit {
            case .status(let status): status
            case .signal(let signal): 128 + signal
            }
        (self.output, self.errors) = (output, errors)
    }

    init(status: Int32, output: String = "", errors: String = "") {
        (self.status, self.output, self.errors) = (status, output, errors)
    }

    /// What a transcript shows.
    init(status: Int32, _ transcript: Transcript) {
        self.init(status: status, output: transcript.output, errors: transcript.errors)
    }

    /// Throws unless the status is 0.
    func expectSuccess() throws {
        guard status == 0 else { throw TestFailure("status \(status)\n\(output)\(errors)") }
    }
}

/// Expects a text to be that of the golden file.
func expect(
    _ text: String, is name: String, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let expected = try golden(name, recording: text, beside: #filePath)
    #expect(text == expected, sourceLocation: sourceLocation)
}

extension String {
    /// The last two paragraphs of what a command printed.
    var lastPart: String { split(separator: "\n").suffix(2).joined(separator: "\n\n") + "\n" }
}

/// Whether a process has come so far that a signal no longer just ends it (proc(5), SigCgt).
func catches(_ signal: Int32, _ process: ChildProcess) -> Bool {
    let lines = contents(of: "/proc/\(process.pid)/status").split(separator: "\n")
    let mask = lines.first { $0.hasPrefix("SigCgt:") }.flatMap { UInt64($0.dropFirst(8), radix: 16) }
    return (mask ?? 0) & 1 << (signal - 1) != 0
}

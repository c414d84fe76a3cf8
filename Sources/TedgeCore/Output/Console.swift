import Foundation
import Synchronization

// Rules for the output:
// - stdout gets progress and results in the words of the user's page, stderr gets errors, warnings and advice;
// - on a terminal, control sequences and invisible characters are not printed; a result in a file or a pipe stays
//   unchanged;
// - a step of a longer command is a line followed by an empty line, a result is a single line;
// - with JSON, stdout gets exactly one object, and everything else goes to stderr;
// - a closed reader is not an error: the rest of the output is dropped, and the command finishes;
// - if stdout cannot be written, that is an error: a command that changes something stops and undoes it, unless it has
//   finished.

/// The destination of a text.
public enum ConsoleStream: Sendable {
    case output, error
}

/// What of the output is printed. Logs are printed in any case.
public enum ConsoleShare: Sendable {
    case all
    /// Warnings and errors.
    case problems
    /// Warnings, and what the command waits for.
    case warnings
}

/// The output of a command.
public final class Console: Sendable {
    /// Whether results are one JSON object.
    public let isJSON: Bool
    /// The least important message that is written.
    public let level: LogLevel
    /// Whether stdout is a terminal.
    private let isTerminal: Bool
    private let share: ConsoleShare
    private let writeText: @Sendable (ConsoleStream, String) throws(SystemError) -> Void
    private let openLine = Mutex(false)
    private let failure = Mutex<SystemError?>(nil)
    private let hasUnrestored = Mutex(false)

    /// Creates a console that passes its texts to a closure. An error that the closure throws for stdout is kept as
    /// `outputFailure`.
    ///
    /// - Parameters:
    ///   - isTerminal: Whether stdout is a terminal.
    ///   - share: What is printed.
    public init(
        isJSON: Bool = false, level: LogLevel = .warn, isTerminal: Bool = false, share: ConsoleShare = .all,
        write: @escaping @Sendable (ConsoleStream, String) throws(SystemError) -> Void
    ) {
        self.isJSON = isJSON
        self.level = level
        self.isTerminal = isTerminal
        self.share = share
        writeText = write
    }

    /// The same console for a command that is a part of another one, or whose steps are not real.
    func printing(_ share: ConsoleShare) -> Console {
        Console(isJSON: isJSON, level: level, isTerminal: isTerminal, share: share, write: writeText)
    }

    /// Why a text for stdout was lost; nil if none was lost or the reader closed the output.
    public var outputFailure: SystemError? { failure.withLock { $0 } }

    /// The same console for a command whose result is on stdout: all that it says goes to stderr.
    var onStandardError: Console {
        let write = writeText
        return Console(isJSON: isJSON, level: level, share: share) { _, text throws(SystemError) in
            try write(.error, text)
        }
    }

    /// Whether something could not be restored after a failure.
    var isUnrestored: Bool { hasUnrestored.withLock { $0 } }

    /// Whether progress goes to a terminal.
    var showsProgressOnTerminal: Bool { isTerminal && !isJSON }

    /// A console that prints nothing.
    static var silent: Console { Console(level: .error) { _, _ in } }

    /// A console for the streams of the process.
    public static func standard(isJSON: Bool, level: LogLevel = .warn) -> Console {
        let output = DescriptorWriter(descriptor: STDOUT_FILENO)
        let error = DescriptorWriter(descriptor: STDERR_FILENO)
        let isTerminal = isatty(STDOUT_FILENO) == 1
        let console = Console(isJSON: isJSON, level: level, isTerminal: isTerminal) {
            stream, text throws(SystemError) in
            switch stream {
            case .output: try output.write(text)
            case .error: try error.write(text)
            }
        }
        // The object is printed last. Detect that it will be lost before anything is changed.
        if isJSON, fcntl(STDOUT_FILENO, F_GETFL) & O_ACCMODE == O_RDONLY {
            console.failure.withLock { $0 = SystemError(EBADF) }
        }
        return console
    }

    /// Prints the start of a step: the line and an empty line.
    public func step(_ line: String) { progress(line + "\n\n") }

    /// Prints the start of a line that `line` finishes.
    public func partial(_ text: String) {
        openLine.withLock { $0 = true }
        progress(text)
    }

    /// Prints a line of progress.
    public func line(_ text: String) {
        openLine.withLock { $0 = false }
        progress(text + "\n")
    }

    /// Prints a result: unchanged, but on a terminal with control sequences escaped. With JSON it prints nothing, because
    /// the object contains the result.
    ///
    /// - Parameter isStyled: Whether the text contains colours and no other control sequences.
    public func result(_ text: String, isStyled: Bool = false) {
        guard !isJSON, share == .all else { return }
        write(.output, isTerminal && !isStyled ? ErrorFrame.printable(text, keepsTabs: true) : text)
    }

    /// Prints the object that is the result with JSON; without JSON it prints nothing.
    public func object(_ object: @autoclosure () -> JSONValue) {
        guard isJSON else { return }
        write(.output, object().text + "\n")
    }

    /// Prints a warning; the command continues.
    public func warning(_ text: String) {
        guard level >= .warn else { return }
        printError("Warning: \(ErrorFrame.shown(text))\n")
    }

    /// Prints a note about something else that the command does.
    public func note(_ text: String) {
        guard level >= .warn, share == .all else { return }
        printError("\(ErrorFrame.shown(text))\n")
    }

    /// Prints what the command waits for.
    func announce(_ text: String) {
        guard level >= .warn, share != .problems else { return }
        printError("\(ErrorFrame.shown(text))\n")
    }

    /// Prints a warning about something that could not be restored.
    func unrestored(_ text: String) {
        hasUnrestored.withLock { $0 = true }
        warning(text)
    }

    /// Logs an action of the program if the level includes messages of this importance.
    func log(_ importance: LogLevel, _ text: String) {
        guard level >= importance else { return }
        printError("\(importance.rawValue): \(ErrorFrame.shown(text))\n")
    }

    /// Prints a text on stderr, unchanged. An unfinished line of progress is ended first.
    public func error(_ text: String) {
        if share != .warnings { printError(text) }
    }

    private func printError(_ text: String) {
        let wasOpen = openLine.withLock { open in
            defer { open = false }
            return open
        }
        if wasOpen { progress("\n") }
        write(.error, text)
    }

    private func progress(_ text: String) {
        guard share == .all else { return }
        write(isJSON ? .error : .output, ErrorFrame.printable(text))
    }

    private func write(_ stream: ConsoleStream, _ text: String) {
        do throws(SystemError) {
            try writeText(stream, text)
        } catch {
            // A failure of stderr cannot be reported anywhere.
            guard stream == .output, !error.isReaderGone else { return }
            failure.withLock { $0 = $0 ?? error }
        }
    }
}

/// Writes to a file descriptor until a write fails, and drops everything after that.
private final class DescriptorWriter: Sendable {
    private let descriptor: Int32
    private let isClosed = Mutex(false)

    init(descriptor: Int32) { self.descriptor = descriptor }

    func write(_ text: String) throws(SystemError) {
        guard !isClosed.withLock({ $0 }) else { return }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
                continue
            }
            var error = SystemError.last
            if error.code == EAGAIN {
                var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                if unsafe poll(&entry, 1, 100) != 0 { continue }
                error = SystemError(EINTR)
            }
            // Wait for a reader that accepts nothing, unless a signal asked the command to end.
            if error.code == EINTR, !Interruption.wasReceived { continue }
            isClosed.withLock { $0 = true }
            throw error
        }
    }
}

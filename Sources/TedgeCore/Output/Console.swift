import Foundation
import Synchronization

// The rules of what is printed:
// - stdout holds progress and results in the words of the user's page, stderr errors, warnings and advice;
// - on a terminal nothing is printed that it obeys or does not show; what goes to a file or a pipe as a result stays as it is;
// - a step of a longer command is a line with an empty line behind it, a result is a line alone;
// - with JSON, stdout holds one object and nothing else, and everything else goes to stderr;
// - a reader that is gone is not an error: the rest of the output is dropped, and the command finishes;
// - stdout that cannot be written is an error: a command that changes something stops and undoes it, unless it is done already.

/// Where words go.
public enum ConsoleStream: Sendable {
    case output, error
}

/// What a command prints.
public final class Console: Sendable {
    /// Whether results are one JSON object.
    public let isJSON: Bool
    /// The least important message that is written.
    public let level: LogLevel
    /// Whether stdout is a terminal.
    private let isTerminal: Bool
    private let writeText: @Sendable (ConsoleStream, String) throws(SystemError) -> Void
    private let openLine = Mutex(false)
    private let failure = Mutex<SystemError?>(nil)
    private let hasUnrestored = Mutex(false)

    /// Makes a console that hands its texts on. What the closure throws for stdout is kept as `outputFailure`.
    ///
    /// - Parameter isTerminal: Whether stdout is a terminal.
    public init(
        isJSON: Bool = false, level: LogLevel = .warn, isTerminal: Bool = false,
        write: @escaping @Sendable (ConsoleStream, String) throws(SystemError) -> Void
    ) {
        self.isJSON = isJSON
        self.level = level
        self.isTerminal = isTerminal
        writeText = write
    }

    /// Why a text for stdout is lost; nil if none is, or if the reader went away.
    public var outputFailure: SystemError? { failure.withLock { $0 } }

    /// Whether something could not be restored after a failure.
    var isUnrestored: Bool { hasUnrestored.withLock { $0 } }

    /// The process's own streams.
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
        // The object comes last of all. That it will be lost is better known before anything is changed.
        if isJSON, fcntl(STDOUT_FILENO, F_GETFL) & O_ACCMODE == O_RDONLY {
            console.failure.withLock { $0 = SystemError(EBADF) }
        }
        return console
    }

    /// A step that begins: the line and an empty one.
    public func step(_ line: String) { progress(line + "\n\n") }

    /// The beginning of a line that `line` ends.
    public func partial(_ text: String) {
        openLine.withLock { $0 = true }
        progress(text)
    }

    /// A line of progress.
    public func line(_ text: String) {
        openLine.withLock { $0 = false }
        progress(text + "\n")
    }

    /// A result: as it is, but on a terminal with what it obeys escaped. With JSON nothing, because the object says it.
    ///
    /// - Parameter isStyled: Whether the text has colours and nothing else that a terminal obeys.
    public func result(_ text: String, isStyled: Bool = false) {
        guard !isJSON else { return }
        write(.output, isTerminal && !isStyled ? ErrorFrame.printable(text, keepsTabs: true) : text)
    }

    /// The object that is the result with JSON; without it nothing.
    public func object(_ object: JSONValue) {
        guard isJSON else { return }
        write(.output, object.text + "\n")
    }

    /// Something to know although the command goes on.
    public func warning(_ text: String) {
        guard level >= .warn else { return }
        error("Warning: \(ErrorFrame.shown(text))\n")
    }

    /// A remark on what the command does besides.
    public func note(_ text: String) {
        guard level >= .warn else { return }
        error("\(ErrorFrame.shown(text))\n")
    }

    /// A warning about something that could not be restored.
    func unrestored(_ text: String) {
        hasUnrestored.withLock { $0 = true }
        warning(text)
    }

    /// What the program does, where messages of this importance are wanted.
    func log(_ importance: LogLevel, _ text: String) {
        guard level >= importance else { return }
        error("\(importance.rawValue): \(ErrorFrame.shown(text))\n")
    }

    /// A text for stderr, as it is. A line of progress that is not finished is ended before it.
    public func error(_ text: String) {
        let wasOpen = openLine.withLock { open in
            defer { open = false }
            return open
        }
        if wasOpen { progress("\n") }
        write(.error, text)
    }

    private func progress(_ text: String) {
        write(isJSON ? .error : .output, ErrorFrame.printable(text))
    }

    private func write(_ stream: ConsoleStream, _ text: String) {
        do throws(SystemError) {
            try writeText(stream, text)
        } catch {
            // There is nowhere to report a failure of stderr.
            guard stream == .output, !error.isReaderGone else { return }
            failure.withLock { $0 = $0 ?? error }
        }
    }
}

/// Writes to a file descriptor until that fails; what comes after is dropped.
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
            // A reader that takes nothing is waited for, but not by one who wants the command to end.
            if error.code == EINTR, !Interruption.wasReceived { continue }
            isClosed.withLock { $0 = true }
            throw error
        }
    }
}

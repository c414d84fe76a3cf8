import Foundation
import Synchronization

// The rules of what is printed:
// - stdout holds progress and results in the words of the user's page, stderr errors, warnings and advice;
// - a step of a longer command is a line with an empty line behind it, a result is a line alone;
// - with JSON, stdout holds one object and nothing else, and everything else goes to stderr;
// - a reader that went away is no error: what is left to say is dropped, what is left to do is done.

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
    private let write: @Sendable (ConsoleStream, String) -> Void
    private let openLine = Mutex(false)

    /// Makes a console that hands its texts on.
    public init(
        isJSON: Bool = false, level: LogLevel = .warn, write: @escaping @Sendable (ConsoleStream, String) -> Void
    ) {
        self.isJSON = isJSON
        self.level = level
        self.write = write
    }

    /// The process's own streams.
    public static func standard(isJSON: Bool, level: LogLevel = .warn) -> Console {
        let output = DescriptorWriter(descriptor: STDOUT_FILENO)
        let error = DescriptorWriter(descriptor: STDERR_FILENO)
        return Console(isJSON: isJSON, level: level) { stream, text in
            switch stream {
            case .output: output.write(text)
            case .error: error.write(text)
            }
        }
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

    /// A result, as it is; with JSON nothing, because the object says it.
    public func result(_ text: String) {
        guard !isJSON else { return }
        write(.output, text)
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
}

/// Writes to a file descriptor until it is closed at the other end.
private final class DescriptorWriter: Sendable {
    private let descriptor: Int32
    private let isClosed = Mutex(false)

    init(descriptor: Int32) { self.descriptor = descriptor }

    func write(_ text: String) {
        guard !isClosed.withLock({ $0 }) else { return }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                unsafe poll(&entry, 1, 1000)
            } else if errno != EINTR {
                isClosed.withLock { $0 = true }
                return
            }
        }
    }
}

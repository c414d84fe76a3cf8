import Foundation
import Synchronization

/// The destination of messages: the standard output.
public protocol MessageOutput: Sendable {
    /// Whether the output is a terminal.
    var isTerminal: Bool { get }
    /// Whether nothing more can be written, because the reader has closed it or a write has failed.
    var isClosed: Bool { get }
    /// Writes all bytes and waits for the reader as long as necessary. If `hurry` returns true, gives up when the reader
    /// accepts nothing for a second. Throws EPIPE if the reader has closed the output.
    func write(_ bytes: [UInt8], hurry: () -> Bool) throws(SystemError)
}

/// The standard output of the process.
final class StandardOutput: MessageOutput {
    /// The number of bytes that a pipe with any room accepts at once (PIPE_BUF, pipe(7)), so that no write blocks where
    /// signals are not checked.
    private static let chunkSize = 4096
    private let descriptor: Int32
    private let hasFailed = Atomic(false)
    /// How many waits of 100 ms a reader that accepts nothing gets in a hurry.
    private let lastWaits: Int

    /// Uses a descriptor that the caller keeps open and closes.
    init(descriptor: Int32 = STDOUT_FILENO, lastWaits: Int = 10) {
        self.descriptor = descriptor
        self.lastWaits = lastWaits
    }

    /// Whether the descriptor is a terminal.
    var isTerminal: Bool { isatty(descriptor) == 1 }

    /// Whether the other end is closed, according to the kernel.
    var isClosed: Bool {
        if hasFailed.load(ordering: .relaxed) { return true }
        var entry = pollfd(fd: descriptor, events: 0, revents: 0)
        return unsafe poll(&entry, 1, 0) > 0
    }

    /// Writes chunks as the reader accepts them.
    func write(_ bytes: [UInt8], hurry: () -> Bool) throws(SystemError) {
        var written = 0
        var timeout = lastWaits
        while written < bytes.count {
            var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard unsafe poll(&entry, 1, 100) > 0 else {
                if hurry() { timeout -= 1 }
                if timeout == 0 { return }
                continue
            }
            let count = unsafe bytes.withUnsafeBytes { bytes in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[written...].prefix(Self.chunkSize))
                return unsafe Foundation.write(descriptor, rest.baseAddress, rest.count)
            }
            if count >= 0 {
                (written, timeout) = (written + count, lastWaits)
            } else if errno != EINTR && errno != EAGAIN {
                let error = SystemError.last
                hasFailed.store(true, ordering: .relaxed)
                throw error
            }
        }
    }
}

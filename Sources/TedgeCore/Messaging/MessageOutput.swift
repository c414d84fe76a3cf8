import Foundation
import Synchronization

/// Where messages go: the standard output.
public protocol MessageOutput: Sendable {
    /// Whether a person reads.
    var isTerminal: Bool { get }
    /// Whether nothing more can be written: the reader is gone, or a write has failed.
    var isClosed: Bool { get }
    /// Writes all bytes, and waits for the reader as long as it takes. If `hurry` is true, it gives up a reader that takes
    /// nothing for a second. Throws EPIPE if the reader is gone.
    func write(_ bytes: [UInt8], hurry: () -> Bool) throws(SystemError)
}

/// The process's standard output.
final class StandardOutput: MessageOutput {
    /// As much as a pipe that has any room takes at once (PIPE_BUF, pipe(7)), so that no write waits where signals are not
    /// looked at.
    private static let chunkSize = 4096
    private let descriptor: Int32
    private let hasFailed = Atomic(false)
    /// How many waits of 100 ms a reader that takes nothing is given in a hurry.
    private let lastWaits: Int

    /// Takes a descriptor, which stays the caller's.
    init(descriptor: Int32 = STDOUT_FILENO, lastWaits: Int = 10) {
        self.descriptor = descriptor
        self.lastWaits = lastWaits
    }

    /// Whether the descriptor is a terminal.
    var isTerminal: Bool { isatty(descriptor) == 1 }

    /// Asks the kernel whether the other end is closed.
    var isClosed: Bool {
        if hasFailed.load(ordering: .relaxed) { return true }
        var entry = pollfd(fd: descriptor, events: 0, revents: 0)
        return unsafe poll(&entry, 1, 0) > 0
    }

    /// Writes chunks as the reader takes them.
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

import Synchronization

/// Bytes that are overwritten when nobody needs them any more, and that no message shows.
final class Secret: Sendable, CustomStringConvertible {
    private static let capacity = 4096
    /// Never grows, so that the bytes are in one place.
    private let storage: Mutex<[UInt8]>

    /// Makes an empty secret with room for 4096 bytes; what is appended beyond is left out.
    init() {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.capacity)
        storage = Mutex(bytes)
    }

    /// Copies bytes. The caller wipes its own.
    convenience init(_ bytes: some Sequence<UInt8>) {
        self.init()
        for byte in bytes { append(byte) }
    }

    deinit { storage.withLock { $0.wipe() } }

    /// Adds a byte at the end.
    func append(_ byte: UInt8) {
        storage.withLock { bytes in
            if bytes.count < Self.capacity { bytes.append(byte) }
        }
    }

    /// Whether there are no bytes.
    var isEmpty: Bool { storage.withLock { $0.isEmpty } }

    /// Hands the bytes to a function, which must not keep them.
    func withBytes<Result>(_ body: ([UInt8]) throws -> Result) rethrows -> Result {
        // A copy that shares the memory, until somebody writes to it.
        try body(storage.withLock { $0 })
    }

    /// Never the bytes.
    var description: String { "(secret)" }
}

import Synchronization

/// Secret bytes. They are overwritten when the object is freed, and never appear in messages.
final class Secret: Sendable, CustomStringConvertible {
    private static let capacity = 4096
    /// Never grows, so that the bytes are never copied.
    private let storage: Mutex<[UInt8]>

    /// Makes an empty secret with room for 4096 bytes; more bytes are ignored.
    init() {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.capacity)
        storage = Mutex(bytes)
    }

    /// Copies bytes. The caller must wipe its own copy.
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

    /// Calls a function with the bytes, which it must not keep.
    func withBytes<Result>(_ body: ([UInt8]) throws -> Result) rethrows -> Result {
        // The copy shares the memory as long as nobody writes to it.
        try body(storage.withLock { $0 })
    }

    /// Never the bytes.
    var description: String { "(secret)" }
}

import Foundation
import Sockets

/// A name server that does not answer before the test is over.
struct SilentNameServer: Sendable {
    private let done = DispatchSemaphore(value: 0)

    /// Waits for the end of the test, and then fails.
    var resolver: AddressLookup.Resolver {
        { [done] _ in
            done.wait()
            return .failure(.init(reason: "late"))
        }
    }

    /// Ends the look-up that waits.
    func end() { done.signal() }
}

import Foundation
import Synchronization

/// Calls of libc that may wait for somebody who does not answer, and that no signal ends. After one that was not answered in
/// time no other is made.
final class BoundedLookUp: Sendable {
    private let interruption: Interruption
    private let limit: Duration
    private let isSilent = Atomic(false)

    /// Waits so long for an answer, and until a signal comes.
    init(_ interruption: Interruption, limit: Duration = .seconds(2)) {
        (self.interruption, self.limit) = (interruption, limit)
    }

    /// What a call returns; nil if it does not in time. The thread of such a call is left behind.
    func answer<Answer: Sendable>(_ call: @escaping @Sendable () -> Answer) -> Answer? {
        guard !isSilent.load(ordering: .relaxed) else { return nil }
        let (result, done) = (Result<Answer>(), DispatchSemaphore(value: 0))
        Thread.detachNewThread {
            let answer = call()
            result.value.withLock { $0 = answer }
            done.signal()
        }
        let deadline = ContinuousClock.now + limit
        while done.wait(timeout: .now() + .milliseconds(50)) == .timedOut {
            guard interruption.isRequested || deadline < .now else { continue }
            isSilent.store(true, ordering: .relaxed)
            return nil
        }
        return result.value.withLock { $0 }
    }

    private final class Result<Answer: Sendable>: Sendable {
        let value = Mutex<Answer?>(nil)
    }
}

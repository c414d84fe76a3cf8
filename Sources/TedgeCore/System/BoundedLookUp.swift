import Foundation
import Synchronization

/// Runs calls of libc that may wait for a server that does not answer and that no signal ends. After a call that took too
/// long, no more calls are made.
final class BoundedLookUp: Sendable {
    private let interruption: Interruption
    private let limit: Duration
    private let isSilent = Atomic(false)

    /// Sets how long to wait for an answer; a signal also ends the wait.
    init(_ interruption: Interruption, limit: Duration = .seconds(2)) {
        (self.interruption, self.limit) = (interruption, limit)
    }

    /// The result of a call; nil if it does not return in time. Its thread then goes on and is ignored.
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

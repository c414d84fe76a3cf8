import Glibc
import Synchronization

/// Runs calls that cannot be interrupted, such as a name lookup, on another thread, so that the caller need not wait for
/// them.
public enum SideThread {
    /// The outcome of a call.
    public enum Outcome<Value> {
        /// The call returned this result.
        case ended(Value)
        /// The call did not return before the deadline. Its thread keeps running and ends with the call.
        case late
        /// The call was not started, because no thread or no descriptors were available.
        case notBegun(errno: Int32)
    }

    /// Calls `work` on a separate thread and waits for its result. The thread receives no signals, so they end the
    /// caller's wait.
    ///
    /// After `late` or an interruption `work` still runs, so it must not use anything that the caller continues to use.
    /// Throws `interrupted`.
    public static func run<Value: Sendable, Problem: SocketFailure>(
        until deadline: ContinuousClock.Instant, _ waiter: Waiter<Problem>, _ work: @escaping @Sendable () -> Value
    ) throws(Problem) -> Outcome<Value> {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return .notBegun(errno: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        let result = Result<Value>()
        let done = ends[1]
        let task = Task {
            let value = work()
            result.value.withLock { $0 = value }
            close(done)
        }
        if let code = start(task) {
            close(done)
            return .notBegun(errno: code)
        }
        guard try waiter.ready(ends[0], Int16(POLLIN), until: deadline) != 0 else { return .late }
        return result.value.withLock { $0 }.map { .ended($0) } ?? .late
    }

    /// The data that the caller and the thread share.
    private final class Result<Value: Sendable>: Sendable {
        let value = Mutex<Value?>(nil)
    }

    private final class Task: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Starts a thread. Returns the error number if there is none, else nil.
    private static func start(_ task: Task) -> Int32? {
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        var thread = pthread_t()
        let context = Unmanaged.passRetained(task)
        let code = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<Task>.fromOpaque(context).takeRetainedValue().body()
                return nil
            }, context.toOpaque())
        guard code == 0 else {
            context.release()
            return code
        }
        pthread_detach(thread)
        return nil
    }
}

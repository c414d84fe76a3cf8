import Glibc

/// Waits for a file descriptor, a deadline or an interruption, whichever comes first.
public struct Waiter<Failure: SocketFailure> {
    /// Called before every wait, and at least every 100 ms.
    let interrupted: () -> Bool

    /// Creates a waiter.
    ///
    /// - Parameter interrupted: Called before every wait, and at least every 100 ms.
    public init(interrupted: @escaping () -> Bool) { self.interrupted = interrupted }

    /// Throws `interrupted` if there was an interruption.
    public func check() throws(Failure) {
        if interrupted() { throw .socket(.interrupted) }
    }

    /// Waits at most 100 ms. Returns the events of `poll`; 0 if there were none or a signal arrived.
    public func slice(_ descriptor: Int32, _ events: Int16, until deadline: ContinuousClock.Instant?) throws(Failure)
        -> Int16
    {
        try check()
        var entry = pollfd(fd: descriptor, events: events, revents: 0)
        let found = poll(&entry, 1, Self.milliseconds(until: deadline))
        return found > 0 ? entry.revents : 0
    }

    /// Waits at most 100 ms for several descriptors. Returns the events of `poll` for each.
    public func slice(_ entries: [pollfd], until deadline: ContinuousClock.Instant?) throws(Failure) -> [Int16] {
        try check()
        var entries = entries
        let found = poll(&entries, nfds_t(entries.count), Self.milliseconds(until: deadline))
        return entries.map { found > 0 ? $0.revents : 0 }
    }

    /// Waits until the deadline. Returns the events of `poll`; 0 at the deadline.
    public func ready(_ descriptor: Int32, _ events: Int16, until deadline: ContinuousClock.Instant) throws(Failure)
        -> Int16
    {
        while true {
            let isLast = ContinuousClock.now >= deadline
            let found = try slice(descriptor, events, until: deadline)
            if found != 0 || isLast { return found }
        }
    }

    /// The time until the deadline, rounded up so that the last wait does not end before the deadline.
    private static func milliseconds(until deadline: ContinuousClock.Instant?) -> Int32 {
        guard let deadline else { return 100 }
        let left = ContinuousClock.now.duration(to: deadline)
        if left >= .milliseconds(100) { return 100 }
        if left <= .zero { return 0 }
        return Int32((left.components.attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}

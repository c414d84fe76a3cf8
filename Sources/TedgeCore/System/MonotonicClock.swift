import Foundation

/// The clock by which systemd stamps what it does, CLOCK_MONOTONIC.
enum MonotonicClock {
    /// Microseconds since the system started, without the time it slept.
    static var microseconds: UInt64 {
        var now = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        return UInt64(now.tv_sec) * 1_000_000 + UInt64(now.tv_nsec) / 1000
    }

    /// Microseconds since the system started, with the time it slept: the clock of the start of processes, proc(5).
    static var bootMicroseconds: UInt64 {
        var now = timespec()
        unsafe clock_gettime(CLOCK_BOOTTIME, &now)
        return UInt64(now.tv_sec) * 1_000_000 + UInt64(now.tv_nsec) / 1000
    }

    /// The unit of times in proc(5).
    static var ticksPerSecond: UInt64 { UInt64(max(1, sysconf(Int32(_SC_CLK_TCK)))) }
}

extension Duration {
    /// The seconds, of which one that has begun counts as a whole one.
    var fullSeconds: Int { Int(components.seconds) + (components.attoseconds > 0 ? 1 : 0) }
}

import Foundation

/// The clock of systemd's timestamps, CLOCK_MONOTONIC.
enum MonotonicClock {
    /// Microseconds since the system started, without the time of suspension.
    static var microseconds: UInt64 {
        var now = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        return UInt64(now.tv_sec) * 1_000_000 + UInt64(now.tv_nsec) / 1000
    }

    /// Microseconds since the system started, with the time of suspension: the clock of process starts in proc(5).
    static var bootMicroseconds: UInt64 {
        var now = timespec()
        unsafe clock_gettime(CLOCK_BOOTTIME, &now)
        return UInt64(now.tv_sec) * 1_000_000 + UInt64(now.tv_nsec) / 1000
    }

    /// The unit of times in proc(5).
    static var ticksPerSecond: UInt64 { UInt64(max(1, sysconf(Int32(_SC_CLK_TCK)))) }
}

extension Duration {
    /// The seconds, rounded up.
    var fullSeconds: Int { Int(components.seconds) + (components.attoseconds > 0 ? 1 : 0) }
}

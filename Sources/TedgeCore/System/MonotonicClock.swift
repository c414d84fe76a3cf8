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

/// When files were changed, by the kernel's own note: contents, name, owner or mode (stat(2), `st_ctim`).
enum ChangeTime {
    /// Microseconds since the system started, on the clock of process starts; negative for a file from before. Nil if there is
    /// no such file. A clock that was set in the meantime makes this wrong by as much.
    static func bootMicroseconds(of path: String) -> Int64? {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return nil }
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        let boot = microseconds(now) - Int64(MonotonicClock.bootMicroseconds)
        return microseconds(status.st_ctim) - boot
    }

    private static func microseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}

extension Duration {
    /// The seconds, rounded up.
    var fullSeconds: Int { Int(components.seconds) + (components.attoseconds > 0 ? 1 : 0) }
}

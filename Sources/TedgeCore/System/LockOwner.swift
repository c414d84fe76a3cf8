import Foundation

/// The process that a lock file names, for file systems without flock(2). Its number alone is not enough, because another
/// process may get it later or after a boot.
///
/// The file has two lines: `PID COMMAND`, and `START BOOT` with the process's start in clock ticks since the boot (proc(5),
/// field 22 of `stat`) and `/proc/sys/kernel/random/boot_id`.
struct LockOwner: Equatable {
    let process: Int32
    let start: String
    let boot: String

    private static let unknown = "unknown"

    /// This process. Nil without `/proc`.
    static var current: LockOwner? {
        guard let start = start(of: getpid()), let boot = currentBoot else { return nil }
        return LockOwner(process: getpid(), start: start, boot: boot)
    }

    /// The contents of a lock file of this process.
    static func contents(holder: String) -> [UInt8] {
        let owner = current
        return Array("\(getpid()) \(holder)\n\(owner?.start ?? "0") \(owner?.boot ?? unknown)\n".utf8)
    }

    /// Reads the contents of a lock file; nil if they are incomplete.
    init?(contents: some Collection<UInt8>) {
        let lines = String(decoding: contents, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 3, lines[2].isEmpty, let process = Int32(lines[0].prefix { $0 != " " }) else { return nil }
        let words = lines[1].split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 2, words[0].utf8.allSatisfy(\.isDigit),
            words[1] == Self.unknown
                || (words[1].utf8.count == 36 && words[1].allSatisfy { $0.isHexDigit || $0 == "-" })
        else { return nil }
        (self.process, start, boot) = (process, String(words[0]), String(words[1]))
    }

    init(process: Int32, start: String, boot: String) {
        (self.process, self.start, self.boot) = (process, start, boot)
    }

    /// Whether the process has certainly ended: there was a boot, it does not exist, or another process has its number.
    var isGone: Bool {
        guard let current = Self.currentBoot, boot != Self.unknown else { return false }
        if boot != current { return true }
        guard let now = Self.start(of: process) else { return Self.start(of: getpid()) != nil }
        return now != start
    }

    private static let currentBoot: String? = word(in: "/proc/sys/kernel/random/boot_id", at: 0)

    private static func start(of process: Int32) -> String? {
        // The name of the program is in parentheses and may contain blanks and parentheses.
        guard let text = read("/proc/\(process)/stat"), let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        // A process that has ended stays as a zombie until its parent collects it.
        return fields.count > 19 && fields[0] != "Z" && fields[0] != "X" ? String(fields[19]) : nil
    }

    private static func word(in path: String, at index: Int) -> String? {
        let words = read(path)?.split { $0.isWhitespace } ?? []
        return words.indices.contains(index) ? String(words[index]) : nil
    }

    private static func read(_ path: String) -> String? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return LockFile.contents(descriptor).map { String(decoding: $0, as: UTF8.self) }
    }
}

/// Locks that consist only of the existence of a file, for file systems without flock(2).
enum LockFile {
    /// Whether an error of flock(2) means that the file system has no locks. 524 is the kernel's internal ENOTSUPP, which some
    /// network file systems return.
    static func isNeeded(_ reason: SystemError) -> Bool { [ENOLCK, ENOSYS, EOPNOTSUPP, 524].contains(reason.code) }

    /// Removes the lock file of a process that has certainly ended, so that the lock can be taken.
    ///
    /// A second file, which exists for a moment, prevents a race of two processes, in which the later one would remove the new
    /// lock of the earlier one.
    static func removeIfStale(_ name: String, in directory: Int32) {
        guard isStale(name, in: directory) else { return }
        let guardName = "\(name).stale"
        let flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let descriptor = unsafe openat(directory, guardName, flags, 0o600)
        guard descriptor >= 0 else {
            // Its process may have been killed in that moment.
            if errno == EEXIST, isStale(guardName, in: directory) { unsafe unlinkat(directory, guardName, 0) }
            return
        }
        write(LockOwner.contents(holder: "stale lock"), to: descriptor)
        if isStale(name, in: directory) { unsafe unlinkat(directory, name, 0) }
        unsafe unlinkat(directory, guardName, 0)
        close(descriptor)
    }

    /// Replaces the contents of an open file.
    static func write(_ contents: [UInt8], to descriptor: Int32) {
        _ = ftruncate(descriptor, 0)
        _ = unsafe contents.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }

    /// The first 4096 bytes of an open file, nil if it cannot be read.
    static func contents(_ descriptor: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = unsafe pread(descriptor, &bytes, bytes.count, 0)
        return count < 0 ? nil : Array(bytes[..<count])
    }

    private static func isStale(_ name: String, in directory: Int32) -> Bool {
        let descriptor = unsafe openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        guard let information = stat(of: descriptor), information.isFile, let contents = contents(descriptor) else {
            return false
        }
        if let owner = LockOwner(contents: contents) { return owner.isGone }
        // Its process was killed before it wrote its name, or is just about to write it.
        return time(nil) - information.st_mtim.tv_sec > 30
    }
}

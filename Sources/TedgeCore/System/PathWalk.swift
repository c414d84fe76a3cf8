import Foundation

/// A name in a directory that is held open: what is done to it is done there, whoever renames directories meanwhile.
final class DirectoryEntry: Sendable {
    /// The directory, for the calls whose names end in `at`.
    let directory: Int32
    /// The name in it; `.` for the directory itself.
    let name: String

    init(directory: Int32, name: String) { (self.directory, self.name) = (directory, name) }

    deinit { close(directory) }

    /// What bears the name, not following a link; nil if there is nothing.
    var status: stat? {
        var information = stat()
        return unsafe fstatat(directory, name, &information, AT_SYMLINK_NOFOLLOW) == 0 ? information : nil
    }
}

/// Walks a path once, directory by directory, by descriptors.
///
/// As root, a symbolic link is followed only if it and all directories above it belong to root or to the owner of what the path
/// leads to: whoever plants a link gains nothing by it, and an owner's `/etc/tedge -> /data/tedge` works. What everybody can
/// write belongs to nobody. Other users may follow what the system lets them follow.
struct PathWalk {
    private var directories: [Int32] = []
    /// The users who could have put a link on the way somewhere else; nil until a link was followed.
    private var suspects: Set<uid_t>?
    private var owners: Set<uid_t> = []
    private var links = 0
    private let isRoot = geteuid() == 0
    /// Opens a directory that may be searched and not read (open(2), `O_PATH`); a macro that Glibc does not import.
    private static let searchOnly: Int32 = 0x20_0000
    /// As many as the kernel follows.
    private static let most = 40
    /// Nobody: the owner of directories that everybody can write.
    private static let nobody = uid_t.max

    /// Finds the entry that a path leads to. It may not exist; the directories above it do.
    ///
    /// - Parameter followsLast: Whether a link with the last name is followed.
    static func entry(_ path: String, followsLast: Bool) throws(SystemError) -> DirectoryEntry {
        var walk = PathWalk()
        defer { walk.end() }
        let name = try walk.walk(path, followsLast)
        let directory = fcntl(walk.directories.last ?? -1, F_DUPFD_CLOEXEC, 0)
        guard directory >= 0 else { throw .last }
        let entry = DirectoryEntry(directory: directory, name: name)
        try walk.judge(entry)
        return entry
    }

    private mutating func end() {
        for directory in directories { close(directory) }
        directories = []
    }

    private mutating func walk(_ path: String, _ followsLast: Bool) throws(SystemError) -> String {
        var rest = Array(Path.parts(of: path).reversed())
        try begin(at: Path.isAbsolute(path) ? "/" : ".")
        while let name = rest.popLast() {
            let isLast = rest.isEmpty
            if name == "." {
                if isLast { return "." }
                continue
            }
            if name == ".." {
                if directories.count > 1 { close(directories.removeLast()) } else { try push(named: "..") }
                if isLast { return "." }
                continue
            }
            guard let directory = directories.last else { throw SystemError(ENOENT) }
            var information = stat()
            guard unsafe fstatat(directory, name, &information, AT_SYMLINK_NOFOLLOW) == 0 else {
                let reason = SystemError.last
                if isLast, reason.code == ENOENT { return name }
                throw reason
            }
            if information.st_mode & S_IFMT == S_IFLNK, !isLast || followsLast {
                let target = try follow(name, in: directory, owner: information.st_uid)
                if Path.isAbsolute(target) { try begin(at: "/") }
                let parts = Path.parts(of: target)
                if parts.isEmpty, isLast { return "." }
                rest += parts.reversed()
                continue
            }
            if isLast { return name }
            try push(named: name)
        }
        return "."
    }

    private mutating func begin(at path: String) throws(SystemError) {
        end()
        let descriptor = unsafe open(path, Self.searchOnly | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last }
        try add(descriptor)
    }

    private mutating func push(named name: String) throws(SystemError) {
        let descriptor = unsafe openat(directories.last ?? -1, name, Self.searchOnly | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last }
        try add(descriptor)
    }

    private mutating func add(_ descriptor: Int32) throws(SystemError) {
        directories.append(descriptor)
        var information = stat()
        guard unsafe fstat(descriptor, &information) == 0 else { throw .last }
        owners.insert(information.st_uid)
        if information.st_mode & 0o1002 == 0o002 { owners.insert(Self.nobody) }
    }

    /// Where a link leads to.
    private mutating func follow(_ name: String, in directory: Int32, owner: uid_t) throws(SystemError) -> String {
        links += 1
        guard links <= Self.most else { throw SystemError(ELOOP) }
        suspects = (suspects ?? []).union(owners).union([owner])
        var target = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = unsafe readlinkat(directory, name, &target, target.count - 1)
        guard count > 0 else { throw .last }
        return String(decoding: target[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Throws `SystemError.untrustedLink` if somebody could have planted a link on the way to another's file.
    private func judge(_ entry: DirectoryEntry) throws(SystemError) {
        guard isRoot, let suspects else { return }
        var target = entry.status
        if target == nil {
            var information = stat()
            guard unsafe fstat(entry.directory, &information) == 0 else { throw .last }
            target = information
        }
        guard suspects.subtracting([0, target?.st_uid ?? 0]).isEmpty else { throw .untrustedLink }
    }
}

extension SystemError {
    /// Root does not follow a link that somebody else can put elsewhere.
    static let untrustedLink = SystemError(-1)
}

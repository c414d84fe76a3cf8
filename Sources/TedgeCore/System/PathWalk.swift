import Foundation

/// A name in an open directory. Operations act in that directory, even if directories are renamed meanwhile.
final class DirectoryEntry: Sendable {
    /// The directory, for the calls whose names end in `at`.
    let directory: Int32
    /// The name in it; `.` for the directory itself.
    let name: String
    /// The path after following links with the last name, for messages and for the next walk. Links above it are not resolved.
    let path: String
    /// The users who can rename the directories on the way, or entries of them.
    let owners: Set<uid_t>

    init(directory: Int32, name: String, path: String, owners: Set<uid_t>) {
        (self.directory, self.name, self.path, self.owners) = (directory, name, path, owners)
    }

    deinit { close(directory) }

    /// The status of the entry, without following a link; nil if there is nothing.
    var status: stat? { stat(of: name, in: directory) }
}

/// Walks a path once, directory by directory, by descriptors.
///
/// As root, a symbolic link is followed only if it and all directories above it belong to root or to the owner of the target.
/// So nobody gains anything by planting a link, and an owner's `/etc/tedge -> /data/tedge` works. Directories that everybody can
/// write count as owned by nobody. For other users only the rules of the system apply.
struct PathWalk {
    private var directories: [(descriptor: Int32, path: String)] = []
    private var owners: Set<uid_t> = []
    private var links: [Link] = []
    /// The path after the links with the last name.
    private var path: String

    /// A link that was followed.
    private struct Link {
        let path: String
        let owner: uid_t
        /// The users who could have created the link, or can replace it.
        let suspects: Set<uid_t>
    }

    private let isRoot = geteuid() == 0
    /// Opens a directory that may be searched and not read (open(2), `O_PATH`); a macro that Glibc does not import.
    private static let searchOnly: Int32 = 0x20_0000
    /// The largest number of links in a path, as in the kernel.
    private static let most = 40
    /// The owner of directories that everybody can write.
    private static let nobody = uid_t.max

    /// Finds the entry of a path. It may not exist; the directories above it must.
    ///
    /// - Parameter followsLast: Whether to follow a link at the last name.
    static func entry(_ path: String, followsLast: Bool) throws(SystemError) -> DirectoryEntry {
        var walk = PathWalk(path: path)
        defer { walk.end() }
        let name = try walk.walk(path, followsLast)
        guard let last = walk.directories.popLast() else { throw SystemError(ENOENT) }
        let entry = DirectoryEntry(directory: last.descriptor, name: name, path: walk.path, owners: walk.owners)
        try walk.judge(entry)
        return entry
    }

    /// Opens a path that has no links, openat2(2) with `RESOLVE_NO_SYMLINKS`: one call and one descriptor. Nil with `errno` if
    /// there is a link, an error, or no such call in this kernel; a walk then finds out more. `ENOENT` is final: no link was met
    /// and there is nothing.
    static func openWithoutLinks(_ path: String, _ flags: Int32) -> Int32? {
        typealias Call =
            @convention(c) (Int, Int32, UnsafePointer<CChar>, UnsafePointer<UInt64>, Int) -> Int
        guard let symbol = unsafe dlsym(nil, "syscall") else {
            errno = ENOSYS
            return nil
        }
        let how: [UInt64] = [UInt64(flags), 0, 0x04]
        let descriptor = unsafe how.withUnsafeBufferPointer { how in
            guard let start = how.baseAddress else { return -1 }
            return unsafe unsafeBitCast(symbol, to: Call.self)(437, AT_FDCWD, path, start, 24)
        }
        return descriptor >= 0 ? Int32(descriptor) : nil
    }

    private mutating func end() {
        for directory in directories { close(directory.descriptor) }
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
                if directories.count > 1 { close(directories.removeLast().descriptor) } else { try push(named: "..") }
                if isLast { return "." }
                continue
            }
            guard let directory = directories.last else { throw SystemError(ENOENT) }
            guard let information = stat(of: name, in: directory.descriptor) else {
                let reason = SystemError.last
                if isLast, reason.code == ENOENT { return name }
                throw reason
            }
            if information.kind == S_IFLNK, !isLast || followsLast {
                let target = try follow(name, in: directory, owner: information.st_uid)
                if isLast {
                    self.path = Path.isAbsolute(target) ? target : Path.join(Path.directory(of: self.path), target)
                }
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
        try add(descriptor, path)
    }

    private mutating func push(named name: String) throws(SystemError) {
        let above = directories.last
        let descriptor = unsafe openat(
            above?.descriptor ?? -1, name, Self.searchOnly | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last }
        try add(descriptor, Path.join(above?.path ?? ".", name))
    }

    private mutating func add(_ descriptor: Int32, _ path: String) throws(SystemError) {
        directories.append((descriptor, path))
        guard let information = stat(of: descriptor) else { throw .last }
        owners.insert(information.st_uid)
        if information.st_mode & 0o1002 == 0o002 { owners.insert(Self.nobody) }
    }

    /// The target of a link.
    private mutating func follow(
        _ name: String, in directory: (descriptor: Int32, path: String), owner: uid_t
    ) throws(SystemError) -> String {
        guard links.count < Self.most else { throw SystemError(ELOOP) }
        links.append(Link(path: Path.join(directory.path, name), owner: owner, suspects: owners.union([owner])))
        var target = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = unsafe readlinkat(directory.descriptor, name, &target, target.count - 1)
        guard count > 0 else { throw .last }
        return String(decoding: target[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Throws `SystemError.untrusted` if a link on the way could have been planted by a user who does not own the target.
    private func judge(_ entry: DirectoryEntry) throws(SystemError) {
        guard isRoot, !links.isEmpty else { return }
        guard let target = entry.status ?? stat(of: entry.directory) else { throw .last }
        let owner = target.st_uid
        for link in links {
            let suspects = link.suspects.subtracting([0, owner])
            guard let suspect = suspects.contains(link.owner) ? link.owner : suspects.min() else { continue }
            throw .untrusted(
                UntrustedLink(
                    path: link.path, owner: link.owner, suspect: suspect == Self.nobody ? nil : suspect,
                    targetOwner: owner))
        }
    }
}

/// A symbolic link that root does not follow, because a user who does not own the target can change it.
struct UntrustedLink: Sendable, Equatable {
    /// The path of the link.
    let path: String
    /// The owner of the link.
    let owner: UInt32
    /// A user who can change the link; nil for everybody.
    let suspect: UInt32?
    /// The owner of the target, or of the directory in which the target would be created.
    let targetOwner: UInt32

    /// For example: The symbolic link /a belongs to the user 'tedge', and its target belongs to the user 'root'.
    var description: String {
        let target = "its target belongs to \(Self.user(targetOwner)). Root does not follow such a link."
        guard suspect != owner else { return "The symbolic link \(path) belongs to \(Self.user(owner)), and \(target)" }
        let who = suspect.map(Self.user) ?? "everybody"
        return "The symbolic link \(path) can be replaced by \(who), and \(target)"
    }

    /// How to look at the link, and how to rename it. Nothing is destroyed.
    var hint: String {
        let link = ShellWord.quoted(path)
        return "Run 'ls -l \(link)' to see its target. If nobody needs the link, run "
            + "'sudo mv -n \(link) \(ShellWord.quoted(path + ".untrusted"))' and try again."
    }

    /// A user by name, from `/etc/passwd`. Name services, which may need the network, are not asked.
    private static func user(_ number: UInt32) -> String {
        let lines = (try? String(contentsOfFile: "/etc/passwd", encoding: .utf8))?.utf8.split(separator: 10) ?? []
        for line in lines {
            let fields = line.split(separator: UInt8(ascii: ":"), maxSplits: 3, omittingEmptySubsequences: false)
            if fields.count > 2, UInt32(Substring(fields[2])) == number { return "the user '\(Substring(fields[0]))'" }
        }
        return "the user number \(number)"
    }
}

import TestSupport

/// What happens to the program at one of its system calls.
struct Fault: CustomStringConvertible {
    /// The ways in which it goes wrong there.
    enum Kind: String {
        case kill = "signal=SIGKILL"
        case term = "signal=SIGTERM"
        case full = "error=ENOSPC"
        case io = "error=EIO"
        case denied = "error=EACCES"
        case readOnly = "error=EROFS"
        /// What file systems answer that know no locks or no second names: FAT, some network and union file systems.
        case noLocks = "error=ENOLCK"
        case notImplemented = "error=ENOSYS"
        case notSupported = "error=EOPNOTSUPP"
        case notPermitted = "error=EPERM"

        /// Those that happen to a call of this name.
        static func all(at name: String) -> [Kind] {
            switch name {
            case "flock": [.kill, .term, .io, .noLocks, .notImplemented, .notSupported]
            case "link", "linkat": common + [.notSupported, .notPermitted]
            default: common
            }
        }

        private static let common: [Kind] = [.kill, .term, .full, .io, .denied, .readOnly]

        /// Whether the command does its work in another way then.
        var isMissingFeature: Bool {
            [.noLocks, .notImplemented, .notSupported, .notPermitted].contains(self)
        }
    }

    /// A system call of a run.
    struct Call {
        /// The name, and how many calls of this name the run has made with it.
        let name: String
        let number: Int
        /// What strace says of it.
        let line: String
        /// The file that stdout or stderr goes to, where it writes to that: then only calls with this file are counted. How
        /// much is written to sockets, and so the number of all calls, differs from run to run.
        let stream: String?

        /// Whether another call writes the same.
        func isLike(_ other: Call) -> Bool {
            name == other.name && stream == other.stream && Fault.written(line) == Fault.written(other.line)
        }
    }

    let call: Call
    let kind: Kind

    /// The options of strace(1) that make it happen.
    ///
    /// - Parameter shift: How many calls later than in the run that was looked at.
    func injection(shiftedBy shift: Int) -> [String] {
        let happens = ["-e", "inject=\(call.name):\(kind.rawValue):when=\(max(1, call.number + shift))"]
        return (call.stream.map { ["-P", $0] } ?? []) + happens
    }
    var description: String { "\(kind) at \(call.name) \(call.number): \(call.line)" }

    /// The system calls that write, rename, link, unlink, sync, lock, or change mode or owner, of files and directories. What is
    /// written to sockets does not count.
    private static let names = [
        "flock", "write", "pwrite64", "writev", "pwritev", "ftruncate", "truncate", "fallocate", "rename", "renameat",
        "renameat2",
        "link", "linkat", "symlink", "symlinkat", "unlink", "unlinkat", "rmdir", "mkdir", "mkdirat", "fsync",
        "fdatasync",
        "chmod", "fchmod", "fchmodat", "chown", "fchown", "lchown", "fchownat",
    ]

    /// The words before a command so that its calls are noted in a file. `openat` counts as well where it creates a file.
    static func strace(_ trace: String, _ injection: [String] = []) -> [String] {
        ["strace", "-qq", "-y", "-o", trace, "-e", "trace=openat," + names.joined(separator: ",")] + injection
    }

    /// The calls that strace has noted.
    static func calls(in trace: String) -> [Call] {
        var numbers: [String: Int] = [:]
        return trace.split(separator: "\n").compactMap { line in
            guard let end = line.firstIndex(of: "(") else { return nil }
            let name = String(line[..<end])
            let isStream = line.hasPrefix("write(1<") || line.hasPrefix("write(2<")
            let stream = isStream ? String(line.drop { $0 != "<" }.dropFirst().prefix { $0 != ">" }) : nil
            if isStream { numbers[stream ?? "", default: 0] += 1 }
            numbers[name, default: 0] += 1
            guard names.contains(name) || line.contains("O_CREAT"), !line.contains("<socket:") else { return nil }
            return Call(
                name: name, number: numbers[stream ?? name] ?? 0, line: String(line.prefix(160)), stream: stream)
        }
    }

    /// Whether strace has noted that it happened, and to the call that was meant.
    func happened(in trace: String, _ outcome: Outcome) -> Bool {
        let lines = trace.split(separator: "\n").filter { !$0.hasPrefix("+++") }
        let position: Int? =
            switch kind {
            case .kill: outcome.status == 128 + 9 ? lines.indices.last : nil
            case .term: lines.firstIndex { $0.hasPrefix("--- SIGTERM") }.map { $0 - 1 }
            default: lines.firstIndex { $0.hasSuffix("(INJECTED)") }
            }
        guard let position, lines.indices.contains(position) else { return false }
        return call.name != "write" || Self.written(lines[position]) == Self.written(call.line)
    }

    /// The beginning of what a call writes, without what differs from run to run.
    fileprivate static func written(_ line: some StringProtocol) -> String {
        String(line.drop { $0 != "," }.prefix(24).filter { !$0.isNumber })
    }
}

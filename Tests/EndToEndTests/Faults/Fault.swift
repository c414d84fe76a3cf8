import TestSupport

/// What happens to the program at one of its system calls.
struct Fault: CustomStringConvertible {
    /// The ways in which it goes wrong there.
    enum Kind: String, CaseIterable {
        case kill = "signal=SIGKILL"
        case term = "signal=SIGTERM"
        case full = "error=ENOSPC"
        case io = "error=EIO"
        case denied = "error=EACCES"
        case readOnly = "error=EROFS"
    }

    /// A system call of a run.
    struct Call {
        /// The name, and how many calls of this name the run has made with it.
        let name: String
        let number: Int
        /// What strace says of it.
        let line: String
    }

    let call: Call
    let kind: Kind

    /// The option of strace(1) that makes it happen.
    var injection: String { "inject=\(call.name):\(kind.rawValue):when=\(call.number)" }
    var description: String { "\(kind) at \(call.name) \(call.number): \(call.line)" }

    /// The system calls that write, rename, link, unlink, sync, or change mode or owner, of files and directories. What is
    /// written to sockets does not count.
    private static let names = [
        "write", "pwrite64", "writev", "pwritev", "ftruncate", "truncate", "fallocate", "rename", "renameat",
        "renameat2",
        "link", "linkat", "symlink", "symlinkat", "unlink", "unlinkat", "rmdir", "mkdir", "mkdirat", "fsync",
        "fdatasync",
        "chmod", "fchmod", "fchmodat", "chown", "fchown", "lchown", "fchownat",
    ]

    /// The words before a command so that its calls are noted in a file. `openat` counts as well where it creates a file.
    static func strace(_ trace: String, _ injection: String? = nil) -> [String] {
        ["strace", "-qq", "-y", "-o", trace, "-e", "trace=openat," + names.joined(separator: ",")]
            + (injection.map { ["-e", $0] } ?? [])
    }

    /// The calls that strace has noted.
    static func calls(in trace: String) -> [Call] {
        var numbers: [String: Int] = [:]
        return trace.split(separator: "\n").compactMap { line in
            guard let end = line.firstIndex(of: "(") else { return nil }
            let name = String(line[..<end])
            numbers[name, default: 0] += 1
            guard names.contains(name) || line.contains("O_CREAT"), !line.contains("<socket:") else { return nil }
            return Call(name: name, number: numbers[name] ?? 0, line: String(line.prefix(160)))
        }
    }

    /// Whether strace has noted that it happened, and to the call that was meant: what is written to sockets differs from run
    /// to run, and so do the numbers of the calls.
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

    /// The beginning of what a call writes, without the number of the file and what differs from run to run.
    private static func written(_ line: some StringProtocol) -> String {
        String(line.drop { $0 != "," }.prefix(24).filter { !$0.isNumber })
    }

    /// The same fault at the same call of another run.
    func found(in trace: String) -> Fault? {
        let calls = Self.calls(in: trace)
        return calls.first { $0.name == call.name && Self.written($0.line) == Self.written(call.line) }
            .map { Fault(call: $0, kind: kind) }
    }
}

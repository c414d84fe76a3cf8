import Glibc
import Synchronization

/// A process that a test starts. Its three streams are files, and it is killed and waited for when the last reference
/// goes, so that it can neither hold up the test run nor outlive it.
public final class ChildProcess: Sendable {
    /// What has become of a process.
    public enum Exit: Equatable, Sendable {
        /// It ended with this status.
        case status(Int32)
        /// This signal ended it.
        case signal(Int32)
    }

    /// The process id.
    public let pid: pid_t
    private let exit = Mutex<Exit?>(nil)
    private let words: [String]
    private let output: String

    /// Starts `program`, looked for on PATH and in the sbin directories, with default signals.
    ///
    /// - Parameters:
    ///   - environment: Replaces this process's environment; nil inherits it.
    ///   - input: The file to read from; nothing by default.
    ///   - output: The file that gets stdout, made or emptied.
    ///   - errors: The file that gets stderr; the same path as `output` puts both into one file.
    public init(
        _ program: String, _ arguments: [String] = [], environment: [String: String]? = nil,
        input: String = "/dev/null", output: String = "/dev/null", errors: String = "/dev/null"
    ) throws {
        (words, self.output) = ([program] + arguments, output)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        if errors == output {
            posix_spawn_file_actions_adddup2(&actions, 1, 2)
        } else {
            posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

        let path = try ChildProcess.find(program)
        let variables = environment?.map { "\($0.key)=\($0.value)" }
        var pid = pid_t()
        let code = withCStrings([program] + arguments) { arguments in
            guard let variables else { return posix_spawn(&pid, path, &actions, &attributes, arguments, environ) }
            return withCStrings(variables) { posix_spawn(&pid, path, &actions, &attributes, arguments, $0) }
        }
        guard code == 0 else { throw TestFailure("\(path): \(String(cString: strerror(code)))") }
        self.pid = pid
    }

    deinit { kill() }

    /// Sends a signal, unless the process has ended.
    public func send(_ signal: Int32) {
        exit.withLock { if $0 == nil { _ = Glibc.kill(pid, signal) } }
    }

    /// Ends the process with SIGKILL and waits until it is gone.
    public func kill() {
        exit.withLock { known in
            guard known == nil else { return }
            _ = Glibc.kill(pid, SIGKILL)
            known = wait(options: 0)
        }
    }

    /// How the process ended; nil while it runs.
    public func ended() -> Exit? {
        exit.withLock { known in
            if known == nil { known = wait(options: WNOHANG) }
            return known
        }
    }

    /// Waits for the end. Throws when there is none in time, and `JSONOutput.Mismatch`.
    public func waitForExit(within limit: Duration = .seconds(30)) throws -> Exit {
        guard eventually(within: limit, { ended() != nil }), let end = ended() else {
            throw TestFailure("process \(pid) did not end within \(limit): \(Self.activity(of: pid))")
        }
        if case .status = end, Self.isFile(output) { try JSONOutput.check(words, contents(of: output)) }
        return end
    }

    /// Whether a path is that of a regular file: a pipe that nobody writes any more cannot be read again.
    private static func isFile(_ path: String) -> Bool {
        var information = stat()
        return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFREG
    }

    /// What a process and those below it are doing, each with the system call that it waits in.
    private static func activity(of pid: pid_t) -> String {
        let words = contents(of: "/proc/\(pid)/cmdline").split(separator: "\0").joined(separator: " ")
        let call = contents(of: "/proc/\(pid)/syscall").split(separator: " ").first ?? "?"
        let children = contents(of: "/proc/\(pid)/task/\(pid)/children").split(separator: " ").compactMap { pid_t($0) }
        return (["'\(words)' in call \(call)"] + children.map(activity)).joined(separator: ", ")
    }

    private func wait(options: Int32) -> Exit? {
        var status: Int32 = 0
        guard waitpid(pid, &status, options) == pid else { return nil }
        let signal = status & 0x7F
        return signal == 0 ? .status(status >> 8 & 0xFF) : .signal(signal)
    }

    private static func find(_ program: String) throws -> String {
        if program.contains("/") { return program }
        let path = getenv("PATH").map { String(cString: $0) } ?? ""
        let directories = path.split(separator: ":").map(String.init) + ["/usr/local/sbin", "/usr/sbin", "/sbin"]
        for directory in directories {
            let candidate = "\(directory)/\(program)"
            if access(candidate, X_OK) == 0 { return candidate }
        }
        throw TestFailure("\(program) is not installed")
    }
}

/// Calls `body` with a null-terminated array of null-terminated strings.
private func withCStrings<Result>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
}

import Glibc

/// What a finished command left behind.
struct Outcome: Equatable, Sendable {
    /// The exit status; 128 plus the signal's number where a signal ended it.
    var status: Int32
    /// Everything written to standard output, ill-formed UTF-8 repaired.
    var stdout: String
    /// Everything written to standard error, ill-formed UTF-8 repaired.
    var stderr: String
}

/// Why a command has no outcome.
enum ChildProcessError: Error, Equatable, CustomStringConvertible {
    case cannotStart(program: String, errno: Int32)
    case cannotCapture(errno: Int32)
    case timedOut(words: [String], stdout: String, stderr: String)

    var description: String {
        switch self {
        case .cannotStart(let program, let code): "\(program): \(String(cString: strerror(code)))"
        case .cannotCapture(let code): "no temporary file for a command's output: \(String(cString: strerror(code)))"
        case .timedOut(let words, let stdout, let stderr):
            "\(words.joined(separator: " ")) did not end in time\nstdout: \(stdout)\nstderr: \(stderr)"
        }
    }
}

/// Runs a command to its end. Its streams are files, so no amount of output blocks it.
///
/// - Parameters:
///   - words: the program, searched on PATH, and its arguments.
///   - input: what it reads from standard input.
///   - timeout: how long it may take before it is killed.
/// - Throws: ``ChildProcessError``.
func runChild(_ words: [String], input: String = "", timeout: Duration = .seconds(60)) throws -> Outcome {
    let streams = [try Stream(input), try Stream(), try Stream()]
    let child = try spawn(words, streams: streams.map(\.descriptor))
    let clock = ContinuousClock()
    let deadline = clock.now + timeout
    var status: Int32 = 0
    while waitpid(child, &status, WNOHANG) == 0 {
        if clock.now > deadline {
            end(child)
            throw ChildProcessError.timedOut(words: words, stdout: streams[1].text(), stderr: streams[2].text())
        }
        usleep(500)
    }
    let signal = status & 0x7f
    return Outcome(
        status: signal == 0 ? (status >> 8) & 0xff : 128 + signal, stdout: streams[1].text(), stderr: streams[2].text())
}

/// Ends a child's children before it, so that it reaps them: as orphans they would stay zombies until the host's first
/// process looks after them, and a zombie keeps its namespaces.
private func end(_ child: pid_t) {
    let list = (try? runChild(["cat", "/proc/\(child)/task/\(child)/children"]).stdout) ?? ""
    list.split(separator: " ").compactMap { pid_t($0) }.forEach { kill($0, SIGKILL) }
    var status: Int32 = 0
    for _ in 0..<200 {
        if waitpid(child, &status, WNOHANG) != 0 { return }
        usleep(1000)
    }
    kill(child, SIGKILL)
    waitpid(child, &status, 0)
}

private func spawn(_ words: [String], streams: [Int32]) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (number, descriptor) in streams.enumerated() {
        posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
    }
    // A test runs on a thread that blocks signals; the command must not inherit that.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { arguments.forEach { free($0) } }
    var child: pid_t = 0
    let code = posix_spawnp(&child, words[0], &actions, &attributes, &arguments, environ)
    guard code == 0 else { throw ChildProcessError.cannotStart(program: words[0], errno: code) }
    return child
}

/// A file without a name that a command reads from or writes to.
private final class Stream {
    let descriptor: Int32

    init(_ content: String = "") throws {
        var path = Array("/tmp/tedge-stream-XXXXXX".utf8CString)
        descriptor = mkstemp(&path)
        guard descriptor >= 0 else { throw ChildProcessError.cannotCapture(errno: errno) }
        unlink(path)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        var rest = Array(content.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw ChildProcessError.cannotCapture(errno: errno) }
            rest = rest.dropFirst(count)
        }
        lseek(descriptor, 0, SEEK_SET)
    }

    deinit { close(descriptor) }

    func text() -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = pread(descriptor, &buffer, buffer.count, bytes.count)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }
}

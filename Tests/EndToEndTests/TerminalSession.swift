import Glibc
import TestSupport

/// A program with a terminal of its own, as a person has it.
final class TerminalSession {
    private let terminal: Int32
    private let process: pid_t
    private var ended: Int32?
    /// All that was written to the terminal, each line end as `\n`.
    private(set) var text = ""

    /// TIOCSPTLCK and TIOCGPTN of ioctl_tty(2), and POSIX_SPAWN_SETSID of glibc.
    private static let (setLock, getNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)
    private static let newSession: Int32 = 0x80

    /// Starts a program whose three streams are the terminal, unless stdin is given.
    init(_ words: [String], environment: [String: String], input: String? = nil) throws {
        terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var (number, unlocked): (Int32, Int32) = (0, 0)
        guard terminal >= 0, ioctl(terminal, Self.setLock, &unlocked) == 0,
            ioctl(terminal, Self.getNumber, &number) == 0
        else { throw TestFailure("no terminal: \(String(cString: strerror(errno)))") }
        let path = "/dev/pts/\(number)"
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // The first terminal that a leader of a session opens is its controlling one.
        posix_spawn_file_actions_addopen(&actions, 1, path, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        if let input {
            posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        } else {
            posix_spawn_file_actions_adddup2(&actions, 1, 0)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(
            &attributes, Int16(Self.newSession | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (arguments + variables).forEach { free($0) } }
        var pid = pid_t()
        let code = posix_spawn(&pid, words[0], &actions, &attributes, &arguments, &variables)
        guard code == 0 else { throw TestFailure("\(words[0]): \(String(cString: strerror(code)))") }
        process = pid
    }

    deinit {
        if ended == nil {
            kill(process, SIGKILL)
            waitpid(process, nil, 0)
        }
        close(terminal)
    }

    /// Waits until the terminal shows a text.
    func wait(for wanted: String) throws {
        guard eventually({ read() || text.contains(wanted) ? text.contains(wanted) : false }) else {
            throw TestFailure("the terminal shows no '\(wanted)' but: \(text)")
        }
    }

    /// Types.
    func type(_ keys: String) {
        let bytes = Array(keys.utf8)
        _ = Glibc.write(terminal, bytes, bytes.count)
    }

    /// Sends the program a signal.
    func send(_ signal: Int32) { kill(process, signal) }

    /// Whether what is typed is shown.
    var echoes: Bool {
        var settings = termios()
        return tcgetattr(terminal, &settings) == 0 && settings.c_lflag & tcflag_t(ECHO) != 0
    }

    /// Waits for the end. Returns the exit status, 128 plus the signal's number where a signal ended it.
    func status() throws -> Int32 {
        let isOver = eventually {
            _ = read()
            var status: Int32 = 0
            if ended == nil, waitpid(process, &status, WNOHANG) == process { ended = status }
            return ended != nil
        }
        _ = read()
        guard isOver, let ended else { throw TestFailure("the program did not end; the terminal shows: \(text)") }
        return ended & 0x7F == 0 ? ended >> 8 & 0xFF : 128 + (ended & 0x7F)
    }

    /// Takes what has been written; false where there was nothing.
    @discardableResult
    func read() -> Bool {
        var entry = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, 10) == 1, entry.revents & Int16(POLLIN) != 0 else { return false }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = Glibc.read(terminal, &bytes, bytes.count)
        guard count > 0 else { return false }
        text += String(decoding: bytes[..<count], as: UTF8.self).replacing("\r\n", with: "\n")
        return true
    }
}

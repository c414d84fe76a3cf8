import Foundation

/// The user's terminal, independent of the standard streams.
protocol Terminal: Sendable {
    /// Whether there is one.
    var exists: Bool { get }
    /// Shows a prompt and reads a line without echo. Returns nil if the input ends before anything was typed.
    func readSecret(prompt: String, interruption: Interruption) throws(TerminalError) -> Secret?
    /// Shows a prompt and reads a line. Returns nil if the input ends before anything was typed.
    func readLine(prompt: String, interruption: Interruption) throws(TerminalError) -> String?
}

/// Why nothing can be read from the terminal.
enum TerminalError: Error, Sendable, Equatable {
    /// The process has no terminal.
    case absent
    /// The terminal fails.
    case failed(SystemError)
    /// A signal arrived.
    case interrupted(Interrupted)
}

/// The controlling terminal, `/dev/tty`.
struct ControllingTerminal: Terminal {
    /// Makes the real terminal.
    init() {}

    var exists: Bool {
        let descriptor = unsafe open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { return false }
        close(descriptor)
        return true
    }

    func readSecret(prompt: String, interruption: Interruption) throws(TerminalError) -> Secret? {
        try read(prompt: prompt, isSecret: true, interruption: interruption)
    }

    func readLine(prompt: String, interruption: Interruption) throws(TerminalError) -> String? {
        try read(prompt: prompt, isSecret: false, interruption: interruption)?.withBytes {
            String(decoding: $0, as: UTF8.self)
        }
    }

    private func read(prompt: String, isSecret: Bool, interruption: Interruption) throws(TerminalError) -> Secret? {
        let descriptor = unsafe open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw .absent }
        defer { close(descriptor) }
        var settings = termios()
        guard unsafe tcgetattr(descriptor, &settings) == 0 else { throw .failed(.last) }
        let before = settings
        if isSecret {
            settings.c_lflag &= ~tcflag_t(ECHO)
            settings.c_lflag |= tcflag_t(ECHONL)
            // A command that is suspended here would leave a terminal without echo.
            settings.c_cc.10 = 0  // VSUSP, switched off (termios(3), _POSIX_VDISABLE)
            guard unsafe tcsetattr(descriptor, TCSAFLUSH, &settings) == 0 else { throw .failed(.last) }
        }
        // Signals only set a flag, so this runs in every case but SIGKILL.
        defer {
            var before = before
            if isSecret { unsafe tcsetattr(descriptor, TCSAFLUSH, &before) }
        }
        Self.show(prompt, on: descriptor)
        do throws(TerminalError) {
            let line = try Self.line(from: descriptor, interruption: interruption)
            if line?.isComplete != true { Self.show("\n", on: descriptor) }
            return line?.secret
        } catch {
            // The user has not ended the line of the prompt.
            Self.show("\n", on: descriptor)
            throw error
        }
    }

    private static func show(_ text: String, on descriptor: Int32) {
        let bytes = Array(text.utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    }

    /// The typed bytes, and whether the line was ended; nil if the input ends before anything was typed.
    private static func line(
        from descriptor: Int32, interruption: Interruption
    ) throws(TerminalError) -> (secret: Secret, isComplete: Bool)? {
        let secret = Secret()
        var byte: UInt8 = 0
        defer { byte = 0 }
        while true {
            if let signal = interruption.signal() { throw .interrupted(Interrupted(signal: signal)) }
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = unsafe poll(&entry, 1, 100)
            if ready == 0 || (ready < 0 && errno == EINTR) { continue }
            guard ready > 0 else { throw .failed(.last) }
            switch unsafe Foundation.read(descriptor, &byte, 1) {
            case 1 where byte == UInt8(ascii: "\n"): return (secret, true)
            case 1: secret.append(byte)
            case 0: return secret.isEmpty ? nil : (secret, false)
            default: if errno != EINTR { throw .failed(.last) }
            }
        }
    }
}

import Foundation

/// The real programs, through Foundation's `Process`.
struct SystemProcesses: Processes {
    private let environment: [String: String]
    private static let outputLimit = 65_536
    /// How long a program that was asked to end may take.
    private static let grace = Duration.seconds(2)
    /// What is never handed on, because it may be a secret.
    private static let secrets: Set = ["C8Y_PASSWORD", "C8YPASS", "DEVICE_ONE_TIME_PASSWORD", "TEDGE_PROXY_PASSWORD"]

    /// Runs programs in the given environment, without the variables that hold passwords.
    init(environment: [String: String]) {
        self.environment = environment.filter { !Self.secrets.contains($0.key) }
    }

    func isOnPath(_ program: String) -> Bool { located(program) != nil }

    func run(_ words: [String], interruption: Interruption) throws(ProcessError) -> ProcessResult {
        try run(words, FileHandle.nullDevice, until: nil, interruption)
    }

    func run(
        _ words: [String], input: [UInt8], until marker: String, interruption: Interruption
    ) throws(ProcessError) -> ProcessResult {
        guard let descriptor = MemoryFile.descriptor(input) else { throw .notStarted(words.first ?? "", .last) }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        return try run(words, handle, until: Array(marker.utf8), interruption)
    }

    private func run(
        _ words: [String], _ input: FileHandle, until marker: [UInt8]?, _ interruption: Interruption
    ) throws(ProcessError) -> ProcessResult {
        guard let program = words.first, let path = located(program) else { throw .notFound(words.first ?? "") }
        if let reason = Self.shortage() { throw .notStarted(path, reason) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = Array(words.dropFirst())
        process.environment = environment
        process.standardInput = input
        let (output, error) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = error
        do {
            try Self.withoutBlockedSignals { try process.run() }
        } catch {
            throw .notStarted(path, SystemError(Self.code(of: error)))
        }
        let watch = ProcessWatch(process)
        var streams = [Stream(output), Stream(error)]
        var interrupted: Interrupted?
        var end: ContinuousClock.Instant?
        while true {
            if let ending = Self.gather(&streams, until: watch) {
                if let interrupted { throw .interrupted(interrupted) }
                return ProcessResult(ending, output: streams[0].text, error: streams[1].text)
            }
            if let marker, streams[1].bytes.contains(marker) { kill(process.processIdentifier, SIGKILL) }
            if interrupted == nil, let signal = interruption.signal() {
                interrupted = Interrupted(signal: signal)
                end = .now + Self.grace
                process.terminate()
            } else if let last = end, last < .now {
                end = nil
                kill(process.processIdentifier, SIGKILL)
            }
        }
    }

    /// How many file descriptors Foundation takes to start a program, and some more. It crashes if it cannot have them.
    private static let descriptors = 24

    /// Why there are not as many; nil if there are.
    private static func shortage() -> SystemError? {
        var taken: [Int32] = []
        defer { for descriptor in taken { close(descriptor) } }
        for _ in 0..<descriptors {
            let descriptor = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { return errno == EMFILE || errno == ENFILE ? .last : nil }
            taken.append(descriptor)
        }
        return nil
    }

    /// The file of a program; nil where there is none that can be executed.
    private func located(_ program: String) -> String? {
        let isExecutable = { (path: String) in
            unsafe access(path, X_OK) == 0 && (try? SystemFiles().status(path))??.kind == .file
        }
        if program.contains("/") { return isExecutable(program) ? program : nil }
        let directories = (environment["PATH"] ?? Self.usualPath).split(separator: ":")
        return directories.lazy.map { Path.join(String($0), program) }.first(where: isExecutable)
    }

    private static let usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// A child inherits the mask of the thread that starts it, and one that blocks SIGTERM cannot be ended.
    private static func withoutBlockedSignals(_ body: () throws -> Void) throws {
        var none = sigset_t()
        var before = sigset_t()
        unsafe sigemptyset(&none)
        unsafe pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        try body()
    }

    private static func code(of error: any Error) -> Int32 {
        let error = error as NSError
        if error.domain == NSPOSIXErrorDomain { return Int32(error.code) }
        let underlying = error.userInfo[NSUnderlyingErrorKey] as? NSError
        return underlying.map { Int32($0.code) } ?? ENOEXEC
    }

    /// Waits up to 100 ms for bytes or the end, and takes what is there. Returns how the process ended, where it did.
    private static func gather(_ streams: inout [Stream], until watch: ProcessWatch) -> ProcessResult.Ending? {
        var entries = [pollfd(fd: watch.descriptor, events: Int16(POLLIN), revents: 0)]
        entries += streams.map { pollfd(fd: $0.isClosed ? -1 : $0.descriptor, events: Int16(POLLIN), revents: 0) }
        _ = unsafe poll(&entries, nfds_t(entries.count), watch.descriptor < 0 ? 5 : 100)
        let ending = watch.ending()
        for position in streams.indices where ending != nil || entries[position + 1].revents != 0 {
            streams[position].take()
        }
        return ending
    }

    /// What a child writes. A daemon that it started may keep the other end open: nobody waits for its end.
    private struct Stream {
        let pipe: Pipe
        var bytes: [UInt8] = []
        var isClosed = false
        var descriptor: Int32 { pipe.fileHandleForReading.fileDescriptor }

        init(_ pipe: Pipe) {
            self.pipe = pipe
            _ = fcntl(pipe.fileHandleForReading.fileDescriptor, F_SETFL, O_NONBLOCK)
        }

        var text: String { String(decoding: bytes.prefix(SystemProcesses.outputLimit), as: UTF8.self) }

        mutating func take() {
            var chunk = [UInt8](repeating: 0, count: 16_384)
            while !isClosed {
                let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
                if count > 0 {
                    if bytes.count < SystemProcesses.outputLimit { bytes += chunk[..<count] }
                } else if count == 0 {
                    isClosed = true
                } else if errno != EINTR {
                    return
                }
            }
        }
    }
}

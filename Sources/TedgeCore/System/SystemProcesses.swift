import Foundation
import Synchronization

/// The real programs, through Foundation's `Process`.
struct SystemProcesses: Processes {
    private let environment: [String: String]
    /// How many bytes of each stream are kept.
    static let outputLimit = 65_536
    /// How long a program may take to end after SIGTERM.
    private static let grace = Duration.milliseconds(400)
    /// How long a program may take to end after SIGKILL. One that hangs in the kernel is then left running.
    private static let lastGrace = Duration.milliseconds(300)

    /// Runs programs in the given environment, without the variables that hold secrets.
    init(environment: [String: String]) { self.environment = environment }

    func isOnPath(_ program: String) -> Bool { located(program) != nil }

    func reloadSystemd() -> Bool {
        guard let name = try? SystemFiles().read("/proc/1/comm"), name == Array("systemd\n".utf8) else { return false }
        return kill(1, SIGHUP) == 0
    }

    func run(_ words: [String], interruption: Interruption) throws(ProcessError) -> ProcessResult {
        try run(words) {
            interruption.signal().map { .interrupted(Interrupted(signal: $0)) }
        } end: { process, isFirst in
            kill(process.processIdentifier, isFirst ? SIGTERM : SIGKILL)
        }
    }

    func run(
        _ words: [String], input: [UInt8], until marker: String, interruption: Interruption
    ) throws(ProcessError) -> ProcessResult {
        guard let descriptor = MemoryFile.descriptor(input) else { throw .notStarted(words.first ?? "", .last) }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        return try run(words, input: handle, marker: Array(marker.utf8)) {
            interruption.signal().map { .interrupted(Interrupted(signal: $0)) }
        } end: { process, isFirst in
            kill(process.processIdentifier, isFirst ? SIGTERM : SIGKILL)
        }
    }

    func ask(
        _ words: [String], within limit: Duration, interruption: Interruption
    ) throws(ProcessError) -> ProcessResult {
        try run(words, with: [:], within: limit, interruption: interruption)
    }

    func run(
        _ words: [String], with variables: [String: String], within limit: Duration, interruption: Interruption
    ) throws(ProcessError) -> ProcessResult {
        let last = ContinuousClock.now + limit
        let silence = ProcessError.unanswered(program: words.first ?? "", seconds: limit.fullSeconds)
        return try run(words, variables: variables) {
            if let signal = interruption.signal() { return .interrupted(Interrupted(signal: signal)) }
            return ContinuousClock.now > last ? silence : nil
        } end: { process, _ in
            // Foundation gives it a process group of its own.
            kill(-process.processIdentifier, SIGKILL)
        }
    }

    func report(
        _ words: [String], with variables: [String: String], within limit: Duration, grace: Duration,
        interruption: Interruption
    ) throws(ProcessError) -> ProcessResult {
        let last = ContinuousClock.now + limit
        let silence = ProcessError.unanswered(program: words.first ?? "", seconds: limit.fullSeconds)
        // A program that has left its process group still has the variable.
        let mark = ("DIAG_RUN", String(UInt64.random(in: .min ... .max), radix: 16))
        defer { Self.endAll(markedBy: "\(mark.0)=\(mark.1)") }
        return try run(words, variables: variables.merging([mark]) { $1 }, grace: max(grace, .milliseconds(1))) {
            if let signal = interruption.signal() { return .interrupted(Interrupted(signal: signal)) }
            return ContinuousClock.now > last ? silence : nil
        } end: { process, isFirst in
            kill(-process.processIdentifier, isFirst && grace > .zero ? SIGTERM : SIGKILL)
        }
    }

    /// Kills the processes that have a variable in their environment, as far as the caller may look.
    private static func endAll(markedBy variable: String) {
        let files = SystemFiles()
        let mark = Array(variable.utf8)
        for name in (try? files.list("/proc")) ?? [] {
            guard let process = pid_t(name), process != getpid(), let bytes = try? files.read("/proc/\(name)/environ"),
                bytes.split(separator: 0).contains(where: { $0.elementsEqual(mark) })
            else { continue }
            kill(process, SIGKILL)
        }
    }

    /// Runs a program until it ends, until its standard error contains the text `marker`, which ends it at once, or until
    /// `reason` gives a reason to end it. `end` is then called, and called again if the program does not end in time.
    private func run(
        _ words: [String], variables: [String: String] = [:], input: FileHandle = .nullDevice, marker: [UInt8]? = nil,
        grace: Duration = grace, until reason: () -> ProcessError?,
        end: (_ process: Process, _ isFirst: Bool) -> Void
    ) throws(ProcessError) -> ProcessResult {
        guard let program = words.first, let path = located(program) else { throw .notFound(words.first ?? "") }
        if let reason = reason() { throw reason }
        if let reason = Self.shortage() { throw .notStarted(path, reason) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = Array(words.dropFirst())
        process.environment = ChildEnvironment.of(environment).merging(variables) { $1 }
        process.standardInput = input
        let (output, error) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = error
        do {
            try Self.withUsualSignals { try process.run() }
        } catch {
            throw .notStarted(path, SystemError(Self.code(of: error)))
        }
        let watch = ProcessWatch(process)
        var streams = [Stream(output), Stream(error)]
        var failure: ProcessError?
        var (deadline, isKilled) = (ContinuousClock.now, false)
        while true {
            if let ending = Self.gather(&streams, until: watch) {
                if let failure { throw failure }
                return ProcessResult(ending, output: streams[0].text, error: streams[1].text)
            }
            if let marker, streams[1].bytes.contains(marker) { kill(process.processIdentifier, SIGKILL) }
            if let known = failure {
                guard deadline < .now else { continue }
                if isKilled { throw known }
                end(process, false)
                (deadline, isKilled) = (.now + Self.lastGrace, true)
            } else if let found = reason() {
                failure = found
                end(process, true)
                deadline = .now + grace
            }
        }
    }

    /// How many file descriptors Foundation needs to start a program, and some more. Without them it crashes.
    private static let descriptors = 24

    /// The error if there are fewer free descriptors; nil if there are enough.
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

    /// The path of a program; nil if there is none that can be executed.
    private func located(_ program: String) -> String? {
        let isExecutable = { (path: String) in
            unsafe access(path, X_OK) == 0 && (try? SystemFiles().status(path))??.kind == .file
        }
        if program.contains("/") { return isExecutable(program) ? program : nil }
        // Relative directories are skipped: anybody could put a program there.
        let directories = (environment["PATH"] ?? Self.usualPath).split(separator: ":").filter { $0.hasPrefix("/") }
        return directories.lazy.map { Path.join(String($0), program) }.first(where: isExecutable)
    }

    private static let usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// Starts a child with the default signals. A child inherits the signal mask of the thread, and could not be ended if that
    /// blocks SIGTERM; it also inherits ignored signals, and would write to a closed pipe for ever if SIGPIPE is ignored. This
    /// process writes nothing meanwhile.
    private static func withUsualSignals(_ body: () throws -> Void) throws {
        try starts.withLock { _ in try withUsualSignalsOfProcess(body) }
    }

    /// Signal handlers belong to the whole process, so only one program is started at a time.
    private static let starts = Mutex(())

    private static func withUsualSignalsOfProcess(_ body: () throws -> Void) throws {
        // Not signal(3): Swift has no value for SIG_IGN in its type of functions, and may lose it.
        var usual = sigaction()
        let ignored = [SIGPIPE, SIGXFSZ].map { number in
            var before = sigaction()
            unsafe sigaction(number, &usual, &before)
            return (number, before)
        }
        defer {
            for (number, before) in ignored {
                var before = before
                unsafe sigaction(number, &before, nil)
            }
        }
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

    /// Waits up to 100 ms for bytes or the end, and reads what is there. Returns how the process ended, or nil.
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

    /// The output of a child. A daemon that it started may keep the pipe open, so its end is not awaited.
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

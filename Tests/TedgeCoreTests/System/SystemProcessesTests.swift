import Foundation
import TestSupport
import Testing

@testable import TedgeCore

@Suite struct SystemProcessesTests {
    let directory: TemporaryDirectory
    private let processes = SystemProcesses(environment: ProcessInfo.processInfo.environment)

    init() throws { directory = try TemporaryDirectory() }

    private func shell(_ script: String, _ interruption: Interruption = .never) throws -> ProcessResult {
        try processes.run(["sh", "-c", script, directory.path], interruption: interruption)
    }

    @Test("what a program prints, and its status, is known")
    func result() throws {
        let result = try shell("echo out; echo err >&2; exit 3")
        #expect(result == ProcessResult(.exited(3), output: "out\n", error: "err\n"))
        #expect(!result.succeeded)
        #expect(try shell("exit 0").succeeded)
    }

    @Test("a program reads what it is given, and more than a pipe holds")
    func input() throws {
        let bytes = [UInt8](repeating: 65, count: 200_000)
        let result = try processes.run(["wc", "-c"], input: bytes, until: "never", interruption: .never)
        #expect(result == ProcessResult(.exited(0), output: "200000\n"))
    }

    @Test("a program that prints the marker is killed at once")
    func marker() throws {
        let script = "echo starting >&2; echo up and running >&2; exec sleep 600"
        let result = try processes.run(["sh", "-c", script], input: [], until: "running\n", interruption: .never)
        #expect(result == ProcessResult(.signalled(SIGKILL), error: "starting\nup and running\n"))
    }

    private func report(_ script: String, within limit: Duration, grace: Duration = .seconds(5)) throws -> ProcessResult
    {
        try processes.report(
            ["sh", "-c", script, directory.path], with: ["A": "b"], within: limit, grace: grace, interruption: .never)
    }

    @Test("what a reporting program leaves running is ended, also in a session of its own")
    func leftovers() throws {
        let script = "sleep 600 & echo $! >$0/a; setsid sleep 600 & sleep 0.1; echo $! >$0/b; echo $A"
        #expect(try report(script, within: .seconds(20)).output == "b\n")
        for name in ["a", "b"] {
            let text = String(decoding: try SystemFiles().read(directory.file(name)), as: UTF8.self)
            let process = try #require(pid_t(text.split(separator: "\n").first ?? ""))
            #expect(eventually { kill(process, 0) != 0 || isZombie(process) }, "\(name)")
        }
    }

    private func isZombie(_ process: pid_t) -> Bool {
        let status = (try? SystemFiles().read("/proc/\(process)/status")) ?? []
        return String(decoding: status, as: UTF8.self).contains("State:\tZ")
    }

    @Test("a reporting program is told to end before it is killed")
    func toldToEnd() throws {
        let script = "trap 'echo ended >$0/x; exit' TERM; while :; do sleep 0.1; done"
        #expect(throws: ProcessError.unanswered(program: "sh", seconds: 1)) { try report(script, within: .seconds(1)) }
        #expect(try SystemFiles().read(directory.file("x")) == Array("ended\n".utf8))
        let deaf = "trap '' TERM; while :; do sleep 0.1; done"
        #expect(throws: ProcessError.self) { try report(deaf, within: .milliseconds(100), grace: .milliseconds(100)) }
    }

    @Test("a program that a signal ended is told apart")
    func signal() throws {
        #expect(try shell("kill -KILL $$").ending == .signalled(SIGKILL))
        #expect(try shell("exit 137").ending == .exited(137))
    }

    @Test("a program gets SIGPIPE, although this process ignores it")
    func brokenPipe() throws {
        let before = Foundation.signal(SIGPIPE, SIG_IGN)
        defer { Foundation.signal(SIGPIPE, before) }
        // The ignored signals are a set of bits, in hexadecimal; SIGPIPE is the bit 12, SIGXFSZ the bit 24.
        let ignored = "while read -r name value; do [ $name = SigIgn: ] && echo $((0x$value & 0x1001000)); done"
        #expect(try shell("\(ignored) </proc/self/status").output == "0\n")
    }

    @Test("after the start of a program this process ignores what it ignored before")
    func ignoredSignals() throws {
        var ignoring = sigaction()
        var before = sigaction()
        sigaction(SIGXFSZ, nil, &before)
        ignoring.__sigaction_handler.sa_handler = SIG_IGN
        defer { sigaction(SIGXFSZ, &before, nil) }
        // Another test may just be starting a program, and then restores what was before.
        let isRestored = try eventually {
            sigaction(SIGXFSZ, &ignoring, nil)
            guard try shell("exit 0").ending == .exited(0) else { return false }
            var current = sigaction()
            sigaction(SIGXFSZ, nil, &current)
            return unsafeBitCast(current.__sigaction_handler.sa_handler, to: Int.self) == 1
        }
        #expect(isRestored)
    }

    @Test("arguments are handed on as they are")
    func arguments() throws {
        let words = ["a b", "", "$HOME", "*", "é\n'\""]
        let result = try processes.run(["printf", "<%s>"] + words, interruption: .never)
        #expect(result.output == words.map { "<\($0)>" }.joined())
    }

    @Test("a missing program, or one that cannot be executed, is an error")
    func notFound() throws {
        #expect(throws: ProcessError.notFound("tedge-no-such-program")) {
            try processes.run(["tedge-no-such-program"], interruption: .never)
        }
        #expect(throws: ProcessError.notFound("/no/such/program")) {
            try processes.run(["/no/such/program"], interruption: .never)
        }
        #expect(throws: ProcessError.notFound("")) { try processes.run([], interruption: .never) }
        let text = try directory.write("text", to: "text", mode: 0o644)
        #expect(throws: ProcessError.notFound(text)) { try processes.run([text], interruption: .never) }
        #expect(throws: ProcessError.notFound(directory.path)) {
            try processes.run([directory.path], interruption: .never)
        }
    }

    @Test("a program that the system cannot start is an error with the reason")
    func notStarted() throws {
        let path = try directory.write("#!/no/such/interpreter\n", to: "broken", mode: 0o755)
        let error = try #require(throws: ProcessError.self) { try processes.run([path], interruption: .never) }
        guard case .notStarted(path, let reason) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(reason == SystemError(ENOENT))
    }

    @Test("programs are looked up on PATH, and only there")
    func path() throws {
        try directory.write("#!/bin/sh\necho mine\n", to: "mine", mode: 0o755)
        try directory.write("", to: "plain")
        let processes = SystemProcesses(environment: ["PATH": "/nowhere:\(directory.path)"])
        #expect(processes.isOnPath("mine"))
        #expect(!processes.isOnPath("plain"))
        #expect(!processes.isOnPath("sh"))
        #expect(try processes.run(["mine"], interruption: .never).output == "mine\n")
        #expect(SystemProcesses(environment: [:]).isOnPath("sh"))
    }

    @Test("a program has the environment without passwords, and no input")
    func environment() throws {
        var environment = ["PATH": "/usr/bin:/bin", "A": "1"]
        for name in ["C8Y_PASSWORD", "C8YPASS", "DEVICE_ONE_TIME_PASSWORD", "TEDGE_PROXY_PASSWORD"] {
            environment[name] = "secret"
        }
        let processes = SystemProcesses(environment: environment)
        let result = try processes.run(["sh", "-c", "cat; env"], interruption: .never)
        #expect(result.output.contains("A=1\n"))
        #expect(!result.output.contains("secret"))
    }

    @Test("the first 64 KiB of a flood are kept, and the program is not blocked")
    func flood() throws {
        let result = try shell("head -c 300000 /dev/zero | tr '\\0' x; head -c 300000 /dev/zero | tr '\\0' y >&2")
        #expect(result.ending == .exited(0))
        #expect(result.output == String(repeating: "x", count: 65_536))
        #expect(result.error == String(repeating: "y", count: 65_536))
    }

    @Test("a command does not wait for a daemon that a program leaves running")
    func daemon() throws {
        #expect(mkfifo(directory.file("pipe"), 0o600) == 0)
        let result = try shell("cat \"$0/pipe\" & echo $!")
        let daemon = try #require(pid_t(result.output.dropLast()))
        #expect(kill(daemon, 0) == 0)
        // Its end: the pipe that it reads is opened and closed.
        close(open(directory.file("pipe"), O_RDWR | O_CLOEXEC))
        kill(daemon, SIGKILL)
    }

    @Test("a signal ends the program that is waited for")
    func interruption() throws {
        let (started, pipe) = (directory.file("started"), directory.file("pipe"))
        #expect(mkfifo(pipe, 0o600) == 0)
        let interruption = Interruption { access(started, F_OK) == 0 ? SIGHUP : nil }
        // This thread's mask would be the program's, which could not be ended then.
        var (blocked, before) = (sigset_t(), sigset_t())
        sigemptyset(&blocked)
        sigaddset(&blocked, SIGTERM)
        pthread_sigmask(SIG_BLOCK, &blocked, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        #expect(throws: ProcessError.interrupted(Interrupted(signal: SIGHUP))) {
            try shell(
                "trap 'echo > \"$0/ended\"; exit' TERM; echo > \"$0/started\"; read x < \"$0/pipe\"", interruption)
        }
        #expect(access(directory.file("ended"), F_OK) == 0)
    }

    @Test("a program that does not answer is killed with the programs it started, even if it ignores signals")
    func unanswered() throws {
        let deaf =
            "trap '' TERM INT; echo $$ >\"$0/numbers\"; (trap '' TERM INT; while :; do sleep 0.1; done) & wait; wait"
        let words = ["sh", "-c", deaf, directory.path]
        #expect(throws: ProcessError.unanswered(program: "sh", seconds: 1)) {
            try processes.ask(words, within: .milliseconds(600), interruption: .never)
        }
        let group = try #require(pid_t(contents(of: directory.file("numbers")).dropLast()))
        #expect(eventually { kill(-group, 0) != 0 })
        let numbers = directory.file("numbers")
        unlink(numbers)
        #expect(throws: ProcessError.interrupted(Interrupted(signal: SIGINT))) {
            let interruption = Interruption { access(numbers, F_OK) == 0 ? SIGINT : nil }
            return try processes.ask(words, within: .seconds(3600), interruption: interruption)
        }
        #expect(try processes.ask(["printf", "yes"], within: .seconds(60), interruption: .never).output == "yes")
    }

    @Test("after a signal nothing is started")
    func notBegun() throws {
        let interruption = Interruption { SIGTERM }
        #expect(throws: ProcessError.interrupted(Interrupted(signal: SIGTERM))) {
            try shell("echo > \"$0/begun\"", interruption)
        }
        #expect(access(directory.file("begun"), F_OK) != 0)
    }
}

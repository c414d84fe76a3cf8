import Foundation
import TestSupport
import Testing

/// Output that cannot be written: a full disk, a limit of the size of files, and a standard output that is closed.
@Suite("lost output", .serialized) struct OutputTests {
    /// Runs `tedge` in a shell that does something to its streams.
    private func run(_ words: [String], _ streams: String, _ gateway: Gateway) throws -> Outcome {
        Outcome(
            try ChildProcess.run(
                "sh", ["-c", "exec \"$@\" \(streams)", "sh", releaseExecutable] + words,
                environment: gateway.environment))
    }

    private func ready() throws -> (StandInCloud, Gateway) {
        let (cloud, gateway) = (try StandInCloud(), try Gateway())
        try gateway.configure(for: cloud)
        try gateway.certify(for: cloud)
        try gateway.startLocalBroker()
        return (cloud, gateway)
    }

    static let readers = [
        "config list", "config list --doc", "config get mqtt.bind.port", "config get mqtt.bind.port --json",
        "config set mqtt.bind.port 1884 --json", "--help", "connect --help", "--version", "completions bash",
        "doctor --list", "doctor --only clock", "__complete", "config get c8y.url --json",
        "connect c8y --json", "disconnect c8y", "cert show --json", "mqtt sub # --json",
    ]

    @Test("on a full disk is an error of every command, with its reason", arguments: readers)
    func full(line: String) throws {
        let gateway = try Gateway()
        let outcome = try run(line.split(separator: " ").map(String.init), "</dev/null >/dev/full", gateway)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("Cannot write the standard output"), "\(outcome)")
        #expect(outcome.errors.contains("No space left on device (os error 28)"))
    }

    @Test("of wrong usage keeps its status, and is told")
    func usage() throws {
        let outcome = try run(["--json", "frob"], ">/dev/full", try Gateway())
        #expect(outcome.status == 2)
        #expect(outcome.errors.hasPrefix("error: unrecognized subcommand 'frob'"))
        #expect(outcome.errors.contains("Error: failed to print the output of `tedge`."))
    }

    @Test("to a stream that is closed, or open for reading only, is an error", arguments: [">&-", "1</dev/null"])
    func closed(streams: String) throws {
        let gateway = try Gateway()
        for words in [["config", "list"], ["--help"], ["config", "set", "mqtt.bind.port", "1884", "--json"]] {
            let before = try gateway.snapshot()
            let outcome = try run(words, streams, gateway)
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("1: Bad file descriptor (os error 9)"))
            #expect(try gateway.snapshot() == before)
        }
        // Where there is nothing to print nothing is lost.
        #expect(try run(["config", "set", "mqtt.bind.port", "1885"], streams, gateway) == Outcome(status: 0))
    }

    @Test("to a pipe that nobody reads is none")
    func pipe() throws {
        let gateway = try Gateway()
        let line = "{ \"$0\" config list --doc; echo $? >\"$1\"; } | head -n 1"
        let piped = try ChildProcess.run(
            "sh", ["-c", line, releaseExecutable, "\(gateway.directory)/status"], environment: gateway.environment)
        #expect(piped.errors == "" && piped.output.hasSuffix("\n"))
        #expect(contents(of: "\(gateway.directory)/status") == "0\n")
    }

    @Test("whether a renewal is due cannot be told where the answer cannot be written")
    func needsRenewal() throws {
        let gateway = try Gateway()
        try gateway.tedge("cert", "create", "--device-id", "gateway-1").expectSuccess()
        try gateway.tedge("config", "set", "certificate.validity.minimum_duration", "9999d").expectSuccess()
        #expect(try gateway.tedge("cert", "needs-renewal").status == 0)
        #expect(try run(["cert", "needs-renewal", "--json"], ">/dev/full", gateway).status == 2)
    }

    @Test(
        "stops connect before anything is changed, or has it undo what it has begun",
        arguments: [
            ">/dev/full", ">&-", "--json >&-",
            // A log that has room for the first three lines, of 40 bytes and more each.
            "--offline >>\"$LOG\"",
        ])
    func connect(streams: String) throws {
        let (cloud, gateway) = try ready()
        defer { withExtendedLifetime(cloud) {} }
        let log = "\(gateway.directory)/log"
        try write(String(repeating: ".", count: 64 * 512 - 160), to: log)
        let before = try gateway.snapshot()
        let line = "LOG=\"$0\"; ulimit -f 64; exec \"$@\" \(streams)"
        let outcome = Outcome(
            try ChildProcess.run(
                "sh", ["-c", line, log, releaseExecutable, "connect", "c8y"], environment: gateway.environment))
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("0: Cannot write the standard output"), "\(outcome)")
        #expect(outcome.errors.hasSuffix("\nEverything is as before.\n"))
        #expect(try gateway.snapshot() == before)
        #expect(eventually { gateway.isListening })
        #expect(try gateway.tedge("connect", "c8y").status == 0)
    }

    @Test("of a disconnect leaves the connection as it was")
    func disconnect() throws {
        let (cloud, gateway) = try ready()
        defer { withExtendedLifetime(cloud) {} }
        try gateway.tedge("connect", "c8y").expectSuccess()
        let before = try gateway.snapshot()
        let outcome = try run(["disconnect", "c8y"], ">/dev/full", gateway)
        #expect(outcome.status == 1 && outcome.errors.hasSuffix("\nEverything is as before.\n"))
        #expect(try gateway.snapshot() == before)
        #expect(try gateway.tedge("connect", "c8y", "--test").status == 0)
    }

    @Test("to a reader that takes nothing is waited for, until a signal comes", arguments: ["", "nonblocking"])
    func stalled(_ kind: String) throws {
        let gateway = try Gateway()
        // A pipe that is full, with both ends open.
        let script = """
            mkfifo "$1/pipe"; exec 3<>"$1/pipe"; head -c 65536 /dev/zero >&3
            if [ -n "$2" ]; then /usr/bin/python3 -c 'import os; os.set_blocking(3, False)'; fi
            exec "$0" config list >&3
            """
        let errors = "\(gateway.directory)/errors"
        let process = try ChildProcess(
            "sh", ["-c", script, releaseExecutable, gateway.directory, kind], environment: gateway.environment,
            errors: errors)
        // It has read the settings, and sleeps in a write, or waits until it can.
        #expect(
            eventually {
                catches(SIGTERM, process)
                    && contents(of: "/proc/\(process.pid)/status").contains("\nState:\tS")
            })
        process.send(SIGTERM)
        let exit = try process.waitForExit()
        #expect(exit == .status(1))
        #expect(contents(of: errors).contains("1: Interrupted system call (os error 4)"))
    }

    @Test("that is only the object at the end does not undo a connection, and says so")
    func object() throws {
        let (cloud, gateway) = try ready()
        defer { withExtendedLifetime(cloud) {} }
        let outcome = try run(["connect", "c8y", "--json"], ">/dev/full", gateway)
        #expect(outcome.status == 1)
        #expect(outcome.errors.hasSuffix("What the command did is done and stays.\n"))
        #expect(try gateway.tedge("connect", "c8y", "--test").status == 0)
    }
}

import Foundation
import TestSupport
import Testing

@Suite("how mqtt pub and sub end", .serialized) struct MessageEndingTests {
    @Test("a signal ends sub well, with all that came", arguments: [SIGINT, SIGTERM, SIGQUIT])
    func signals(signal: Int32) throws {
        let messenger = try Messenger()
        let listener = try messenger.listen("a")
        try messenger.publish("a", "1")
        try listener.wait("shown") { $0.output == "[a] 1\n" }
        listener.send(signal)
        #expect(try listener.outcome(within: .seconds(10)) == Outcome(status: 0, output: "[a] 1\n"))
        #expect(eventually { messenger.broker.log.contains("Client \(listener.id)") })
        #expect(eventually { messenger.broker.log.contains("Received DISCONNECT from \(listener.id)") })
    }

    @Test("a signal ends pub, which says how many were delivered")
    func interruptedPublisher() throws {
        let messenger = try Messenger()
        let files = try TemporaryDirectory()
        let listener = try messenger.listen("a")
        let process = try ChildProcess(
            releaseExecutable, ["mqtt", "pub", "a", "x", "--repeat", "1000", "--sleep", "1h"],
            environment: messenger.gateway.environment, output: files.file("out"), errors: files.file("err"))
        try listener.wait("the first is there") { $0.output == "[a] x\n" }
        process.send(SIGINT)
        #expect(try process.waitForExit(within: .seconds(10)) == .status(1))
        let errors = contents(of: files.file("err"))
        #expect(errors.contains("0: 1 of 1000 messages was delivered.\n    1: Interrupted by SIGINT\n"))
        #expect(contents(of: files.file("out")) == "")
    }

    @Test("a reader that goes away ends sub quietly, without another message")
    func readerGone() throws {
        let messenger = try Messenger()
        try messenger.publish("a", "kept", "-r")
        let line = "set -o pipefail; \"$0\" mqtt sub a | head -n 1"
        let outcome = Outcome(
            try ChildProcess.run(
                "bash", ["-c", line, releaseExecutable], environment: messenger.gateway.environment,
                within: .seconds(10)))
        #expect(outcome == Outcome(status: 0, output: "[a] kept\n"))
    }

    @Test("a reader that goes away in a stream of messages ends sub quietly, too")
    func readerGoneInStream() throws {
        let messenger = try Messenger()
        let line = """
            set -o pipefail
            "$0" mqtt sub a | head -n 3 & reader=$!
            while "$0" mqtt pub a x --repeat 100 --sleep 0s -q 0; do kill -0 $reader 2>/dev/null || break; done
            wait $reader
            """
        let outcome = Outcome(
            try ChildProcess.run(
                "bash", ["-c", line, releaseExecutable], environment: messenger.gateway.environment))
        #expect(outcome == Outcome(status: 0, output: "[a] x\n[a] x\n[a] x\n"))
    }

    @Test("a reader that holds still does not keep sub from ending")
    func stillReader() throws {
        let messenger = try Messenger()
        let files = try TemporaryDirectory()
        #expect(mkfifo(files.file("pipe"), 0o600) == 0)
        let reader = open(files.file("pipe"), O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        defer { close(reader) }
        let listener = try messenger.listen("a", "-q", "1", output: files.file("pipe"))
        // More than the pipe holds.
        try messenger.publish("a", String(repeating: "x", count: 60_000), "--repeat", "5", "--sleep", "50ms")
        listener.send(SIGTERM)
        #expect(try listener.outcome(within: .seconds(10)) == Outcome(status: 0))
    }

    @Test("an output that is full is an error")
    func fullOutput() throws {
        let messenger = try Messenger()
        try messenger.publish("a", "kept", "-r")
        let outcome = Outcome(
            try ChildProcess.run(
                "sh", ["-c", "\"$0\" mqtt sub a >/dev/full", releaseExecutable],
                environment: messenger.gateway.environment))
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("Cannot write the standard output\n    1: No space left on device"))
    }

    @Test("streams that are closed are /dev/null, so that the connection is none of them")
    func closedStreams() throws {
        let messenger = try Messenger()
        let process = try ChildProcess(
            "sh", ["-c", "exec \"$0\" mqtt sub a -C 1 <&- >&-", releaseExecutable],
            environment: messenger.gateway.environment)
        #expect(eventually { messenger.broker.log.contains("Sending SUBACK to tedge-sub-\(process.pid)-") })
        for stream in 0...1 {
            let path = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process.pid)/fd/\(stream)")
            #expect(path == "/dev/null")
        }
        try messenger.publish("a", "x")
        // What it would show is lost.
        #expect(try process.waitForExit() == .status(1))
    }

    @Test("on a terminal nothing that was published is a command to it, and Ctrl-C ends sub")
    func terminal() throws {
        let messenger = try Messenger()
        let session = try TerminalSession(
            [releaseExecutable, "mqtt", "sub", "#"], environment: messenger.gateway.environment)
        #expect(eventually { messenger.broker.log.contains("Sending SUBACK to tedge-sub-") })
        try messenger.publish("a", "\u{1B}]0;title\u{7}\tü")
        try session.wait(for: "[a] \\u{1b}]0;title\\u{7}")
        session.type("\u{3}")
        #expect(try session.status() == 0)
        #expect(!session.text.contains("\u{1B}") && session.text.contains("ü"))
    }
}

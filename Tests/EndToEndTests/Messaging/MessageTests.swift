import Glibc
import TestSupport
import Testing

@Suite("mqtt pub and sub", .serialized) struct MessageTests {
    @Test("a message goes there and back at each QoS, and mosquitto's clients see it", arguments: ["0", "1", "2"])
    func roundTrip(qos: String) throws {
        let messenger = try Messenger()
        let listener = try messenger.listen("a/+", "-q", qos, "-C", "2")
        try messenger.publish("a/b", "hällo", "--qos", qos)
        let theirs = try ChildProcess.run(
            "mosquitto_pub", ["-p", "\(messenger.broker.port)", "-t", "a/c", "-q", qos, "-m", "theirs"])
        #expect(theirs.exit == .status(0))
        #expect(try listener.outcome() == Outcome(status: 0, output: "[a/b] hällo\n[a/c] theirs\n"))
        #expect(messenger.broker.log.contains("PUBLISH from tedge-pub-"))
        #expect(messenger.broker.log.contains("(d0, q\(qos), r0, "))
    }

    @Test("a message is seen at once")
    func atOnce() throws {
        let messenger = try Messenger()
        let listener = try messenger.listen("a", "--no-topic")
        for text in ["1", "2", "-3"] {
            try messenger.publish("a", "--", text)
            try listener.wait("shown") { $0.output.hasSuffix("\(text)\n") }
        }
        listener.send(SIGINT)
        #expect(try listener.outcome() == Outcome(status: 0, output: "1\n2\n-3\n"))
    }

    @Test("the broker keeps a message with --retain, and --retained-only ends behind those that it keeps")
    func retained() throws {
        let messenger = try Messenger()
        try messenger.publish("r/1", "one", "--retain")
        try messenger.publish("r/2", "two", "-r", "-q", "2")
        try messenger.publish("r/3", "gone")
        let listener = try messenger.listen("r/#", "--retained-only")
        try listener.wait("both shown") { $0.output.split(separator: "\n").count == 2 }
        try messenger.publish("r/4", "live")
        let outcome = try listener.outcome()
        #expect(outcome.status == 0 && outcome.errors == "")
        #expect(outcome.output.split(separator: "\n").sorted() == ["[r/1] one", "[r/2] two"])
        try messenger.publish("r/1", "", "--retain")
        #expect(try messenger.gateway.tedge("mqtt", "sub", "r/1", "-W", "300ms") == Outcome(status: 0))
    }

    @Test("bytes that are no text arrive as they are")
    func binary() throws {
        let messenger = try Messenger()
        let plain = try messenger.listen("b", "-C", "3")
        let encoded = try messenger.listen("b", "-C", "3", "--base64")
        let text = try messenger.listen("b", "-C", "3", "--no-topic")
        try messenger.publish("b", "--base64", "AP/+")
        try messenger.publish("b", "--base64", "G1syGg==")
        try messenger.publish("b", "")
        #expect(
            try plain.outcome() == Outcome(status: 0, output: "[b] <ERR=NON-UTF8> AP/+\n[b] \u{1B}[2\u{1A}\n[b] \n"))
        #expect(try encoded.outcome() == Outcome(status: 0, output: "[b] AP/+\n[b] G1syGg==\n[b] \n"))
        #expect(try text.outcome() == Outcome(status: 0, output: "<ERR=NON-UTF8> AP/+\n\u{1B}[2\u{1A}\n\n"))
    }

    @Test("a payload of 100 KiB arrives whole")
    func large() throws {
        let messenger = try Messenger()
        let text = String(repeating: "0123456789abcdef", count: 6_400)
        let listener = try messenger.listen("l", "-C", "3", "--no-topic", "-q", "1")
        try messenger.publish("l", text, "--repeat", "3", "--sleep", "0")
        #expect(try listener.outcome() == Outcome(status: 0, output: "\(text)\n\(text)\n\(text)\n"))
    }

    @Test("it ends after its duration, with what came")
    func duration() throws {
        let messenger = try Messenger()
        try messenger.publish("d", "kept", "-r")
        let begin = ContinuousClock.now
        let outcome = try messenger.gateway.tedge("mqtt", "sub", "d", "--duration", "500ms")
        #expect(outcome == Outcome(status: 0, output: "[d] kept\n"))
        #expect(begin.duration(to: .now) >= .milliseconds(500))
    }

    @Test("small messages at QoS 0 do not wait for one another's acknowledgement")
    func prompt() throws {
        let messenger = try Messenger()
        let listener = try messenger.listen("p", "-C", "500")
        let begin = ContinuousClock.now
        try messenger.publish("p", "x", "-q", "0", "--repeat", "500", "--sleep", "1ms")
        let outcome = try listener.outcome()
        #expect(outcome.status == 0 && outcome.output.utf8.count == 500 * "[p] x\n".utf8.count)
        // With 40 ms each these are 20 seconds.
        #expect(begin.duration(to: .now) < .seconds(12))
    }

    @Test("with --json stdout is one object with all messages, at the end")
    func json() throws {
        let messenger = try Messenger()
        let listener = try messenger.listen("j", "--json", "-C", "2", "-q", "1")
        let outcome = try messenger.gateway.tedge("mqtt", "pub", "j", "\"\u{1B}", "--json")
        #expect(
            outcome.status == 0
                && outcome.output.hasSuffix("\"topic\":\"j\",\"qos\":1,\"retained\":false,\"delivered\":1}\n"))
        #expect(listener.output == "")
        try messenger.publish("j", "--base64", "/w==")
        let received = try listener.outcome()
        #expect(received.status == 0 && received.errors == "")
        #expect(
            received.output.hasSuffix(
                "\"ended\":\"count\",\"topic\":\"j\",\"qos\":1,\"count\":2,\"messages\":["
                    + "{\"topic\":\"j\",\"payload\":\"\\\"\\u001b\",\"encoding\":\"utf-8\",\"qos\":1,\"retained\":false},"
                    + "{\"topic\":\"j\",\"payload\":\"/w==\",\"encoding\":\"base64\",\"qos\":1,\"retained\":false}]}\n")
        )
    }

    @Test("--debug says what is sent and received, but not what is in it")
    func debug() throws {
        let messenger = try Messenger()
        let listener = try messenger.listen("s", "-C", "1", "--debug")
        let outcome = try messenger.gateway.tedge("mqtt", "pub", "s", "confidential", "--debug")
        #expect(outcome.status == 0 && outcome.output == "")
        #expect(outcome.errors.contains("debug: publish 12 bytes to s: "))
        #expect(!outcome.errors.contains("confidential"))
        let received = try listener.outcome()
        #expect(received.output == "[s] confidential\n")
        #expect(received.errors.contains("debug: message of 12 bytes from s\n"))
        #expect(!received.errors.contains("confidential"))
    }

    @Test(
        "what cannot be meant is wrong usage, and the broker sees nothing of it",
        arguments: [
            "pub a/# x", "pub + x", "pub a", "pub a x -q 3", "pub a x --qos=-1", "pub a x --base64",
            "pub a x --repeat 0",
            "pub a x --repeat x", "pub a x --sleep soon", "pub a -x", "sub a/#/b", "sub a+", "sub", "sub a -q x",
            "sub a -C=-1", "sub a -C 1.5", "sub a -W 0", "sub a -W 5q", "sub a b",
        ])
    func wrongUsage(line: String) throws {
        let outcome = try Gateway().run(["mqtt"] + line.split(separator: " ").map(String.init))
        #expect(outcome.status == 2 && outcome.output == "" && outcome.errors.hasPrefix("error: "))
    }

    @Test("a message that is not UTF-8 on the command line is not published changed")
    func brokenText() throws {
        let messenger = try Messenger()
        let line = "\"$0\" mqtt pub a \"$(printf 'a\\377')\""
        let outcome = Outcome(
            try ChildProcess.run(
                "sh", ["-c", line, releaseExecutable], environment: messenger.gateway.environment))
        #expect(outcome.status == 2 && outcome.errors.contains("not UTF-8; give the bytes in base64, with --base64"))
        #expect(!messenger.broker.log.contains("PUBLISH"))
    }
}

import Glibc
import TestSupport
import Testing

@Suite("mqtt pub and sub and a broker that fails", .serialized) struct MessageFailureTests {
    @Test(
        "without a broker both fail when the time is over, with cause and hint",
        arguments: [["pub", "a", "x"], ["sub", "a"]])
    func noBroker(words: [String]) throws {
        let gateway = try Gateway()
        let begin = ContinuousClock.now
        let outcome = try gateway.run(["mqtt"] + words + ["--connection-timeout", "1s"])
        #expect(begin.duration(to: .now) >= .seconds(1))
        #expect(outcome.status == 1 && outcome.output == "")
        let title =
            words[0] == "pub"
            ? "failed to publish the message \"x\" on the topic \"a\" with QoS \"AtLeastOnce\"."
            : "failed to subscribe the topic \"a\" with QoS \"AtMostOnce\"."
        #expect(
            outcome.errors == """
                Error: \(title)

                Caused by:
                    Cannot connect to the MQTT broker at 127.0.0.1:\(gateway.port): Connection refused (os error 111). \
                Is it running? See: systemctl status mosquitto

                Hint: Check 'mqtt.client.host' and 'mqtt.client.port' with 'tedge config list mqtt.client', and the \
                broker with 'tedge doctor'.

                """)
    }

    @Test("a subscriber outlives its broker, says so, and sees what comes afterwards")
    func restart() throws {
        let messenger = try Messenger()
        let port = messenger.broker.port
        let listener = try messenger.listen("a", "-q", "1")
        try messenger.publish("a", "1")
        try listener.wait("shown") { $0.output == "[a] 1\n" }
        messenger.broker.kill()
        try listener.wait("warned") { $0.errors.hasPrefix("Warning: The ") }
        let second = try MosquittoBroker(port: port)
        try listener.wait("subscribed again") { $0.errors.contains("Connected to the MQTT broker again.\n") }
        try messenger.publish("a", "2")
        try listener.wait("shown") { $0.output == "[a] 1\n[a] 2\n" }
        listener.send(SIGTERM)
        let outcome = try listener.outcome()
        #expect(outcome.status == 0 && outcome.output == "[a] 1\n[a] 2\n")
        #expect(outcome.errors.split(separator: "\n").count == 2)
        #expect(second.log.contains("Received SUBSCRIBE from \(listener.id)"))
    }

    @Test(
        "a broker that stays away keeps sub neither from a signal nor from the end of its duration",
        arguments: [true, false])
    func staysAway(bySignal: Bool) throws {
        let messenger = try Messenger()
        let listener = try bySignal ? messenger.listen("a") : messenger.listen("a", "-W", "3s")
        try messenger.broker.stop()
        try listener.wait("warned") { $0.errors.hasPrefix("Warning: The ") }
        if bySignal { listener.send(SIGINT) }
        let outcome = try listener.outcome()
        #expect(outcome.status == 0 && outcome.output == "")
        #expect(outcome.errors.split(separator: "\n").count == 1)
    }

    @Test("a broker that goes away while pub repeats is a failure that tells how many were delivered")
    func lostWhilePublishing() throws {
        let messenger = try Messenger()
        let files = try TemporaryDirectory()
        let listener = try messenger.listen("a", "-C", "3")
        let process = try ChildProcess(
            releaseExecutable, ["mqtt", "pub", "a", "x", "--repeat", "4", "--sleep", "1h"].map { $0 },
            environment: messenger.gateway.environment, output: files.file("out"), errors: files.file("err"))
        try listener.wait("the first is there") { $0.output == "[a] x\n" }
        messenger.broker.kill()
        #expect(try process.waitForExit(within: .seconds(10)) == .status(1))
        let errors = contents(of: files.file("err"))
        #expect(errors.contains("    0: 1 of 4 messages was delivered.\n    1: The "))
        #expect(errors.contains("\nHint: Run 'sudo tedge doctor' to see how the broker is.\n"))
        listener.send(SIGTERM)
        #expect(try listener.outcome().status == 0)
    }

    @Test("QoS 2 works with a broker that takes one message at a time")
    func oneInFlight() throws {
        let messenger = try Messenger(general: ["max_inflight_messages 1", "max_queued_messages 0"])
        let listener = try messenger.listen("a", "-q", "2", "-C", "200", "--no-topic")
        try messenger.publish("a", "x", "-q", "2", "--repeat", "200", "--sleep", "0")
        #expect(try listener.outcome() == Outcome(status: 0, output: String(repeating: "x\n", count: 200)))
    }
}

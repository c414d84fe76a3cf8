import TestSupport
import Testing

@Suite("100,000 messages at QoS 1", .serialized) struct ManyMessagesTests {
    private static let count = 100_000
    private static let general = ["max_queued_messages 0", "max_inflight_messages 1000"]

    @Test("are all shown by sub, in order and once")
    func received() throws {
        let messenger = try Messenger(general: Self.general)
        let files = try TemporaryDirectory()
        let listener = try messenger.listen("many", "-q", "1", "-C", "\(Self.count)", "--no-topic")
        let line = { (number: Int) in "\(number) \(String(repeating: "x", count: 93))\n" }
        // mosquitto_pub numbers messages in 16 bits.
        for half in [1...(Self.count / 2), (Self.count / 2 + 1)...Self.count] {
            let input = try files.write(half.map(line).joined(), to: "lines")
            let sender = try ChildProcess(
                "mosquitto_pub", ["-p", "\(messenger.broker.port)", "-t", "many", "-q", "1", "-l"], input: input)
            #expect(try sender.waitForExit(within: .seconds(120)) == .status(0))
        }
        let outcome = try listener.outcome(within: .seconds(120))
        #expect(outcome.status == 0 && outcome.errors == "")
        // Not in one expectation, which would print both.
        let isComplete = outcome.output == (1...Self.count).map(line).joined()
        #expect(isComplete)
    }

    @Test("are all delivered by pub")
    func published() throws {
        let messenger = try Messenger(general: Self.general)
        let files = try TemporaryDirectory()
        let text = String(repeating: "x", count: 100)
        let receiver = try ChildProcess(
            "mosquitto_sub",
            ["-p", "\(messenger.broker.port)", "-t", "many", "-q", "1", "-C", "\(Self.count)", "-i", "r"],
            output: files.file("out"))
        #expect(eventually { messenger.broker.log.contains("Sending SUBACK to r") })
        let finished = try ChildProcess.run(
            releaseExecutable, ["mqtt", "pub", "many", text, "--repeat", "\(Self.count)", "--sleep", "0s", "--json"],
            environment: messenger.gateway.environment, within: .seconds(120))
        #expect(finished.exit == .status(0) && finished.output.hasSuffix("\"delivered\":\(Self.count)}\n"))
        #expect(try receiver.waitForExit(within: .seconds(120)) == .status(0))
        let isComplete = contents(of: files.file("out")) == String(repeating: "\(text)\n", count: Self.count)
        #expect(isComplete)
    }
}

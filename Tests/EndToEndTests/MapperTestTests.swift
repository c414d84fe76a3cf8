import TestSupport
import Testing

/// `connect NAME --test` with a real broker, and waiting for a broker that is not there.
@Suite("mappers of other names") struct MapperTestTests {
    private static let topic = "te/device/main/service/tedge-mapper-custom/status/health"

    @Test("the health topic of a mapper decides")
    func health() throws {
        let gateway = try Gateway()
        try gateway.startLocalBroker()
        try gateway.tedge("config", "set", "mqtt.client.port", String(gateway.port)).expectSuccess()
        let silent = try gateway.tedge("connect", "custom", "--test", "--timeout", "1")
        #expect(
            silent.status == 1 && silent.errors.contains("tedge-mapper-custom did not report as up within 1 seconds."))
        try gateway.tedge("mqtt", "pub", "-r", Self.topic, #"{"pid":1,"status":"down"}"#).expectSuccess()
        let down = try gateway.tedge("connect", "custom", "--test", "--timeout", "1", "--json")
        #expect(down.status == 1 && down.output.contains(#""reason":"mapper-failed","retry":true"#), "\(down)")
        // One that comes up while the command waits.
        let waiting = try ChildProcess(
            releaseExecutable, ["connect", "custom", "--test", "--wait", "60s"], environment: gateway.environment,
            output: "\(gateway.directory)/o", errors: "\(gateway.directory)/e")
        try gateway.tedge("mqtt", "pub", "-r", Self.topic, #"{"pid":1,"status":"up"}"#).expectSuccess()
        #expect(try waiting.waitForExit(within: .seconds(20)) == .status(0))
        #expect(contents(of: "\(gateway.directory)/o").hasSuffix("Connection check to custom is successful.\n"))
    }

    @Test("a name that is no cloud is refused for everything but the test")
    func refused() throws {
        let gateway = try Gateway()
        for words in [["custom"], ["custom", "--offline"], ["custom", "--if-needed"], ["custom", "--wait", "5s"]] {
            let outcome = try gateway.run(["connect"] + words)
            #expect(outcome.status == 2 && outcome.output == "")
            #expect(outcome.errors.contains("'tedge connect custom --test'"), "\(outcome)")
        }
        #expect(try gateway.tedge("connect", "c8", "--offline").errors.contains("'c8y'"))
    }

    @Test("mqtt waits for a broker that is not there yet, if that is asked for")
    func patience() throws {
        let gateway = try Gateway()
        try gateway.tedge("config", "set", "mqtt.client.port", String(gateway.port)).expectSuccess()
        let late = try gateway.tedge("mqtt", "pub", "a", "b", "--connection-timeout", "300ms")
        #expect(late.status == 1 && late.errors.contains("Connection refused"), "\(late)")
        let process = try ChildProcess(
            releaseExecutable, ["mqtt", "pub", "a", "b", "--connection-timeout", "0"], environment: gateway.environment,
            output: "\(gateway.directory)/o", errors: "\(gateway.directory)/e")
        #expect(
            eventually {
                contents(of: "\(gateway.directory)/e").contains("Waiting for the MQTT broker until it accepts")
            })
        #expect(process.ended() == nil)
        try gateway.startLocalBroker()
        #expect(try process.waitForExit(within: .seconds(20)) == .status(0))
        let subscriber = try gateway.tedge("mqtt", "sub", "a", "--connection-timeout", "10s", "-W", "100ms")
        #expect(subscriber.status == 0)
    }
}

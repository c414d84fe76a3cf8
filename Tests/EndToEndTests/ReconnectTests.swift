import Glibc
import TestSupport
import Testing

/// Connections that are renewed: `reconnect` and `refresh-bridges`.
@Suite("reconnect and refresh-bridges") struct ReconnectTests {
    /// A gateway that is connected, with its cloud.
    private struct Connected {
        let cloud: StandInCloud
        let gateway: Gateway

        init() throws {
            (cloud, gateway) = (try StandInCloud(), try Gateway())
            try gateway.configure(for: cloud)
            try gateway.certify(for: cloud)
            try gateway.tedge("connect", "c8y").expectSuccess()
        }
    }

    @Test("a connected device is disconnected and connected, and the cloud answers")
    func reconnect() throws {
        let device = try Connected()
        let before = try device.gateway.snapshot()
        let outcome = try device.gateway.tedge("reconnect", "c8y")
        let lines = try page("disconnect").output + "\n" + page("connect").output
        #expect(outcome == Outcome(status: 0, output: lines))
        #expect(try device.gateway.snapshot() == before)
        #expect(try device.gateway.tedge("connect", "c8y", "--test").status == 0)
    }

    @Test("a new port or address of the local broker is taken", arguments: ["reconnect", "disconnect", "bootstrap"])
    func newPort(command: String) throws {
        let device = try Connected()
        let gateway = device.gateway
        let port = try freePort()
        try gateway.tedge("config", "set", "mqtt.bind.port", String(port)).expectSuccess()
        try gateway.tedge("config", "set", "mqtt.bind.address", "127.0.0.2").expectSuccess()
        try gateway.tedge("config", "set", "mqtt.client.host", "127.0.0.2").expectSuccess()
        let plan = try gateway.tedge(command, "c8y", "--dry-run")
        #expect(plan.status == 0, "\(plan)")
        let outcome = try gateway.tedge(command, "c8y")
        #expect(outcome.status == 0, "\(outcome)")
        if command == "disconnect" { try gateway.tedge("connect", "c8y").expectSuccess() }
        #expect(gateway.text("mosquitto-conf/tedge-mosquitto.conf")?.contains("\nlistener \(port) 127.0.0.2\n") == true)
        #expect(try gateway.tedge("connect", "c8y", "--test").status == 0)
        #expect(!gateway.isListening)
    }

    @Test("a reconnection whose mosquitto does not come up leaves the connection that there was")
    func failure() throws {
        let device = try Connected()
        // The port of the local broker is taken by somebody else as soon as mosquitto is told to change it.
        let holder = try listeningSocket(backlog: 1)
        defer { close(holder) }
        try device.gateway.tedge("config", "set", "mqtt.bind.port", String(port(of: holder))).expectSuccess()
        let before = try device.gateway.snapshot()
        let outcome = try device.gateway.tedge("reconnect", "c8y")
        #expect(outcome.status == 1)
        #expect(outcome.errors.hasPrefix("Error: failed to reconnect Cumulocity cloud.\n"))
        let after = try device.gateway.snapshot().split(separator: "\n").filter { !$0.contains(".rejected") }
        #expect(after == before.split(separator: "\n"))
        #expect(eventually { device.gateway.isListening })
    }

    @Test("a bridge file of older settings is written anew, and mosquitto restarted for it, once")
    func refresh() throws {
        let device = try Connected()
        let gateway = device.gateway
        #expect(
            try gateway.tedge("refresh-bridges")
                == Outcome(status: 0, output: "All bridges match the settings.\n"))
        try gateway.tedge("config", "set", "c8y.bridge.keepalive_interval", "42s").expectSuccess()
        let restarts = gateway.calls.count { $0 == "restart mosquitto" }
        let outcome = try gateway.tedge("refresh-bridges")
        #expect(outcome.status == 0 && outcome.errors == "")
        #expect(outcome.output.hasPrefix("Refreshing bridge Cumulocity.\n\nRestarting mosquitto service.\n\n"))
        #expect(gateway.text("mosquitto-conf/c8y-bridge.conf")?.contains("\nkeepalive_interval 42\n") == true)
        #expect(gateway.calls.count { $0 == "restart mosquitto" } == restarts + 1)
        #expect(eventually { (try? gateway.tedge("connect", "c8y", "--test").status) == 0 })
    }

    @Test("without a bridge there is nothing to refresh, and nothing is written")
    func nothing() throws {
        let gateway = try Gateway()
        let before = try gateway.snapshot()
        #expect(try gateway.tedge("refresh-bridges") == Outcome(status: 0, output: "No bridges to refresh.\n"))
        #expect(try gateway.snapshot() == before)
        #expect(gateway.calls == [])
    }
}

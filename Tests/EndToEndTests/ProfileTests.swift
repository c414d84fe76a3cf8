import Testing
import TestSupport

/// Two profiles of one cloud: two tenants, two certificates, two bridges.
@Suite("profiles", .serialized) struct ProfileTests {
    /// A gateway with a default profile and one named `edge`, each with its tenant.
    private struct Ready {
        let (cloud, other): (StandInCloud, StandInCloud)
        let gateway: Gateway

        init() throws {
            (cloud, other, gateway) = (try StandInCloud(), try StandInCloud(), try Gateway())
            try gateway.configure(for: cloud)
            try gateway.certify(for: cloud)
            for (key, value) in [
                ("c8y.url", "localhost"), ("c8y.http", "localhost:\(other.httpsPort)"),
                ("c8y.mqtt", "localhost:\(other.mqttPort)"), ("c8y.root_cert_path", other.rootCertificate),
                ("c8y.bridge.topic_prefix", "c8y-edge"), ("c8y.proxy.bind.port", "8002"),
                ("c8y.device.cert_path", gateway.path("device-certs/edge.pem")),
                ("c8y.device.key_path", gateway.path("device-certs/edge.key")),
            ] {
                try gateway.tedge("config", "set", key, value, "--profile", "edge").expectSuccess()
            }
            try gateway.tedge("cert", "create", "c8y", "--profile", "edge", "--device-id", "edge-1").expectSuccess()
            try other.command("trust", gateway.path("device-certs/edge.pem"))
        }

        func test(_ words: String...) throws -> Int32 { try gateway.run(["connect", "c8y", "--test"] + words).status }
    }

    @Test("both are connected side by side; disconnecting one leaves the other")
    func sideBySide() throws {
        let ready = try Ready()
        let gateway = ready.gateway
        #expect(try gateway.tedge("config", "get", "c8y.profiles.edge.bridge.topic_prefix").output == "c8y-edge\n")
        try gateway.tedge("connect", "c8y").expectSuccess()
        #expect(
            try gateway.tedge("connect", "c8y", "--profile", "edge") == Outcome(status: 0, try page("connect")))
        let bridge = try #require(gateway.text("mosquitto-conf/c8y@edge-bridge.conf"))
        #expect(bridge.contains("\nconnection edge_to_c8y@edge\n"))
        #expect(bridge.contains("\nremote_clientid edge-1\nlocal_clientid Cumulocity@edge\n"))
        #expect(bridge.contains("\ntopic s/us/# out 1 c8y-edge/ "))
        #expect(try ready.test() == 0)
        #expect(try ready.test("--profile", "edge") == 0)
        #expect(gateway.running == ["mosquitto", "tedge-mapper-c8y", "tedge-mapper-c8y@edge"])
        #expect(try ready.other.show().contains(#""id": "edge-1""#))
        #expect(!(try ready.cloud.show().contains(#""id": "edge-1""#)))
        try gateway.tedge("doctor", "c8y", "--profile", "edge").expectSuccess()

        let again = try gateway.tedge("connect", "c8y", "--profile", "edge")
        #expect(again.errors.contains("use 'tedge disconnect c8y --profile edge' and try again."))
        #expect(
            try gateway.tedge("disconnect", "c8y", "--profile", "edge") == Outcome(status: 0, try page("disconnect")))
        #expect(gateway.running == ["mosquitto", "tedge-mapper-c8y"])
        #expect(try ready.test() == 0)
        #expect(try ready.test("--profile", "edge") == 1)

        try gateway.tedge("connect", "c8y", "--profile", "edge").expectSuccess()
        try gateway.tedge("disconnect", "c8y").expectSuccess()
        #expect(gateway.running == ["mosquitto", "tedge-mapper-c8y@edge"])
        #expect(try ready.test("--profile", "edge") == 0)
        let variable = ["TEDGE_CLOUD_PROFILE": "edge"]
        try gateway.tedge("disconnect", "c8y", environment: variable).expectSuccess()
        #expect(gateway.running == ["mosquitto"])
    }

    @Test("a profile that nobody has configured is told, with the command that makes it")
    func unknownProfile() throws {
        let ready = try Ready()
        let outcome = try ready.gateway.tedge("connect", "c8y", "--profile", "nope")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("Unknown profile `nope`"))
        #expect(outcome.errors.contains("'tedge config set c8y.url <value> --profile nope'"))
        #expect(try ready.gateway.tedge("disconnect", "c8y", "--profile", "nope").status == 0)
    }
}

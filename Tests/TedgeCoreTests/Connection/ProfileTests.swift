import TestSupport
import Testing

@testable import TedgeCore

/// A profile has its own file, connection, mapper and messages.
@Suite struct ProfileTests {
    private let edge: ProfileName
    static let bridge = "tedge/mosquitto-conf/c8y@edge-bridge.conf"

    init() throws { edge = try ProfileName(parsing: "edge") }

    /// A device that is connected by its default profile, and has another one.
    private func fixture() throws -> Fixture {
        let fixture = try Fixture.ready(
            """
            c8y.profiles.edge.url = 'edge.example.com'
            c8y.profiles.edge.bridge.topic_prefix = 'c8y-edge'
            c8y.profiles.edge.proxy.bind.port = 8002
            c8y.profiles.edge.root_cert_path = '/'
            """)
        try fixture.write("# bridge\n", to: Fixture.bridge)
        fixture.broker.retain("te/device/main/service/mosquitto-c8y-edge-bridge/status/health", "1")
        fixture.broker.onMessage { topic, _ in
            topic == "c8y-edge/s/us" ? [message("c8y-edge/s/e", "41,100,Device already existing")] : []
        }
        return fixture
    }

    @Test("a profile is connected beside the default one, with its own names")
    func connect() throws {
        let fixture = try fixture()
        #expect(Connector(.c8y, profile: edge, options: .init(), in: fixture.context).run().status == 0)
        #expect(fixture.output == (try page("connect").output))
        let text = try #require(try fixture.text(Self.bridge))
        #expect(text.contains("\nconnection edge_to_c8y@edge\naddress edge.example.com:8883\n"))
        #expect(text.contains("\nlocal_clientid Cumulocity@edge\n"))
        #expect(try fixture.text(Fixture.bridge) == "# bridge\n")
        #expect(fixture.programs.changes.contains("systemctl start tedge-mapper-c8y@edge"))
        #expect(fixture.programs.changes.contains("systemctl --no-reload enable tedge-mapper-c8y@edge"))
    }

    @Test("messages name the profile in each command")
    func words() throws {
        let fixture = try fixture()
        try fixture.write("# bridge\n", to: Self.bridge)
        _ = Connector(.c8y, profile: edge, options: .init(), in: fixture.context).run()
        #expect(fixture.errors.contains("use 'tedge disconnect c8y --profile edge' and try again."))
        fixture.broker.onMessage { _, _ in [] }
        #expect(ConnectionTest(.c8y, profile: edge, timeout: 2, in: fixture.context).run().reason == "cloud-silent")
        #expect(
            fixture.errors.contains("Hint: Run 'tedge connect c8y --profile edge --test' to try again in a minute.\n"))
        #expect(fixture.errors.contains("More: Run 'tedge doctor c8y --profile edge' to check everything else.\n"))
        try fixture.files.remove(fixture.directory.file(Self.bridge))
        #expect(ConnectionTest(.c8y, profile: edge, timeout: 2, in: fixture.context).run().reason == "not-connected")
        #expect(fixture.errors.contains("Hint: Run 'sudo tedge connect c8y --profile edge' to connect it.\n"))
        let doctorRun = DoctorRun(.c8y, profile: edge, until: .now + .seconds(5), in: fixture.context)
        #expect(doctorRun.disconnectCommand == "sudo tedge disconnect c8y --profile edge")
        #expect(doctorRun.connectCommand == "sudo tedge connect c8y --profile edge")
        #expect(doctorRun.reconnectCommand == "sudo tedge reconnect c8y --profile edge")
        let other = DoctorRun(
            .c8y, profile: try ProfileName(parsing: "connect1"), until: .now + .seconds(5), in: fixture.context)
        #expect(other.reconnectCommand == "sudo tedge reconnect c8y --profile connect1")
    }

    @Test("TEDGE_CLOUD_PROFILE names the profile that is disconnected and examined")
    func variable() throws {
        var fixture = try fixture()
        try fixture.write("# profile\n", to: Self.bridge)
        fixture.environment["TEDGE_CLOUD_PROFILE"] = "edge"
        var options = Doctor.Options()
        options.only = ["bridge-file"]
        _ = Doctor(.c8y, profile: nil, options: options, in: fixture.context).run()
        #expect(fixture.output.contains("ok       bridge-file: WORLD/\(Self.bridge)\n"))
        #expect(Disconnector(.c8y, profile: nil, in: fixture.context).run().status == 0)
        #expect(try fixture.text(Self.bridge) == nil)
        #expect(try fixture.text(Fixture.bridge) == "# bridge\n")
        #expect(fixture.programs.changes.contains("systemctl stop tedge-mapper-c8y@edge"))
    }

    @Test("an invalid name in TEDGE_CLOUD_PROFILE is refused, and nothing is changed")
    func badVariable() throws {
        var fixture = try fixture()
        fixture.environment["TEDGE_CLOUD_PROFILE"] = "no/name"
        let before = try fixture.snapshot()
        #expect(Disconnector(.c8y, profile: nil, in: fixture.context).run().reason == "profile-invalid")
        #expect(Doctor(.c8y, profile: nil, options: .init(), in: fixture.context).run().reason == "profile-invalid")
        #expect(try fixture.snapshot() == before)
    }

    @Test("the single mapper of older installations is not stopped while there is another bridge")
    func sharedMapper() throws {
        let fixture = try Fixture.ready()
        try fixture.write("# bridge\n", to: Fixture.bridge)
        try fixture.write("# bridge\n", to: "tedge/mosquitto-conf/az-bridge.conf")
        let old =
            "LoadState=loaded\nActiveState=active\n\nLoadState=not-found\nActiveState=inactive\n\n"
            + "LoadState=loaded\nActiveState=active\n\nLoadState=not-found\nActiveState=inactive\n"
        fixture.programs.on("systemctl show", .exited(0), output: old)
        #expect(Disconnector(.c8y, profile: nil, in: fixture.context).run().status == 0)
        #expect(fixture.programs.changes == ["systemctl restart mosquitto"])
        #expect(
            fixture.errors == "tedge-mapper is not stopped, because it also serves other bridges: az-bridge.conf.\n")
        #expect(Disconnector(.az, profile: nil, in: fixture.context).run().status == 0)
        #expect(
            fixture.programs.changes.suffix(2) == [
                "systemctl stop tedge-mapper", "systemctl --no-reload disable tedge-mapper",
            ])
    }
}

import TestSupport
import Testing

@testable import TedgeCore

/// A profile has its own file, connection, mapper and words.
@Suite struct ProfileTests {
    private let edge: ProfileName
    static let bridge = "tedge/mosquitto-conf/c8y@edge-bridge.conf"

    init() throws { edge = try ProfileName(parsing: "edge") }

    /// A device that is connected by its default profile, and has another one.
    private func world() throws -> World {
        let world = try World.ready(
            """
            c8y.profiles.edge.url = 'edge.example.com'
            c8y.profiles.edge.bridge.topic_prefix = 'c8y-edge'
            c8y.profiles.edge.proxy.bind.port = 8002
            c8y.profiles.edge.root_cert_path = '/'
            """)
        try world.write("# bridge\n", to: World.bridge)
        world.broker.retain("te/device/main/service/mosquitto-c8y-edge-bridge/status/health", "1")
        world.broker.onMessage { topic, _ in
            topic == "c8y-edge/s/us" ? [message("c8y-edge/s/e", "41,100,Device already existing")] : []
        }
        return world
    }

    @Test("it is connected beside the default one, by its own names")
    func connect() throws {
        let world = try world()
        #expect(Connector(.c8y, profile: edge, options: .init(), in: world.context).run().status == 0)
        #expect(world.output == (try page("connect").output))
        let text = try #require(try world.text(Self.bridge))
        #expect(text.contains("\nconnection edge_to_c8y@edge\naddress edge.example.com:8883\n"))
        #expect(text.contains("\nlocal_clientid Cumulocity@edge\n"))
        #expect(try world.text(World.bridge) == "# bridge\n")
        #expect(world.programs.changes.contains("systemctl start tedge-mapper-c8y@edge"))
        #expect(world.programs.changes.contains("systemctl --no-reload enable tedge-mapper-c8y@edge"))
    }

    @Test("what is said of it names the profile in each command")
    func words() throws {
        let world = try world()
        try world.write("# bridge\n", to: Self.bridge)
        _ = Connector(.c8y, profile: edge, options: .init(), in: world.context).run()
        #expect(world.errors.contains("use 'tedge disconnect c8y --profile edge' and try again."))
        world.broker.onMessage { _, _ in [] }
        #expect(ConnectionTest(.c8y, profile: edge, timeout: 2, in: world.context).run().reason == "cloud-silent")
        #expect(
            world.errors.contains("Hint: Run 'tedge connect c8y --profile edge --test' to try again in a minute.\n"))
        #expect(world.errors.contains("More: Run 'tedge doctor c8y --profile edge' to check everything else.\n"))
        try world.files.remove(world.directory.file(Self.bridge))
        #expect(ConnectionTest(.c8y, profile: edge, timeout: 2, in: world.context).run().reason == "not-connected")
        #expect(world.errors.contains("Hint: Run 'sudo tedge connect c8y --profile edge' to connect it.\n"))
        let examination = Examination(.c8y, profile: edge, until: .now + .seconds(5), in: world.context)
        #expect(examination.disconnectCommand == "sudo tedge disconnect c8y --profile edge")
        #expect(examination.connectCommand == "sudo tedge connect c8y --profile edge")
        #expect(examination.reconnectCommand == "sudo tedge reconnect c8y --profile edge")
        let other = Examination(
            .c8y, profile: try ProfileName(parsing: "connect1"), until: .now + .seconds(5), in: world.context)
        #expect(other.reconnectCommand == "sudo tedge reconnect c8y --profile connect1")
    }

    @Test("TEDGE_CLOUD_PROFILE names the profile that is disconnected and examined")
    func variable() throws {
        var world = try world()
        try world.write("# profile\n", to: Self.bridge)
        world.environment["TEDGE_CLOUD_PROFILE"] = "edge"
        var options = Doctor.Options()
        options.only = ["bridge-file"]
        _ = Doctor(.c8y, profile: nil, options: options, in: world.context).run()
        #expect(world.output.contains("ok       bridge-file: WORLD/\(Self.bridge)\n"))
        #expect(Disconnector(.c8y, profile: nil, in: world.context).run().status == 0)
        #expect(try world.text(Self.bridge) == nil)
        #expect(try world.text(World.bridge) == "# bridge\n")
        #expect(world.programs.changes.contains("systemctl stop tedge-mapper-c8y@edge"))
    }

    @Test("a name in TEDGE_CLOUD_PROFILE that is none is refused, and nothing is changed")
    func badVariable() throws {
        var world = try world()
        world.environment["TEDGE_CLOUD_PROFILE"] = "no/name"
        let before = try world.snapshot()
        #expect(Disconnector(.c8y, profile: nil, in: world.context).run().reason == "profile-invalid")
        #expect(Doctor(.c8y, profile: nil, options: .init(), in: world.context).run().reason == "profile-invalid")
        #expect(try world.snapshot() == before)
    }

    @Test("the one mapper of older installations goes on while another bridge is there")
    func sharedMapper() throws {
        let world = try World.ready()
        try world.write("# bridge\n", to: World.bridge)
        try world.write("# bridge\n", to: "tedge/mosquitto-conf/az-bridge.conf")
        let old =
            "LoadState=loaded\nActiveState=active\n\nLoadState=not-found\nActiveState=inactive\n\n"
            + "LoadState=loaded\nActiveState=active\n"
        world.programs.on("systemctl show", .exited(0), output: old)
        #expect(Disconnector(.c8y, profile: nil, in: world.context).run().status == 0)
        #expect(world.programs.changes == ["systemctl restart mosquitto"])
        #expect(
            world.errors == "tedge-mapper goes on, because it serves other bridges too: az-bridge.conf.\n")
        #expect(Disconnector(.az, profile: nil, in: world.context).run().status == 0)
        #expect(
            world.programs.changes.suffix(2) == [
                "systemctl stop tedge-mapper", "systemctl --no-reload disable tedge-mapper",
            ])
    }
}

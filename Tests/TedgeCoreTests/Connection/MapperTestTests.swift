import MQTT
import Testing

@testable import TedgeCore

/// `connect NAME --test` for a mapper of another name.
@Suite struct MapperTestTests {
    private static let topic = "te/device/main/service/tedge-mapper-thingsboard/status/health"
    private static let bridge = "te/device/main/service/tedge-mapper-bridge-thingsboard/status/health"

    private func run(_ fixture: Fixture, _ name: String = "thingsboard") throws -> CommandReport {
        let before = try fixture.snapshot()
        let report = MapperTest(name, limit: .seconds(3), in: fixture.context) { word, words in
            words.first { $0.hasPrefix(word.prefix(2)) }
        }.run()
        #expect(try fixture.snapshot() == before)
        #expect(fixture.programs.changes.isEmpty && fixture.broker.published.isEmpty && !report.changed)
        _ = report.checkedText
        return report
    }

    private func fixture(bridge: Bool = false) throws -> Fixture {
        let fixture = try Fixture()
        let directory = "tedge/mappers/thingsboard" + (bridge ? "/bridge" : "")
        try fixture.files.makeDirectory(fixture.directory.file(directory), mode: 0o755, owner: nil)
        return fixture
    }

    @Test(
        "a mapper that says that it is up is",
        arguments: [#"{"status":"up","pid":1}"#, #"{ "pid": 1, "status": "up" }"#])
    func up(payload: String) throws {
        let fixture = try fixture()
        fixture.broker.retain(Self.topic, payload)
        let report = try run(fixture)
        #expect(report.status == 0)
        #expect(fixture.output.hasSuffix("Connection check to thingsboard is successful.\n"))
        #expect(fixture.broker.subscriptions == [[Self.topic]])
    }

    @Test(
        "one that says something else, or nothing, is not",
        arguments: [#"{"status":"down"}"#, nil, "", #"{"status":"starting up"}"#])
    func notUp(payload: String?) throws {
        let fixture = try fixture()
        if let payload { fixture.broker.retain(Self.topic, payload) }
        let report = try run(fixture)
        #expect(report.status == 1 && report.reason == "mapper-failed" && report.retry)
        #expect(fixture.errors.contains("tedge-mapper-thingsboard did not report as up within 3 seconds."))
        #expect(fixture.errors.contains("Run 'systemctl status tedge-mapper-thingsboard'"))
    }

    @Test("a mapper that holds a bridge must say that this is up as well")
    func bridges() throws {
        let fixture = try fixture(bridge: true)
        fixture.broker.retain(Self.topic, #"{"status":"up"}"#)
        #expect(try run(fixture).reason == "bridge-down")
        fixture.broker.retain(Self.bridge, "1")
        #expect(try run(fixture).status == 0)
    }

    @Test("a name that nothing on the device has is an error, with what may be meant")
    func unknown() throws {
        let fixture = try fixture()
        fixture.programs.on("systemctl show", .exited(0), output: "LoadState=not-found\n")
        let report = try run(fixture, "thing")
        #expect(report.status == 1 && report.reason == "mapper-not-installed" && !report.retry)
        #expect(report.hint == "Did you mean 'thingsboard'? Run 'tedge connect thingsboard --test'.")
        #expect(fixture.broker.connections.isEmpty)
        #expect(try run(fixture, "x1").hint == "Run 'tedge connect --help' for the clouds.")
    }

    @Test("a broker that is not there is the broker's error")
    func noBroker() throws {
        let fixture = try fixture()
        fixture.broker.failToConnect(.cannotConnect(.init(host: "127.0.0.1", port: 1883), errno: 111))
        #expect(try run(fixture).reason == "broker-unreachable")
    }

    @Test("topics are below the root of the settings")
    func root() throws {
        let fixture = try fixture()
        try fixture.write("mqtt = { topic_root = 'x', device_topic_id = 'a/b//' }\n", to: "tedge/tedge.toml")
        _ = try run(fixture)
        #expect(fixture.broker.subscriptions == [["x/a/b/service/tedge-mapper-thingsboard/status/health"]])
    }

    @Test("a name is that of a directory, a unit and a level of a topic")
    func names() {
        for name in ["a", "thingsboard.prod", "a-b_c", "1"] { #expect(MapperTest.isName(name)) }
        for name in ["", ".", "-a", "a/b", "a.", "a b", "ä", "a+", "../x"] { #expect(!MapperTest.isName(name)) }
    }
}

import TestSupport
import Testing

@testable import TedgeCore

/// Azure and AWS: what is printed and proven, with their own names.
@Suite struct OtherCloudsTests {
    static let clouds: [CloudName] = [.az, .aws]

    private func connect(_ fixture: Fixture, _ cloud: CloudName) -> CommandReport {
        Connector(cloud, profile: nil, options: .init(), in: fixture.context).run()
    }

    private func bridge(_ cloud: CloudName) -> String { "tedge/mosquitto-conf/\(cloud.rawValue)-bridge.conf" }

    @Test("a connect prints the page's lines with the cloud's own name, and starts its mapper", arguments: clouds)
    func connect(_ cloud: CloudName) throws {
        let fixture = try Fixture.ready(for: cloud)
        let report = connect(fixture, cloud)
        #expect(fixture.output == (try page("\(cloud.rawValue)/connect").output))
        #expect(fixture.errors == "")
        #expect(report.status == 0 && report.cloud == cloud)
        #expect(try fixture.text(bridge(cloud))?.contains("\nconnection edge_to_\(cloud.rawValue)\n") == true)
        let mapper = "tedge-mapper-\(cloud.rawValue)"
        #expect(
            fixture.programs.changes == [
                "systemctl restart mosquitto", "systemctl start \(mapper)", "systemctl --no-reload enable \(mapper)",
                "reload systemd",
            ])
    }

    @Test("the agent is started and enabled as with Cumulocity", arguments: clouds)
    func agent(_ cloud: CloudName) throws {
        let fixture = try Fixture.ready(for: cloud)
        fixture.programs.install(["systemctl", "tedge-mapper", "tedge-agent"])
        fixture.programs.states(agent: "inactive")
        #expect(connect(fixture, cloud).status == 0)
        #expect(
            fixture.programs.changes.suffix(3) == [
                "systemctl start tedge-agent", "systemctl --no-reload enable tedge-agent", "reload systemd",
            ])
    }

    @Test("a second connect is refused with the command of this cloud", arguments: clouds)
    func established(_ cloud: CloudName) throws {
        let fixture = try Fixture.ready(for: cloud)
        try fixture.write("# bridge\n", to: bridge(cloud))
        let expected = try page("\(cloud.rawValue)/established")
        #expect(connect(fixture, cloud).reason == "already-connected")
        #expect(fixture.output == expected.output && fixture.errors == expected.errors)
    }

    @Test("the setting that is missing is the cloud's", arguments: clouds)
    func missingSetting(_ cloud: CloudName) throws {
        let fixture = try Fixture()
        #expect(connect(fixture, cloud).reason == "setting-missing")
        #expect(fixture.errors == (try page("\(cloud.rawValue)/missing-setting").errors))
    }

    @Test("a disconnect prints the page's lines with the cloud's own name, and leaves the agent", arguments: clouds)
    func disconnect(_ cloud: CloudName) throws {
        let fixture = try Fixture.ready(for: cloud)
        try fixture.write("# bridge\n", to: bridge(cloud))
        try fixture.write("# bridge\n", to: Fixture.bridge)
        fixture.programs.install(["systemctl", "tedge-mapper", "tedge-agent"])
        let blocks = ["active", "active", "inactive", "active"].map { "LoadState=loaded\nActiveState=\($0)\n" }
        fixture.programs.on("systemctl show", .exited(0), output: blocks.joined(separator: "\n"))
        #expect(Disconnector(cloud, profile: nil, in: fixture.context).run().status == 0)
        #expect(fixture.output == (try page("\(cloud.rawValue)/disconnect").output))
        #expect(fixture.errors == "")
        #expect(try fixture.text(bridge(cloud)) == nil)
        #expect(try fixture.text(Fixture.bridge) == "# bridge\n")
        let mapper = "tedge-mapper-\(cloud.rawValue)"
        #expect(
            fixture.programs.changes == [
                "systemctl restart mosquitto", "systemctl stop \(mapper)", "systemctl --no-reload disable \(mapper)",
            ])
    }

    static let silences: [(cloud: CloudName, answer: FixtureConnector.Answer)] = [
        (.az, { _, _ in [message("az/twin/res/200/?$rid=1", "{}"), message("az/twin/res/200/?$rid=tedge-x", "{}")] }),
        (.az, { _, _ in [message("az/twin/res/404/?$rid=1", "")] }),
        (.aws, { _, payload in [message("aws/connection-success", "x" + payload)] }),
        (.aws, { _, payload in [message("aws/connection-success", ""), message("aws/test-connection", payload)] }),
    ]

    @Test("an answer to somebody else, or to an earlier request, proves nothing", arguments: silences)
    func foreignAnswers(_ cloud: CloudName, _ answer: @escaping FixtureConnector.Answer) throws {
        let fixture = try Fixture.ready(for: cloud)
        fixture.broker.onMessage(answer)
        let report = connect(fixture, cloud)
        #expect(report.status == 4 && report.reason == "cloud-silent")
        #expect(fixture.output == (try page("\(cloud.rawValue)/unanswered").output))
        let name = cloud.productName
        #expect(fixture.errors.hasPrefix("Cause: The bridge is up, but \(name) does not answer.\nHint: "))
        #expect(fixture.errors.hasSuffix("More: Run 'tedge doctor \(cloud.rawValue)' to check everything else.\n"))
        #expect(try fixture.text(bridge(cloud)) != nil)
    }

    @Test("each check has its own request number", arguments: clouds)
    func requestNumbers(_ cloud: CloudName) throws {
        let fixture = try Fixture.ready(for: cloud)
        try fixture.write("# bridge\n", to: bridge(cloud))
        for _ in 0..<2 {
            #expect(ConnectionTest(cloud, profile: nil, timeout: 3, in: fixture.context).run().status == 0)
        }
        #expect(fixture.broker.published.count == 2 && Set(fixture.broker.published).count == 2)
        #expect(fixture.output.hasSuffix("Connection check to \(cloud.rawValue) cloud is successful.\n"))
        let clients = fixture.broker.connections.map(\.clientID)
        #expect(clients.allSatisfy { $0.hasPrefix("check_connection_\(cloud.rawValue)-") })
    }

    @Test("a status other than 200 is a failure, and is reported", arguments: [404, 429, 500])
    func refusal(_ status: Int) throws {
        let fixture = try Fixture.ready(for: .az)
        fixture.broker.answerAsHub(status: status)
        let report = connect(fixture, .az)
        #expect(report.status == 4 && report.reason == "cloud-refuses-request")
        #expect(
            fixture.errors == """
                Cause: Azure answers, but will not send the device twin.
                Seen: status \(status)
                Hint: Look at the device 'gateway-1' in Azure, then run 'tedge connect az --test'.
                More: Run 'tedge doctor az' to check everything else.

                """)
    }

    @Test("the doctor asks with the cloud's own messages and reports the answer", arguments: clouds)
    func doctor(_ cloud: CloudName) throws {
        let fixture = try Fixture.ready(for: cloud)
        try fixture.write("# bridge\n", to: bridge(cloud))
        let doctorRun = DoctorRun(cloud, profile: nil, until: .now + .seconds(5), in: fixture.context)
        #expect(doctorRun.bridgeUp() == .ok("mosquitto says so"))
        #expect(doctorRun.roundTrip() == .ok("\(cloud.productName) answers"))
        #expect(doctorRun.tenant() == .skipped("\(cloud.productName) does not say who it is"))
        fixture.broker.onMessage { _, _ in [] }
        let silent = DoctorRun(cloud, profile: nil, until: .now + .seconds(5), in: fixture.context)
        #expect(silent.roundTrip().diagnosis?.id == "cloud-silent")
    }

    @Test("the doctor reports a status of Azure too")
    func doctorRefusal() throws {
        let fixture = try Fixture.ready(for: .az)
        fixture.broker.answerAsHub(status: 500)
        let doctorRun = DoctorRun(.az, profile: nil, until: .now + .seconds(5), in: fixture.context)
        #expect(doctorRun.roundTrip().diagnosis?.seen == "status 500")
    }
}

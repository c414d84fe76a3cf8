import Glibc
import Testing

@testable import TedgeCore

/// The line of an earlier release is replaced by links if mosquitto then means the same.
@Suite struct LinkMigrationTests {
    private static let listeners = "per_listener_settings true\nlistener 1883 127.0.0.1\nallow_anonymous true\n"
    private static let ours = [
        "tedge-mosquitto.conf": listeners, "c8y-bridge.conf": "connection edge_to_c8y\naddress c:8883\n",
    ]

    private func decide(_ fixture: BrokerFixture) throws -> LinkMigration.Decision {
        try LinkMigration(planner: fixture.planner()).decide()
    }

    @Test(
        "the line goes, and everything else stays",
        arguments: [
            ("pid_file /x\n\ninclude_dir OURS\ninclude_dir CONFD\n", "", "pid_file /x\n\ninclude_dir CONFD\n"),
            ("include_dir CONFD\npid_file /x\ninclude_dir OURS\n", "", "include_dir CONFD\npid_file /x\n"),
            ("include_dir OURS\ninclude_dir CONFD\n", "max_keepalive 60\n", "include_dir CONFD\n"),
            ("include_dir OURS\ninclude_dir CONFD\n", "listener 1884\nallow_anonymous false\n", nil),
            ("include_dir OURS\ninclude_dir CONFD\n", "connection x\naddress y\n", "include_dir CONFD\n"),
            ("include_dir CONFD\ninclude_dir OURS\n", "persistence true\n", "include_dir CONFD\n"),
        ] as [(String, String, String?)])
    func replaced(_ main: String, _ included: String, _ expected: String?) throws {
        let fixture = try BrokerFixture(main, included.isEmpty ? [:] : ["owner.conf": included], ours: Self.ours)
        switch try decide(fixture) {
        case .plan(let plan):
            let text = plan.main.map { fixture.neutral(String(decoding: $0, as: UTF8.self)) }
            #expect(text == expected?.replacing("CONFD", with: "/conf.d"))
            #expect(plan.links != nil && plan.stale == [] && plan.targets.count == 2)
        case .refused(let reason):
            #expect(expected == nil && reason.contains("in another order"), "\(reason)")
        case .unneeded: Issue.record("there is a line")
        }
    }

    @Test(
        "what would mean something else stays, and the reason is said",
        arguments: [
            // Now the owner's settings are for our listener, then they would open the default one.
            ("include_dir OURS\ninclude_dir CONFD\n", ["owner.conf": "max_connections 5\n"], "in another order"),
            ("include_dir OURS\ninclude_dir CONFD\n", ["o.conf": "allow_anonymous false\n"], "in another order"),
            ("include_dir OURS\n", [:], "does not include"),
            ("include_dir CONFD\ninclude_dir CONFD\ninclude_dir OURS\n", [:], "exactly once"),
            ("include_dir OURS/\ninclude_dir CONFD\n", [:], "written by somebody else"),
            ("include_dir OURS\ninclude_dir OURS\ninclude_dir CONFD\n", [:], "included 2 times"),
            ("include_dir OURS\ninclude_dir CONFD\n", ["tedge-c8y-bridge.conf": "#\n"], "the names of the links"),
        ] as [(String, [String: String], String)])
    func refused(_ main: String, _ included: [String: String], _ reason: String) throws {
        let fixture = try BrokerFixture(main, included, ours: Self.ours)
        guard case .refused(let said) = try decide(fixture) else {
            Issue.record("it was not refused")
            return
        }
        #expect(said.contains(reason), "\(said)")
    }

    @Test("files of others in our directory keep the line, and without a line there is nothing to do")
    func others() throws {
        let fixture = try BrokerFixture("include_dir OURS\ninclude_dir CONFD\n", ours: ["mine.conf": "#\n"])
        guard case .refused(let said) = try decide(fixture) else {
            Issue.record("it was not refused")
            return
        }
        #expect(said.contains("files of others"))
        guard case .unneeded = try decide(BrokerFixture("include_dir CONFD\n", ours: Self.ours)) else {
            Issue.record("there is no line")
            return
        }
    }
}

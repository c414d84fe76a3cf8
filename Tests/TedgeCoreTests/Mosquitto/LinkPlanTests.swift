import Glibc
import Testing

@testable import TedgeCore

/// How mosquitto is made to read our files: by links in `conf.d`, else by a line of its main file.
@Suite struct LinkPlanTests {
    private static let name = "tedge-mosquitto.conf"

    private func link(_ fixture: BrokerFixture, _ name: String, to target: String) {
        symlink(target, fixture.directory.file("conf.d/\(name)"))
    }

    private func main(_ plan: ListenerPlan, _ fixture: BrokerFixture) -> String? {
        plan.main.map { fixture.neutral(String(decoding: $0, as: UTF8.self)) }
    }

    @Test(
        "on Debian's layout the main file stays as it is, whatever stands before and after conf.d",
        arguments: [
            ("include_dir CONFD\n", ""), ("pid_file /x\ninclude_dir CONFD/\npersistence true\n", ""),
            ("include_dir CONFD\npassword_file /x\n", ""),
            ("listener 1884\nallow_anonymous true\ninclude_dir CONFD\n", ""),
            ("include_dir CONFD\nlistener 1884\nallow_anonymous true\nacl_file /x\n", ""),
            ("include_dir CONFD\n", "per_listener_settings true\nlistener 1884\nacl_file /x\n"),
            ("include_dir CONFD\n", "listener 1884\nallow_anonymous true\n"),
        ])
    func links(_ main: String, _ included: String) throws {
        let fixture = try BrokerFixture(main, included.isEmpty ? [:] : ["owner.conf": included])
        for version in ["2.0.11", "2.0.21", "2.1.2"] {
            let plan = try fixture.planner(version).plan()
            #expect(plan.main == nil && plan.stale == [])
            #expect(plan.links == LinkDirectory.beside(fixture.main))
            #expect(plan.targets == [fixture.ours + "/" + Self.name])
            let ours = plan.model?.listeners.filter { $0.line.canonical.hasSuffix("/mosquitto-conf/\(Self.name)") }
            #expect(ours?.map(\.endpoint) == ["127.0.0.1:1883"])
        }
    }

    @Test("if links would change the access to another listener, the line is used, and links that are there go")
    func access() throws {
        let fixture = try BrokerFixture(
            "include_dir CONFD\n", ["owner.conf": "listener 1884\nallow_anonymous true\nacl_file /x\n"],
            ours: [Self.name: ""])
        link(fixture, Self.name, to: fixture.ours + "/" + Self.name)
        let plan = try fixture.planner().plan()
        #expect(main(plan, fixture) == "include_dir /tedge/mosquitto-conf\ninclude_dir /conf.d\n")
        #expect(plan.links == nil && plan.stale.map(fixture.neutral) == ["/conf.d/\(Self.name)"])
        #expect(plan.model?.listeners.map(\.endpoint) == ["127.0.0.1:1883", "*:1884"])
    }

    @Test(
        "without a usable conf.d the line is used",
        arguments: [
            ("pid_file /x\n", "", nil), ("include_dir CONFD\ninclude_dir CONFD/\n", "", nil),
            ("include_dir /\n", "", nil),
            // Somebody else's file or link has the name.
            ("include_dir CONFD\n", "max_keepalive 60\n", nil), ("include_dir CONFD\n", "", "/dev/null"),
            ("include_dir CONFD\n", "", "/no/where.conf"),
        ] as [(String, String, String?)])
    func line(_ main: String, _ file: String, _ target: String?) throws {
        let fixture = try BrokerFixture(main)
        if !file.isEmpty { try fixture.write(file, "conf.d/\(Self.name)") }
        if let target { link(fixture, Self.name, to: target) }
        let plan = try fixture.planner().plan()
        #expect(plan.links == nil && plan.main != nil && plan.stale == [])
        #expect(plan.model?.listeners.map(\.endpoint) == ["127.0.0.1:1883"])
    }

    @Test("files of others in our directory are read as before, by the line")
    func others() throws {
        let fixture = try BrokerFixture(
            "include_dir CONFD\n", ours: ["mine.conf": "max_keepalive 60\n", "c8y-bridge.conf": "connection c\n"])
        #expect(try fixture.planner().plan().links == nil)
        _ = try fixture.files.remove(fixture.ours + "/mine.conf")
        try fixture.write("x\n", "tedge/mosquitto-conf/mine.conf.rejected")
        let plan = try fixture.planner().plan()
        #expect(
            plan.links != nil
                && plan.targets.map(fixture.neutral) == [
                    "/tedge/mosquitto-conf/c8y-bridge.conf", "/tedge/mosquitto-conf/\(Self.name)",
                ])
    }

    @Test("a conf.d that is a link itself, or that the main file names by another path, gets links")
    func otherPaths() throws {
        let fixture = try BrokerFixture("include_dir CONFD\n")
        let (directory, other) = (fixture.directory.file("conf.d"), fixture.directory.file("real.d"))
        try #require(rename(directory, other) == 0 && symlink(other, directory) == 0)
        for name in ["CONFD", fixture.directory.file("real.d"), "CONFD/../conf.d//"] {
            try fixture.write("include_dir \(name)\n", "mosquitto.conf")
            let plan = try fixture.planner().plan()
            #expect(plan.main == nil && plan.links?.path == directory, "\(name)")
            #expect(plan.model?.listeners.map(\.endpoint) == ["127.0.0.1:1883"])
        }
    }

    @Test("where mosquitto reads our directory already, by whatever path, nothing is added, and our links go")
    func included() throws {
        let fixture = try BrokerFixture(
            "include_dir CONFD\n", ours: [Self.name: "", "c8y-bridge.conf": "connection c\n"])
        let other = fixture.directory.file("other")
        try #require(symlink(fixture.ours, other) == 0)
        let links = ["tedge-c8y-bridge.conf", Self.name]
        link(fixture, links[0], to: other + "/c8y-bridge.conf")
        link(fixture, links[1], to: fixture.ours + "/" + Self.name)
        for name in ["OURS", "OURS/", other] {
            try fixture.write("include_dir \(name)\ninclude_dir CONFD\n", "mosquitto.conf")
            let plan = try fixture.planner().plan()
            #expect(plan.main == nil && plan.links == nil)
            #expect(plan.stale.map(Path.name(of:)) == links, "\(name)")
            #expect(plan.model?.listeners.map(\.endpoint) == ["127.0.0.1:1883"])
        }
    }

    @Test("one who may not change mosquitto's files removes no link, and learns that a file is read twice")
    func readTwice() throws {
        let fixture = try BrokerFixture("include_dir OURS\ninclude_dir CONFD\n", ours: [Self.name: ""])
        link(fixture, Self.name, to: fixture.ours + "/" + Self.name)
        let error = #expect(throws: MosquittoConfigurationError.self) {
            try fixture.planner(mayInclude: false).plan()
        }
        #expect(error?.id == "include-line-twice")
        #expect(
            error?.causes.map(fixture.neutral) == [
                "mosquitto would read /tedge/mosquitto-conf/tedge-mosquitto.conf 2 times, as "
                    + "/tedge/mosquitto-conf/tedge-mosquitto.conf and /conf.d/tedge-mosquitto.conf."
            ])
    }

    @Test("an owner's link of another name is used, and one with a name of ours beside it goes")
    func ownersLink() throws {
        let fixture = try BrokerFixture("include_dir CONFD\n", ours: [Self.name: ""])
        link(fixture, "50-tedge.conf", to: fixture.ours + "/" + Self.name)
        let directory = LinkDirectory.beside(fixture.main)
        let target = fixture.ours + "/" + Self.name
        #expect(Path.name(of: directory.path(for: target, fixture.files)) == "50-tedge.conf")
        var plan = try fixture.planner().plan()
        #expect(plan.main == nil && plan.stale == [] && plan.model?.listeners.count == 1)
        link(fixture, "tedge-again.conf", to: target)
        plan = try fixture.planner().plan()
        #expect(plan.stale.map(Path.name(of:)) == ["tedge-again.conf"] && plan.model?.listeners.count == 1)
    }

    @Test("a link of ours that leads nowhere has to go; a relative link is as good as another")
    func dangling() throws {
        let fixture = try BrokerFixture("include_dir CONFD\n", ours: [Self.name: ""])
        link(fixture, "tedge-az-bridge.conf", to: fixture.ours + "/az-bridge.conf")
        link(fixture, Self.name, to: "../tedge/mosquitto-conf/\(Self.name)")
        let plan = try fixture.planner().plan()
        #expect(plan.stale.map(Path.name(of:)) == ["tedge-az-bridge.conf"])
        #expect(plan.links?.all(to: fixture.ours + "/" + Self.name, fixture.files).map(Path.name(of:)) == [Self.name])
    }

    @Test("what mosquitto says about a linked file is about a file of ours")
    func complaints() throws {
        let fixture = try BrokerFixture("include_dir CONFD\n", ours: ["c8y-bridge.conf": ""])
        link(fixture, "tedge-c8y-bridge.conf", to: fixture.ours + "/c8y-bridge.conf")
        link(fixture, "tedge-foreign.conf", to: "/dev/null")
        let links = LinkDirectory.beside(fixture.main).links(to: fixture.ours, fixture.files)
        let own = OwnNames(fixture.ours, links: links.keys)
        for (name, isOurs) in [("tedge-c8y-bridge.conf", true), ("tedge-foreign.conf", false), ("x.conf", false)] {
            let place = fixture.directory.file("conf.d/\(name):3")
            let complaint = MosquittoComplaint("Error found at \(place).", at: place)
            #expect((complaint.correction(besides: own) == nil) == isOurs, "\(name)")
        }
    }
}

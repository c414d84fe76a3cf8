import Testing

@testable import TedgeCore

/// Other people's listeners mean the same with ours beside them, or nothing is written.
@Suite struct ListenerPlannerTests {
    /// The first lines of our file that are not about logging.
    private func form(_ plan: ListenerPlan) -> [String] {
        (plan.text ?? "").split(separator: "\n").map(String.init).filter { line in
            ["per_listener", "allow_", "listener"].contains { line.hasPrefix($0) }
        }
    }

    /// What the model says of the listeners that are not ours.
    private func others(_ model: MosquittoModel?, _ fixture: BrokerFixture) -> [String] {
        guard let model else { return [] }
        let ours = MosquittoFiles.canonicalDirectory(fixture.ours, fixture.files)
        return model.listeners.filter { !$0.line.canonical.hasPrefix(ours) }
            .map { "\($0.endpoint) \(model.access(of: $0))" }
    }

    private static let separate = ["per_listener_settings true", "listener 1883 127.0.0.1", "allow_anonymous true"]
    private static let shared = ["listener 1883 127.0.0.1", "allow_anonymous true"]
    private static let own = ["listener 1883 127.0.0.1", "listener_allow_anonymous true"]
    private static let inherited = ["listener 1883 127.0.0.1"]

    @Test(
        "the form of our listener does not change other listeners",
        arguments: [
            ("include_dir CONFD\n", "", "2.0.11", separate), ("include_dir CONFD\n", "", "2.1.2", own),
            ("include_dir CONFD\n", "listener 1884\nallow_anonymous true\nacl_file /x\n", "2.0.11", separate),
            ("include_dir CONFD\n", "listener 1884\n", "2.0.11", separate),
            // Tutorials: no listener, so that mosquitto serves the device alone, and 'separate' would open port 1883 twice.
            ("include_dir CONFD\n", "password_file /x\n", "2.0.11", shared),
            ("include_dir CONFD\n", "password_file /x\n", "2.0.21", shared),
            ("include_dir CONFD\n", "password_file /x\n", "2.1.2", own),
            ("per_listener_settings true\ninclude_dir CONFD\n", "listener 1884\nacl_file /x\n", "2.0.11", shared),
            ("include_dir CONFD\n", "per_listener_settings true\nlistener 1884\nacl_file /x\n", "2.0.11", shared),
            ("listener 1884\nallow_anonymous true\ninclude_dir CONFD\n", "", "2.0.11", shared),
            ("include_dir CONFD\n", "acl_file /x\nlistener 1884\nallow_anonymous true\n", "2.1.2", []),
            ("include_dir CONFD\n", "plugin /usr/lib/mosquitto_persist_sqlite.so\nlistener 1884\n", "2.1.2", own),
        ])
    func forms(_ main: String, _ included: String, _ version: String, _ expected: [String]) throws {
        let fixture = try BrokerFixture(main, ["owner.conf": included])
        guard !expected.isEmpty else {
            #expect(throws: MosquittoConfigurationError.self) { try fixture.planner(version).plan() }
            return
        }
        let plan = try fixture.planner(version).plan()
        #expect(form(plan) == expected)
        #expect(others(plan.model, fixture) == others(fixture.model(version), fixture))
        #expect(plan.model?.refusals.isEmpty == true)
    }

    @Test(
        "if every form would change another listener, the line in the way is named and nothing is planned",
        arguments: [
            ("acl_file /x\nlistener 1884\nallow_anonymous true\n", "2.0.11", "/conf.d/owner.conf:1", "acl_file /x"),
            (
                "listener 1884\nlistener 1885\nallow_anonymous true\nacl_file /x\n", "2.0.11", "/conf.d/owner.conf:3",
                "allow_anonymous true'\n/conf.d/owner.conf:4 says 'acl_file"
            ),
            ("listener 1884\nlistener 1885\npassword_file /x\n", "2.0.11", "/conf.d/owner.conf:3", "password_file /x"),
            ("allow_anonymous false\n", "2.0.21", "/conf.d/owner.conf:1", "allow_anonymous false"),
            (
                "plugin /usr/lib/mosquitto_dynamic_security.so\nlistener 1884\n", "2.0.11", "/conf.d/owner.conf:1",
                "plugin"
            ),
            (
                "plugin /usr/lib/mosquitto_dynamic_security.so\nlistener 1884\n", "2.1.2", "/conf.d/owner.conf:1",
                "plugin"
            ),
        ])
    func refusals(_ included: String, _ version: String, _ place: String, _ line: String) throws {
        let fixture = try BrokerFixture("include_dir CONFD\n", ["owner.conf": included])
        let error = #expect(throws: MosquittoConfigurationError.self) { try fixture.planner(version).plan() }
        let text = fixture.neutral(error?.causes.last ?? "")
        #expect(text.hasPrefix("\(place) says '\(line)"), "\(text)")
        #expect(error?.hint != nil && error?.id == "mosquitto-access-clash")
    }

    @Test("programs with a user name need no anonymous access")
    func credentials() throws {
        for text in ["listener 1884\nlistener 1885\nacl_file /x\n", "allow_anonymous false\npassword_file /x\n"] {
            let fixture = try BrokerFixture("include_dir CONFD\n", ["owner.conf": text])
            for version in ["2.0.11", "2.0.21", "2.1.2"] {
                let plan = try fixture.planner(version, hasCredentials: true).plan()
                #expect(others(plan.model, fixture) == others(fixture.model(version), fixture))
            }
        }
        let fixture = try BrokerFixture(
            "include_dir CONFD\n", ["owner.conf": "allow_anonymous false\npassword_file /x\n"])
        #expect(form(try fixture.planner("2.0.21", hasCredentials: true).plan()) == Self.inherited)
    }

    @Test(
        "an access list that allows anonymous clients everything is not an obstacle",
        arguments: [
            ("topic readwrite #\n", true), ("topic #\n", true), ("# all\ntopic read #\n", false),
            ("topic readwrite #\ntopic deny x\n", false), ("user me\ntopic readwrite #\n", false), ("", false),
        ])
    func accessList(_ list: String, _ isOpen: Bool) throws {
        #expect(AccessControlList.letsAnonymousClientsDoAll(Array(list.utf8)) == isOpen)
        let fixture = try BrokerFixture("include_dir CONFD\n")
        try fixture.write(list, "list")
        try fixture.write("acl_file \(fixture.directory.file("list"))\n", "conf.d/owner.conf")
        #expect(((try? fixture.planner().plan()) != nil) == isOpen)
    }

    @Test(
        "the include line is placed where the lines before and after it allow it",
        arguments: [
            (
                "pid_file /x\ninclude_dir CONFD\ninclude_dir CONFD/\n",
                "pid_file /x\ninclude_dir OURS\ninclude_dir CONFD\ninclude_dir CONFD/\n"
            ),
            ("pid_file /x\ninclude_dir /\n", "pid_file /x\ninclude_dir OURS\ninclude_dir /\n"),
            ("pid_file /x", "pid_file /x\ninclude_dir OURS\n"),
            // 'per_listener_settings true' must come before lines about access.
            ("listener 1884\nallow_anonymous true\n", "include_dir OURS\nlistener 1884\nallow_anonymous true\n"),
            (
                "include_dir /\nper_listener_settings true\nlistener 1884\nallow_anonymous true\n",
                "include_dir /\nper_listener_settings true\nlistener 1884\nallow_anonymous true\ninclude_dir OURS\n"
            ),
        ])
    func placements(_ main: String, _ expected: String) throws {
        let fixture = try BrokerFixture(main)
        let plan = try fixture.planner().plan()
        let text = fixture.neutral(String(decoding: plan.main ?? [], as: UTF8.self))
        #expect(
            text
                == expected.replacing("CONFD", with: "/conf.d").replacing("OURS", with: "/tedge/mosquitto-conf"))
    }

    @Test("an owner's include line stays, wherever it is")
    func included() throws {
        let fixture = try BrokerFixture("include_dir CONFD\nlistener 1884\ninclude_dir OURS\n")
        let plan = try fixture.planner().plan()
        #expect(plan.main == nil && form(plan) == Self.separate)
    }

    @Test("after lines about access, an owner's include line gets the form that these allow")
    func includedLast() throws {
        let fixture = try BrokerFixture("password_file /x\ninclude_dir OURS\n")
        #expect(form(try fixture.planner().plan()) == Self.shared)
        let listener = try BrokerFixture("listener 1884\nallow_anonymous true\ninclude_dir OURS\n")
        #expect(form(try listener.planner().plan()) == Self.shared)
    }

    @Test("a directory that is included twice is refused with both places")
    func twice() throws {
        let fixture = try BrokerFixture("include_dir OURS\ninclude_dir CONFD\ninclude_dir OURS/\n")
        let error = #expect(throws: MosquittoConfigurationError.self) { try fixture.planner().plan() }
        #expect(
            error?.causes.map(fixture.neutral) == [
                "mosquitto would read /tedge/mosquitto-conf 2 times: /mosquitto.conf:1 and /mosquitto.conf:3."
            ])
    }

    @Test("our own file of an earlier run does not count as somebody else's")
    func again() throws {
        let fixture = try BrokerFixture(
            "include_dir OURS\ninclude_dir CONFD\n",
            ours: [
                "tedge-mosquitto.conf": "per_listener_settings true\nlistener 1883 127.0.0.1\nallow_anonymous true\n"
            ])
        #expect(form(try fixture.planner("2.1.2").plan()) == Self.own)
        #expect(form(try fixture.planner("2.0.11").plan()) == Self.separate)
    }

    @Test("settings of the owner for the whole broker are not repeated")
    func general() throws {
        let fixture = try BrokerFixture("include_dir CONFD\n", ["o.conf": "log_type error\nmessage_size_limit 1000\n"])
        let text = try fixture.planner().plan().text ?? ""
        #expect(!text.contains("log_type") && !text.contains("message_size_limit"))
        #expect(text.contains("connection_messages true"))
    }

    @Test("a main file that is not plain text is not edited")
    func notText() throws {
        let fixture = try BrokerFixture("")
        try fixture.files.replace(fixture.main, with: [0x75, 0, 0x73, 0, 0x0A, 0], mode: 0o644, owner: nil)
        #expect(throws: MosquittoConfigurationError.notText(fixture.main, "UTF-16")) { try fixture.planner().plan() }
    }
}

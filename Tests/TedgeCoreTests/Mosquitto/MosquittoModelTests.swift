import Testing

@testable import TedgeCore

/// Which listeners mosquitto opens, and who may use them; tried on mosquitto 2.0.11, 2.0.21 and 2.1.2.
@Suite struct MosquittoModelTests {
    private func listeners(_ model: MosquittoModel) -> [String] { model.listeners.map(\.endpoint) }

    @Test(
        "lines above every listener open the default listener too",
        arguments: [
            ("listener 1884\n", ["*:1884"]),
            ("max_connections 10\nlistener 1884\n", ["*:1884", "*:1883"]),
            ("listener 1884\nmax_connections 10\n", ["*:1884"]),
            ("max_connections -1\nlistener 1884\n", ["*:1884"]),
            ("socket_domain ipv4\n", ["*:1883"]), ("certfile /x\nkeyfile /y\n", ["*:1883"]),
            ("port 1885\n", ["*:1885"]), ("bind_address 10.0.0.1\n", ["10.0.0.1:1883"]),
            ("password_file /x\nlistener 1884\n", ["*:1884"]),
            ("per_listener_settings true\npassword_file /x\nlistener 1884\n", ["*:1884", "*:1883"]),
            ("per_listener_settings true\nacl_file /x\nlistener 1884\n", ["*:1884"]),
            ("listener 0 /run/x.sock\n", ["/run/x.sock:0"]), ("listener 1884 # mine\n", ["*:1884"]), ("user me\n", []),
        ])
    func defaultListener(_ text: String, _ expected: [String]) throws {
        #expect(listeners(try BrokerFixture(text).model()) == expected)
    }

    @Test("each file begins above every listener, and the main file goes on where it was")
    func files() throws {
        let model = try BrokerFixture(
            "per_listener_settings true\nlistener 1884\ninclude_dir CONFD\nallow_anonymous true\n",
            ["a.conf": "listener 1885\nacl_file /x\n", "b.conf": "max_qos 1\n"]
        ).model()
        #expect(listeners(model) == ["*:1884", "*:1885", "*:1883"])
        #expect(model.access(of: model.listeners[0]) == .init(allowsAnonymous: true, rules: []))
        #expect(model.access(of: model.listeners[1]) == .init(allowsAnonymous: false, rules: ["acl_file /x"]))
    }

    @Test("access holds for all listeners, or for each of them")
    func access() throws {
        let text = "listener 1884\nallow_anonymous true\nlistener 1885\nacl_file /x\n"
        let shared = try BrokerFixture(text).model()
        #expect(
            shared.listeners.allSatisfy {
                shared.access(of: $0) == .init(allowsAnonymous: true, rules: ["acl_file /x"])
            })
        let separate = try BrokerFixture("per_listener_settings true\n" + text).model()
        #expect(separate.access(of: separate.listeners[0]) == .init(allowsAnonymous: true, rules: []))
        #expect(separate.access(of: separate.listeners[1]) == .init(allowsAnonymous: false, rules: ["acl_file /x"]))
    }

    @Test("a listener of mosquitto 2.1 can have its own anonymous access")
    func own() throws {
        let model = try BrokerFixture("listener 1884\nlistener_allow_anonymous true\nlistener 1885\n").model("2.1.2")
        #expect(model.listeners.map { model.access(of: $0).allowsAnonymous } == [true, false])
    }

    @Test("plugins are compared with their options")
    func plugins() throws {
        let model = try BrokerFixture("listener 1884\nplugin /a.so\nplugin_opt_x 1\nallow_anonymous true\n").model()
        #expect(model.access(of: model.listeners[0]).rules == ["plugin /a.so", "plugin_opt_x 1"])
    }

    @Test(
        "without a listener everybody on the device may connect",
        arguments: [
            ("allow_anonymous false\n", "2.0.11", true), ("allow_anonymous false\n", "2.0.21", false),
            ("allow_anonymous false\n", "2.1.2", false), ("password_file /x\n", "2.0.21", true),
        ])
    func localOnly(_ text: String, _ version: String, _ isOpen: Bool) throws {
        let model = try BrokerFixture(text).model(version)
        #expect(model.isLocalOnly && model.localAccess.allowsAnonymous == isOpen)
    }

    @Test("per_listener_settings after a line about access is refused, and 2.1 needs a listener above access")
    func refusals() throws {
        let late = try BrokerFixture("allow_anonymous true\nper_listener_settings true\n").model()
        guard case .tooLate(let line, let access)? = late.refusals.first else {
            Issue.record("\(late.refusals)")
            return
        }
        #expect(line.number == 2 && access.number == 1)
        let text = "per_listener_settings true\nallow_anonymous true\n"
        #expect(try BrokerFixture(text).model().refusals.isEmpty)
        #expect(try BrokerFixture(text).model("2.1.2").refusals.count == 1)
    }

    @Test(
        "versions are understood",
        arguments: [
            ("2.0.11", false, true), ("2.0.20", false, true), ("2.0.21", false, false), ("2.1.2", true, false),
            ("3.0", true, false), ("1.6.9", false, true), ("", false, true), ("2.10.0", true, false),
        ])
    func versions(_ version: String, _ hasOwn: Bool, _ opens: Bool) {
        let dialect = MosquittoDialect(version: version)
        #expect(dialect.hasListenerAccess == hasOwn && dialect.opensLocalOnly == opens)
    }
}

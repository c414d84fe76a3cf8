import Testing

@testable import TedgeCore

/// Which settings a run changes.
@Suite struct BootstrapPlanTests {
    private let fixture: Fixture

    init() throws { fixture = try Fixture() }

    /// The settings that are set, `KEY=VALUE`, and those that are removed, `KEY=`.
    private func changes(
        _ run: BootstrapRun, on settings: String = "", mqttHost: String? = nil,
        environment: [String: String] = [:]
    ) throws -> [String] {
        try fixture.write(settings, to: "tedge/tedge.toml")
        var context = fixture.context
        context.environment = environment
        let plan = try BootstrapPlan(
            run, Settings.load(from: context.settingsSource), mqttHost: mqttHost, in: context)
        return try plan.changed.map { name in
            "\(name.text)=\(try plan.settings.withoutEnvironment.stored(name)?.value.printed ?? "")"
        }.sorted()
    }

    private func run(_ url: String?, _ settings: [BootstrapRun.Setting] = [], profile: String? = nil) throws
        -> BootstrapRun
    {
        var run = BootstrapRun(.c8y, profile: try profile.map { try ProfileName(parsing: $0) })
        (run.url, run.settings) = (url, settings)
        return run
    }

    @Test("a tenant with one address is c8y.url alone", arguments: [nil, "a.io"])
    func oneAddress(mqttHost: String?) throws {
        #expect(try changes(run("a.io"), mqttHost: mqttHost) == ["c8y.url=a.io"])
        #expect(try changes(run("a.io"), on: "c8y.url = 'a.io'\n", mqttHost: mqttHost) == [])
    }

    @Test(
        "a tenant with an address of its own for MQTT has two settings, and no later run without its answer undoes that"
    )
    func twoAddresses() throws {
        let two = "c8y.http = 'iot.a.io'\nc8y.mqtt = 't1.a.io'\n"
        #expect(
            try changes(run("iot.a.io"), mqttHost: "t1.a.io") == ["c8y.http=iot.a.io:443", "c8y.mqtt=t1.a.io:8883"])
        #expect(
            try changes(run("iot.a.io"), on: "c8y.url = 'iot.a.io'\n", mqttHost: "t1.a.io")
                == ["c8y.http=iot.a.io:443", "c8y.mqtt=t1.a.io:8883", "c8y.url="])
        #expect(try changes(run("iot.a.io"), on: two, mqttHost: "t1.a.io") == [])
        #expect(try changes(run("iot.a.io"), on: two) == [])
        #expect(
            try changes(run("iot.a.io"), on: two, mqttHost: "iot.a.io")
                == ["c8y.url=iot.a.io"])
    }

    @Test("an address with a port is that of HTTP alone")
    func port() throws {
        #expect(try changes(run("a.io:8443")) == ["c8y.http=a.io:8443", "c8y.mqtt=a.io:8883"])
        #expect(
            try changes(run("a.io:8443", [.init("c8y.mqtt", "a.io:9000")])) == [
                "c8y.http=a.io:8443", "c8y.mqtt=a.io:9000",
            ])
    }

    @Test("what was set by hand for the same tenant stays, and goes with another tenant")
    func byHand() throws {
        let own = "c8y.url = 'a.io'\nc8y.mqtt = 'a.io:9000'\n"
        #expect(try changes(run("a.io"), on: own, mqttHost: "a.io") == [])
        #expect(try changes(run("b.io"), on: own, mqttHost: "b.io") == ["c8y.mqtt=", "c8y.url=b.io"])
        #expect(try changes(run(nil), on: own) == [])
    }

    @Test("a setting of the run's cloud belongs to its profile, and others to the device")
    func profiles() throws {
        let run = try run(
            "a.io", [.init("c8y.availability.interval", "5m"), .init("device.type", "box")], profile: "x")
        #expect(
            try changes(run, on: "c8y.url = 'b.io'\n") == [
                "c8y.profiles.x.availability.interval=5m", "c8y.profiles.x.url=a.io", "device.type=box",
            ])
    }

    @Test("--clean removes the connection's other settings, and nothing else")
    func clean() throws {
        var run = try run("a.io")
        run.isClean = true
        let settings = """
            c8y.url = 'a.io'
            c8y.availability.interval = '5m'
            c8y.profiles.x.url = 'x.io'
            device.type = 'box'

            """
        #expect(try changes(run, on: settings) == ["c8y.availability.interval="])
        let two = "c8y.http = 'a.io'\nc8y.mqtt = 'b.io'\nc8y.auth_method = 'auto'\n"
        #expect(try changes(run, on: two, mqttHost: "b.io") == ["c8y.auth_method="])
        #expect(
            try changes(run, on: two, mqttHost: "a.io")
                == ["c8y.auth_method=", "c8y.http=", "c8y.mqtt=", "c8y.url=a.io"])
    }

    @Test("--clean keeps what a device with a password needs")
    func cleanWithPassword() throws {
        var run = try run("a.io", profile: "x")
        (run.isClean, run.method) = (true, .basic)
        let settings = """
            c8y.profiles.x.url = 'a.io'
            c8y.profiles.x.auth_method = 'basic'
            c8y.profiles.x.device.id = 'box-1'

            """
        #expect(try changes(run, on: settings) == [])
    }

    @Test("a secret comes from its variable")
    func secret() throws {
        var run = try run("a.io")
        run.variables = [.init("proxy.password", from: "PROXY"), .init("C8Y_PASSWORD", from: "OTHER")]
        #expect(
            try changes(run, environment: ["PROXY": "hidden", "OTHER": "x"]) == [
                "c8y.url=a.io", "proxy.password=hidden",
            ])
    }

    @Test("a device that changes its method gets another way to authenticate, and its id with a password")
    func methods() throws {
        var run = try run("a.io")
        (run.method, run.deviceID) = (.basic, "box-1")
        #expect(try changes(run) == ["c8y.auth_method=basic", "c8y.url=a.io", "device.id=box-1"])
        run.method = .selfSigned
        #expect(
            try changes(run, on: "c8y.url = 'a.io'\nc8y.auth_method = 'basic'\ndevice.id = 'box-1'\n")
                == ["c8y.auth_method=certificate"])
    }

    @Test("without a method a device keeps its own, and a new one gets the usual one of the cloud")
    func method() throws {
        func chosen(_ run: BootstrapRun, on settings: String) throws -> BootstrapRun.Method {
            try fixture.write(settings, to: "tedge/tedge.toml")
            let context = fixture.context
            return try BootstrapPlan(run, Settings.load(from: context.settingsSource), mqttHost: nil, in: context)
                .method
        }
        #expect(try chosen(run("a.io"), on: "") == .tenantAuthority)
        #expect(try chosen(BootstrapRun(.aws), on: "") == .selfSigned)
        #expect(try chosen(run("a.io"), on: "c8y.auth_method = 'basic'\n") == .basic)
        try fixture.write("x", to: "tedge/device-certs/tedge-certificate.pem")
        #expect(try chosen(run("a.io"), on: "") == .present)
        var again = try run("a.io")
        again.registersAgain = true
        #expect(try chosen(again, on: "") == .tenantAuthority)
    }
}

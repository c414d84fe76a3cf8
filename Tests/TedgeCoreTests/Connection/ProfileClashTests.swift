import Testing

@testable import TedgeCore

/// Connections that cannot be there side by side.
@Suite struct ProfileClashTests {
    private func clash(_ lines: String, _ cloud: CloudName = .c8y, _ profile: String? = nil) throws -> ClashError? {
        let fixture = try Fixture()
        try fixture.write(lines, to: "tedge/tedge.toml")
        let settings = try Settings.load(from: fixture.context.settingsSource)
        let own = settings.cloud(cloud, profile: try profile.map { try ProfileName(parsing: $0) })
        do {
            try ProfileClash(own).check()
            return nil
        } catch let error as ClashError {
            return error
        }
    }

    private static let apart = """
        device.id = 'gateway-1'
        c8y.url = 'a.example.com'
        [c8y.profiles.edge]
        url = 'b.example.com'
        bridge.topic_prefix = 'c8y-edge'
        proxy.bind.port = 8002

        """

    @Test("profiles with different tenants, topic prefixes and ports can exist side by side")
    func apart() throws {
        #expect(try clash(Self.apart) == nil)
        #expect(try clash(Self.apart, .c8y, "edge") == nil)
    }

    @Test("the same tenant is fine for another device id")
    func otherDevice() throws {
        let lines = Self.apart.replacing("b.example.com", with: "a.example.com")
        #expect(try clash(lines + "device.id = 'gateway-2'\n", .c8y, "edge") == nil)
    }

    @Test("the same device of the same tenant is refused, from both sides, in any case of the host")
    func sameDevice() throws {
        let lines = Self.apart.replacing("b.example.com", with: "A.EXAMPLE.com")
        let expected = ClashError.sameDevice(
            urls: ["c8y.url", "c8y.profiles.edge.url"], ids: ["c8y.device.id", "c8y.profiles.edge.device.id"])
        #expect(try clash(lines) == expected)
        #expect(try clash(lines, .c8y, "edge") == expected)
        #expect(expected.causes[0].hasPrefix("You have matching URLs and device IDs for different profiles.\n\n"))
        #expect(expected.hint?.contains("'tedge config set c8y.profiles.edge.device.id <value>'") == true)
    }

    @Test(
        "the same value of a setting that must differ is refused with both keys",
        arguments: [
            ("bridge.topic_prefix = 'c8y-edge'\n", "bridge.topic_prefix"),
            ("proxy.bind.port = 8002\n", "proxy.bind.port"),
        ])
    func sameValue(line: String, key: String) throws {
        let error = try clash(Self.apart.replacing(line, with: ""))
        #expect(error == .sameValue(["c8y.\(key)", "c8y.profiles.edge.\(key)"]))
        #expect(
            error?.causes == [
                "The configurations: c8y.\(key), c8y.profiles.edge.\(key) should be set to different values before "
                    + "connecting, but are currently set to the same value"
            ])
    }

    @Test("a topic prefix is that of one cloud alone; ports of Cumulocity's proxy are not those of others")
    func otherCloud() throws {
        let lines = "c8y.url = 'a.example.com'\naz.url = 'b.example.com'\n"
        #expect(try clash(lines) == nil)
        #expect(try clash(lines, .az) == nil)
        let same = lines + "az.bridge.topic_prefix = 'c8y'\n"
        #expect(try clash(same) == .sameValue(["c8y.bridge.topic_prefix", "az.bridge.topic_prefix"]))
        #expect(try clash(same, .az) == .sameValue(["az.bridge.topic_prefix", "c8y.bridge.topic_prefix"]))
    }

    @Test("a profile without an address is not a connection")
    func noAddress() throws {
        let lines = "c8y.url = 'a.example.com'\nc8y.profiles.edge.device.type = 'x'\nc8y.profiles.edge.http = 'b'\n"
        #expect(try clash(lines.replacing("c8y.profiles.edge.device.type = 'x'\n", with: "")) == nil)
    }

    @Test("connect refuses a clash before anything is written or started, and the doctor reports it")
    func refused() throws {
        let fixture = try Fixture.ready("c8y.profiles.edge.url = 'b.example.com'\n")
        let before = try fixture.snapshot()
        let report = fixture.connect()
        #expect(report.status == 1 && report.reason == "profiles-clash")
        #expect(fixture.output == "")
        #expect(try fixture.snapshot() == before)
        #expect(fixture.programs.changes == [])
        let doctorRun = DoctorRun(.c8y, profile: nil, until: .now + .seconds(5), in: fixture.context)
        #expect(doctorRun.outcome(of: "cloud-address").diagnosis?.id == "profiles-clash")
    }
}

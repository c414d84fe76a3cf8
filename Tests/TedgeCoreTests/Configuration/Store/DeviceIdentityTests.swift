import Testing

@testable import TedgeCore

@Suite struct DeviceIdentityTests {
    static let path = "/etc/tedge/device-certs/tedge-certificate.pem"
    static let stored = "[device]\nid = 'stored'\n"

    @Test("the certificate's common name counts before a stored name and a variable")
    func certificateFirst() throws {
        let fixture = SettingsFixture(
            Self.stored, environment: ["TEDGE_DEVICE_ID": "variable"], certificates: [Self.path: "gateway"])
        let setting = try #require(try fixture.setting("device.id"))
        #expect(setting.value == .text("gateway"))
        #expect(setting.origin == .certificate(path: Self.path))
    }

    @Test("without a certificate the stored name counts")
    func storedName() throws {
        let setting = try SettingsFixture(Self.stored).setting("device.id")
        #expect(setting?.value == .text("stored"))
        #expect(setting?.origin == .file(path: "/etc/tedge/tedge.toml", line: 2))
    }

    @Test("the certificate is that of device.cert_path")
    func certificatePath() throws {
        let fixture = SettingsFixture(
            "[device]\ncert_path = '/c.pem'\n", certificates: ["/c.pem": "other", Self.path: "x"])
        #expect(try fixture.value("device.id") == "other")
    }

    @Test("a cloud's identity is its own certificate's, then its own stored name, then the device's")
    func cloudIdentity() throws {
        #expect(try SettingsFixture(certificates: [Self.path: "gateway"]).value("c8y.device.id") == "gateway")
        let own = "[c8y.device]\ncert_path = '/c8y.pem'\nid = 'c8y-stored'\n"
        let certificates = ["/c8y.pem": "c8y-gateway", Self.path: "gateway"]
        #expect(try SettingsFixture(own, certificates: certificates).value("c8y.device.id") == "c8y-gateway")
        #expect(try SettingsFixture(own, certificates: [Self.path: "gateway"]).value("c8y.device.id") == "c8y-stored")
        #expect(try SettingsFixture(own, certificates: certificates).value("az.device.id") == "gateway")
        #expect(try SettingsFixture(Self.stored).value("aws.device.id") == "stored")
        #expect(try SettingsFixture().value("aws.device.id") == nil)
    }

    @Test("the origin of a cloud's identity that is the device's is the certificate")
    func originOfCloudIdentity() throws {
        let own = "[c8y.device]\ncert_path = '/missing.pem'\n"
        let setting = try SettingsFixture(own, certificates: [Self.path: "gateway"]).setting("c8y.device.id")
        #expect(setting?.name.text == "c8y.device.id")
        #expect(setting?.origin == .certificate(path: Self.path))
    }

    @Test("a profile has an identity of its own")
    func profileIdentity() throws {
        let text = "[c8y.profiles.test]\nurl = 'a.b'\ndevice.cert_path = '/test.pem'\n"
        let fixture = SettingsFixture(text, certificates: ["/test.pem": "second", Self.path: "gateway"])
        #expect(try fixture.value("c8y.device.id", profile: "test") == "second")
        #expect(try fixture.value("c8y.device.id") == "gateway")
    }

    @Test("a common name with a line end is refused", arguments: ["a\nb", "a\u{0}", ""])
    func commonNameWithLineEnd(_ commonName: String) throws {
        let error = try #require(throws: SettingsError.self) {
            try SettingsFixture(certificates: [Self.path: commonName]).value("device.id")
        }
        #expect(error.id == "setting-invalid")
        #expect(error.causes.first == "The common name (CN) of the certificate \(Self.path) cannot be 'device.id'")
    }
}

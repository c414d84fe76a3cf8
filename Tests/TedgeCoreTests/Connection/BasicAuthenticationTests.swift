import Glibc
import MQTT
import TestSupport
import Testing

@testable import TedgeCore

/// Devices that prove themselves with a password.
@Suite struct BasicAuthenticationTests {
    private static let credentials = "tedge/credentials.toml"

    /// A device with a password and without a certificate, and a cloud that knows it.
    private func ready(_ lines: String = "", certificate: Bool = false) throws -> Fixture {
        let fixture = try Fixture.ready("c8y.auth_method = 'basic'\ndevice.id = 'gateway-1'\n\(lines)")
        if !certificate {
            for name in [Fixture.certificate, Fixture.key] { try fixture.files.remove(fixture.directory.file(name)) }
        }
        try fixture.write("[c8y]\nusername = 't1/me'\npassword = 's3cret'\n", to: Self.credentials, mode: 0o600)
        fixture.broker.onMessage { topic, payload in
            topic == "c8y/s/us" && payload == "123" ? [message("c8y/s/ds", "124,4711")] : []
        }
        return fixture
    }

    @Test("a device with a password is connected without a certificate, and the page's lines are the same")
    func connect() throws {
        let fixture = try ready()
        let report = fixture.connect()
        #expect(fixture.output == (try page("connect").output))
        #expect(fixture.errors == "")
        #expect(report.status == 0)
        let text = try #require(try fixture.text(Fixture.bridge))
        #expect(text.contains("\nremote_username t1/me\nremote_password s3cret\n"))
        for word in ["bridge_certfile", "bridge_keyfile", "s/uat", "s/dat"] { #expect(!text.contains(word)) }
        #expect(fixture.broker.subscriptions.last == ["c8y/s/e", "c8y/s/ds", Fixture.health])
        #expect(fixture.broker.published == ["c8y/s/us 100,gateway-1,thin-edge.io", "c8y/s/us 123"])
    }

    @Test("only root and mosquitto may read the file with the password")
    func modes() throws {
        var fixture = try ready()
        try fixture.write("user broker\ninclude_dir /x\n", to: "mosquitto.conf")
        fixture.accounts.users["broker"] = Owner(user: 55, group: 56)
        #expect(fixture.connect().status == 0)
        let status = try #require(try fixture.files.status(fixture.directory.file(Fixture.bridge)))
        #expect(status.mode == 0o640 && status.owner == Owner(user: 0, group: 56))
        let rejected = try ready()
        rejected.programs.on("systemctl restart mosquitto", inTurn: .exited(1), .exited(0))
        #expect(rejected.connect().status == 1)
        let kept = try #require(try rejected.files.status(rejected.directory.file("\(Fixture.bridge).rejected")))
        #expect(kept.mode == 0o600)
        #expect(!rejected.printed.all.contains("s3cret"))
    }

    @Test("a renewed certificate of a device with a password is ignored")
    func renewed() throws {
        let fixture = try ready(certificate: true)
        try fixture.write(try #require(try fixture.text(Fixture.certificate)), to: "\(Fixture.certificate).new")
        #expect(fixture.connect().status == 0)
        #expect(fixture.errors == "")
        #expect(try fixture.text("\(Fixture.certificate).new") != nil)
    }

    @Test(
        "credentials that cannot be used are reported before anything is done",
        arguments: [nil, "[c8y]\nusername = 'x'\n"])
    func refused(_ contents: String?) throws {
        let fixture = try ready()
        try fixture.files.remove(fixture.directory.file(Self.credentials))
        if let contents { try fixture.write(contents, to: Self.credentials) }
        let before = try fixture.snapshot()
        let report = fixture.connect()
        #expect(report.status == 1)
        #expect(report.reason == (contents == nil ? "credentials-missing" : "credentials-broken"))
        #expect(fixture.output == "")
        #expect(try fixture.snapshot() == before)
    }

    @Test("a password that everyone can read, and a proxy that the bridge cannot use, are warned about")
    func warnings() throws {
        let fixture = try ready("proxy.address = 'http://proxy:3128'\n")
        chmod(fixture.directory.file(Self.credentials), 0o644)
        #expect(fixture.connect().status == 0)
        #expect(
            fixture.errors == """
                Warning: mosquitto's bridge cannot use the proxy http://proxy:3128 that 'proxy.address' names; it connects \
                directly.
                Warning: Everyone on this machine can read the password in WORLD/\(Self.credentials). Run 'sudo chown \
                tedge WORLD/\(Self.credentials) && sudo chmod 600 WORLD/\(Self.credentials)'.

                """)
    }

    @Test("the test of a connection needs no credentials: a user who may not read them can run it")
    func test() throws {
        let fixture = try ready()
        #expect(fixture.connect().status == 0)
        fixture.files.fail(.read, "credentials.toml", EACCES)
        #expect(ConnectionTest(.c8y, profile: nil, timeout: 2, in: fixture.context).run().status == 0)
    }

    private func outcome(of id: CheckID, _ fixture: Fixture) -> CheckOutcome {
        DoctorRun(.c8y, profile: nil, until: .now + .seconds(5), in: fixture.context).outcome(of: id)
    }

    @Test("the doctor checks the credentials instead of the certificate")
    func doctor() throws {
        let fixture = try ready()
        #expect(outcome(of: "credentials", fixture) == .ok("user t1/me"))
        for id in DoctorRun.certificateChecks {
            #expect(outcome(of: id, fixture) == .skipped("the device has a password"))
        }
        chmod(fixture.directory.file(Self.credentials), 0o644)
        #expect(outcome(of: "credentials", fixture).diagnosis?.id == "credentials-readable")
        try fixture.write("[c8y]\n", to: Self.credentials)
        #expect(outcome(of: "credentials", fixture).diagnosis?.id == "credentials-broken")
        let other = try Fixture.ready()
        #expect(outcome(of: "credentials", other) == .skipped("the device has a certificate"))
    }

    @Test("the doctor does not show the line with the password if the bridge file differs")
    func difference() throws {
        let fixture = try ready()
        #expect(fixture.connect().status == 0)
        try fixture.write("[c8y]\nusername = 't1/me'\npassword = 's3cond'\n", to: Self.credentials, mode: 0o600)
        let diagnosis = try #require(outcome(of: "bridge-current", fixture).diagnosis)
        #expect(diagnosis.id == "bridge-file-differs")
        #expect(diagnosis.seen?.hasSuffix("with the password, differs") == true)
    }
}

import TestSupport
import Testing

@testable import TedgeCore

@Suite struct RequestOverOtherTests {
    private func create(_ fixture: Fixture, _ path: String? = nil) throws -> CommandReport {
        try fixture.write("device.csr_path = '\(fixture.directory.file("there"))'\n", to: "tedge/tedge.toml")
        return SigningRequestCreator(CertificateSelection(cloud: nil, profile: nil, in: fixture.context)).run(
            deviceID: "a", outputPath: path)
    }

    @Test(
        "root replaces no file outside its directory that the settings name and that holds something else than a request",
        arguments: ["text\n", "a", "[b]\nc=1"])
    func other(_ text: String) throws {
        var fixture = try Fixture()
        fixture.accounts.caller = FixtureAccounts.root
        try fixture.write(text, to: "there")
        let report = try create(fixture)
        #expect(report.status == 1 && report.reason == "request-path-invalid")
        #expect(try fixture.text("there") == text)
        #expect(try create(fixture, "there").status == 0, "who types the name means it")
    }

    @Test("an older request and an empty file are replaced")
    func request() throws {
        var fixture = try Fixture()
        fixture.accounts.caller = FixtureAccounts.root
        try fixture.write("", to: "there")
        #expect(try create(fixture).status == 0)
        let first = try fixture.text("there")
        #expect(try create(fixture).status == 0)
        #expect(try fixture.text("there")?.hasPrefix("-----BEGIN CERTIFICATE REQUEST-----") == true)
        #expect(try fixture.text("there") != first)
    }
}

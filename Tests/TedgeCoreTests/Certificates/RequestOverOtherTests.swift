import TestSupport
import Testing

@testable import TedgeCore

@Suite struct RequestOverOtherTests {
    private func create(_ world: World, _ path: String? = nil) throws -> CommandReport {
        try world.write("device.csr_path = '\(world.directory.file("there"))'\n", to: "tedge/tedge.toml")
        return SigningRequestCreator(cloud: nil, profile: nil, in: world.context).run(deviceID: "a", outputPath: path)
    }

    @Test(
        "root replaces no file outside its directory that the settings name and that holds something else than a request",
        arguments: ["text\n", "a", "[b]\nc=1"])
    func other(_ text: String) throws {
        var world = try World()
        world.accounts.caller = WorldAccounts.root
        try world.write(text, to: "there")
        let report = try create(world)
        #expect(report.status == 1 && report.reason == "request-path-invalid")
        #expect(try world.text("there") == text)
        #expect(try create(world, "there").status == 0, "who types the name means it")
    }

    @Test("an older request and an empty file are replaced")
    func request() throws {
        var world = try World()
        world.accounts.caller = WorldAccounts.root
        try world.write("", to: "there")
        #expect(try create(world).status == 0)
        let first = try world.text("there")
        #expect(try create(world).status == 0)
        #expect(try world.text("there")?.hasPrefix("-----BEGIN CERTIFICATE REQUEST-----") == true)
        #expect(try world.text("there") != first)
    }
}

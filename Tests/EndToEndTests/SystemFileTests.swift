import Glibc
import TestSupport
import Testing

/// What else `system.toml` says: owners and the log level. `init` is tried on a device: as root it has the system's own
/// mosquitto include a directory.
@Suite("system.toml", .serialized) struct SystemFileTests {
    private func append(_ text: String, to gateway: Gateway) throws {
        let before = try #require(gateway.text("system.toml"))
        try write(text + "\n" + before, to: gateway.path("system.toml"))
    }

    private func owner(_ path: String) throws -> String {
        try ChildProcess.run("stat", ["-c", "%U:%G", path]).output.split(separator: "\n").first.map(String.init) ?? ""
    }

    @Test("[log] has the command say more, and options and RUST_LOG come before it")
    func logLevel() throws {
        let gateway = try Gateway()
        let words = ["config", "get", "mqtt.bind.port"]
        #expect(try gateway.run(words).errors == "")
        try append("log.tedge = \"debug\"", to: gateway)
        #expect(try gateway.run(words).errors.contains("debug: "))
        #expect(try gateway.run(["--log-level", "info"] + words).errors == "")
        #expect(try gateway.run(words, environment: ["RUST_LOG": "error"]).errors == "")
        #expect(try gateway.run(["--debug"] + words, environment: ["RUST_LOG": "error"]).errors.contains("debug: "))
        try write("[log]\ntedge = \"loud\"\n", to: gateway.path("system.toml"))
        #expect(try gateway.run(words).errors == "")
        try write("[log\n", to: gateway.path("system.toml"))
        #expect(try gateway.run(words).errors == "")
    }

    @Test("files that are new belong to user and group of the file", .enabled(if: geteuid() == 0))
    func owners() throws {
        let gateway = try Gateway()
        try append("user = \"daemon\"\ngroup = \"games\"", to: gateway)
        unlink(gateway.path("tedge.toml"))
        try gateway.tedge("config", "set", "device.type", "x").expectSuccess()
        #expect(try owner(gateway.path("tedge.toml")) == "daemon:games")
    }

    @Test(
        "an empty user leaves it alone, and one that is not known is root's, with a warning",
        .enabled(if: geteuid() == 0))
    func otherOwners() throws {
        let gateway = try Gateway()
        try append("user = \"\"\ngroup = \"games\"", to: gateway)
        unlink(gateway.path("tedge.toml"))
        try gateway.tedge("config", "set", "device.type", "x").expectSuccess()
        #expect(try owner(gateway.path("tedge.toml")) == "root:games")
        let other = try Gateway()
        try append("user = \"no-such-user\"\ngroup = \"games\"", to: other)
        unlink(other.path("tedge.toml"))
        let outcome = try other.tedge("config", "set", "device.type", "x")
        #expect(outcome.status == 0)
        #expect(
            outcome.errors
                == "Warning: There is no user 'no-such-user' on this device, which \(other.path("system.toml")) names; "
                + "root owns new files.\n")
        #expect(try owner(other.path("tedge.toml")) == "root:games")
    }
}

import Glibc
import TestSupport
import Testing

/// Symbolic links, and directories of other people.
@Suite("links and other people's directories", .serialized) struct LinkTests {
    private static let isRoot = geteuid() == 0

    /// Makes a symbolic link.
    private func link(_ path: String, to target: String) throws {
        unlink(path)
        guard symlink(target, path) == 0 else { throw TestFailure("\(path): \(String(cString: strerror(errno)))") }
    }

    @Test(
        "settings are written to the file that a link leads to, also on another file system",
        arguments: [nil, "/dev/shm"])
    func settings(fileSystem: String?) throws {
        let gateway = try Gateway()
        let elsewhere = fileSystem.map { "\($0)/tedge-test-\(getpid())" } ?? "\(gateway.directory)/elsewhere"
        mkdir(elsewhere, 0o755)
        defer { _ = try? ChildProcess.run("rm", ["-rf", elsewhere]) }
        try write("# ours\n", to: "\(elsewhere)/settings.toml", mode: 0o640)
        try link(
            gateway.path("tedge.toml"),
            to: fileSystem == nil ? "../elsewhere/settings.toml" : "\(elsewhere)/settings.toml")
        let before = try gateway.fileStates()
        try gateway.tedge("config", "set", "c8y.url", "example.com").expectSuccess()
        #expect(try gateway.fileStates() == before)
        #expect(contents(of: "\(elsewhere)/settings.toml") == "# ours\n\n[c8y]\nurl = \"example.com\"\n")
        let names = try ChildProcess.run("stat", ["-c", "%n %a", "\(elsewhere)/settings.toml"]).output
        #expect(names == "\(elsewhere)/settings.toml 640\n")
        #expect(try ChildProcess.run("ls", ["-A", elsewhere]).output == "settings.toml\n")
    }

    @Test("what a link leads to is made where it is missing, and taken away again where the command fails")
    func dangling() throws {
        let (cloud, gateway) = (try StandInCloud(), try Gateway())
        try gateway.configure(for: cloud)
        try gateway.certify(for: cloud)
        let elsewhere = "\(gateway.directory)/elsewhere"
        mkdir(elsewhere, 0o755)
        let names = ["c8y-bridge.conf", "tedge-mosquitto.conf"]
        for name in names { try link(gateway.path("mosquitto-conf/\(name)"), to: "\(elsewhere)/\(name)") }
        try gateway.fail("start.tedge-mapper-c8y", status: 1, saying: "no")
        let before = try gateway.fileStates()
        #expect(try gateway.tedge("connect", "c8y").status == 1)
        #expect(try gateway.fileStates() == before)
        #expect(try ChildProcess.run("ls", ["-A", elsewhere]).output == "")
        unlink("\(gateway.directory)/services/start.tedge-mapper-c8y.fails")
        try gateway.tedge("connect", "c8y").expectSuccess()
        #expect(try ChildProcess.run("ls", ["-A", elsewhere]).output == names.map { "\($0)\n" }.joined())
        // The link is what mosquitto reads: taking it away ends the bridge.
        try gateway.tedge("disconnect", "c8y").expectSuccess()
        #expect(access(gateway.path("mosquitto-conf/c8y-bridge.conf"), F_OK) != 0)
    }

    @Test(
        "a link in the place of a certificate or key is not written through", arguments: ["certificate", "private-key"])
    func certificateLink(name: String) throws {
        let gateway = try Gateway()
        let victim = "\(gateway.directory)/victim"
        try write("precious", to: victim)
        mkdir(gateway.path("device-certs"), 0o755)
        try link(gateway.path("device-certs/tedge-\(name).pem"), to: victim)
        let before = try gateway.fileStates()
        let outcome = try gateway.tedge("cert", "create", "--device-id", "gateway-1")
        #expect(outcome.status == 1 && outcome.errors.contains("already exists"))
        #expect(try gateway.fileStates() == before)
        #expect(contents(of: victim) == "precious")
    }

    @Test("root makes no certificate in somebody else's directory, and takes none from there", .enabled(if: isRoot))
    func foreignDirectory() throws {
        let gateway = try Gateway()
        let home = "\(gateway.directory)/home"
        mkdir(home, 0o755)
        mkdir("\(home)/certs", 0o755)
        chown(home, 65534, 65534)
        // The directory itself is root's, but its owner can exchange it; and it hides behind a link.
        try link(gateway.path("device-certs"), to: "\(home)/certs")
        let outcome = try gateway.tedge("cert", "create", "--device-id", "gateway-1")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("the directory \(home) belongs to the user 'nobody'"))
        #expect(try ChildProcess.run("ls", ["-A", "\(home)/certs"]).output == "")
        try write("theirs", to: "\(home)/certs/tedge-certificate.pem")
        #expect(try gateway.tedge("cert", "remove").status == 1)
        #expect(contents(of: "\(home)/certs/tedge-certificate.pem") == "theirs")
        unlink("\(home)/certs/tedge-certificate.pem")
        chown(home, 0, 0)
        chmod(home, 0o777)
        #expect(
            try gateway.tedge("cert", "create", "--device-id", "gateway-1").errors
                .contains("the directory \(home) can be written by everyone"))
        chmod(home, 0o755)
        try gateway.tedge("cert", "create", "--device-id", "gateway-1").expectSuccess()
    }

    @Test("root gives away no file in somebody else's directory", .enabled(if: isRoot))
    func ownerInForeignDirectory() throws {
        let (cloud, gateway) = (try StandInCloud(), try Gateway())
        try gateway.configure(for: cloud)
        try gateway.certify(for: cloud)
        let key = gateway.path("device-certs/tedge-private-key.pem")
        chown(key, 0, 0)
        chown(gateway.path("device-certs"), 65534, 65534)
        _ = try gateway.tedge("connect", "c8y", "--offline")
        #expect(try ChildProcess.run("stat", ["-c", "%u", key]).output == "0\n")
        chown(gateway.path("device-certs"), 0, 0)
        _ = try gateway.tedge("disconnect", "c8y")
        try gateway.tedge("connect", "c8y", "--offline").expectSuccess()
        #expect(try ChildProcess.run("stat", ["-c", "%U", key]).output == "mosquitto\n")
    }

    /// Whether files can be made immutable here: by root, and not on every file system.
    private static let hasImmutableFiles: Bool = {
        guard isRoot, let directory = try? TemporaryDirectory() else { return false }
        let probe = "touch \"$0\" && chattr +i \"$0\" && chattr -i \"$0\""
        return (try? ChildProcess.run("sh", ["-c", probe, directory.file("probe")]).exit) == .status(0)
    }()

    @Test("a file that is immutable is named with its reason, and stays", .enabled(if: hasImmutableFiles))
    func immutable() throws {
        let gateway = try Gateway()
        let file = gateway.path("tedge.toml")
        _ = try ChildProcess.run("chattr", ["+i", file])
        defer { _ = try? ChildProcess.run("chattr", ["-i", file]) }
        let before = try gateway.fileStates()
        let outcome = try gateway.tedge("config", "set", "c8y.url", "example.com")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("0: Cannot write \(file)\n    1: Operation not permitted (os error 1)\n"))
        #expect(!outcome.errors.contains("put back"))
        #expect(try gateway.fileStates() == before)
    }
}

import Glibc
import TestSupport
import Testing

/// A chroot, a hardened unit, a container: places where something is missing that every system has.
@Suite("confined", .serialized) struct ConfinementTests {
    /// Runs `tedge` where there is no `/proc`.
    private func withoutProc(_ words: [String], _ gateway: Gateway, input: String = "") throws -> Outcome {
        let unshare = geteuid() == 0 ? ["-m"] : ["-r", "-m"]
        let hide = "mount -t tmpfs none /proc && exec \"$@\""
        return Outcome(
            try ChildProcess.run(
                "unshare", unshare + ["sh", "-c", hide, "sh", releaseExecutable] + words,
                environment: gateway.environment, input: input))
    }

    @Test("without /proc the words of the command line are there")
    func arguments() throws {
        let gateway = try Gateway()
        try gateway.tedge("config", "set", "c8y.url", "a.example").expectSuccess()
        #expect(try withoutProc(["config", "get", "c8y.url"], gateway) == Outcome(status: 0, output: "a.example\n"))
        #expect(try withoutProc(["config", "set", "c8y.url", "b.example"], gateway) == Outcome(status: 0))
        #expect(try gateway.tedge("config", "get", "c8y.url").output == "b.example\n")
        #expect(try withoutProc(["cert", "create", "--device-id", "gateway-1"], gateway).status == 0)
        #expect(try withoutProc(["cert", "show"], gateway).output.contains("gateway-1"))
    }

    @Test("without /proc a password is read from the standard input, and a bridge written and taken away")
    func connection() throws {
        let (cloud, gateway) = (try StandInCloud(), try Gateway())
        try gateway.configure(for: cloud)
        try gateway.tedge("cert", "create", "--device-id", "gateway-1").expectSuccess()
        let upload = ["cert", "upload", "c8y", "--user", "alice", "--password-file", "-"]
        #expect(
            try withoutProc(upload, gateway, input: "secret\n")
                == Outcome(status: 0, output: "Certificate uploaded successfully.\n"))
        // The stand-in for the service manager needs /proc itself.
        let system = gateway.text("system.toml") ?? ""
        let none = system.replacing(/is_available = .*/, with: "is_available = [\"false\"]")
        try write(none, to: gateway.path("system.toml"))
        #expect(try withoutProc(["connect", "c8y"], gateway).status == 4)
        #expect(gateway.text("mosquitto-conf/c8y-bridge.conf")?.contains("connection edge_to_c8y") == true)
        #expect(try withoutProc(["disconnect", "c8y"], gateway).status == 0)
        #expect(gateway.text("mosquitto-conf/c8y-bridge.conf") == nil)
    }

    @Test("a limit of the size of files is an error of the file, and nothing is left half-written")
    func fileSize() throws {
        let gateway = try Gateway()
        try write("# " + String(repeating: "x", count: 5000) + "\n", to: gateway.path("tedge.toml"))
        let before = try gateway.snapshot()
        let outcome = Outcome(
            try ChildProcess.run(
                "sh", ["-c", "ulimit -f 4; exec \"$0\" config set c8y.url a.example", releaseExecutable],
                environment: gateway.environment))
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("File too large (os error 27)"))
        #expect(try gateway.snapshot() == before)
    }
}

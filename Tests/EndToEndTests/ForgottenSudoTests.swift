import Glibc
import TestSupport
import Testing

/// Commands that a user runs who may read but not write: each says that sudo is missing, and changes nothing.
@Suite("forgotten sudo", .serialized, .enabled(if: geteuid() == 0, "needs a second user, and so root"))
struct ForgottenSudoTests {
    static let commands = [
        "init", "config set c8y.url a.example", "config unset mqtt.bind.port", "config add c8y.topics a",
        "config remove mqtt.bind.port 1", "config upgrade", "cert remove", "cert create-csr",
        "cert renew --ca self-signed", "connect c8y", "disconnect c8y", "reconnect c8y", "refresh-bridges",
    ]

    private func ready() throws -> (StandInCloud, Gateway) {
        let (cloud, gateway) = (try StandInCloud(), try Gateway())
        try gateway.configure(for: cloud)
        try gateway.certify(for: cloud)
        return (cloud, gateway)
    }

    @Test("is said by every command that changes something", arguments: commands)
    func stranger(line: String) throws {
        let (cloud, gateway) = try ready()
        defer { withExtendedLifetime(cloud) {} }
        let words = line.split(separator: " ").map(String.init)
        if ["disconnect", "reconnect", "refresh-bridges"].contains(words[0]) {
            try gateway.tedge("connect", "c8y").expectSuccess()
            // What refreshing would write.
            try gateway.tedge("config", "set", "c8y.bridge.keepalive_interval", "61s").expectSuccess()
        }
        if line.hasPrefix("config remove") {
            try write("[mqtt.bind]\nport = 1\n", to: gateway.path("tedge.toml"))
        }
        let before = try gateway.snapshot()
        let outcome = try gateway.runAsStranger(words)
        #expect(outcome.status == 1)
        let hint = line == "init" ? "You have to run tedge with sudo.\n" : "\nHint: Run the command with sudo.\n"
        #expect(outcome.errors.contains(hint), "\(outcome.errors)")
        #expect(try gateway.snapshot() == before)
    }

    @Test("is said where certificates are made")
    func certificate() throws {
        let gateway = try Gateway()
        mkdir(gateway.path("device-certs"), 0o755)
        let outcome = try gateway.runAsStranger(["cert", "create", "--device-id", "a"])
        #expect(outcome.status == 1 && outcome.errors.hasSuffix("\nHint: Run the command with sudo.\n"), "\(outcome)")
    }

    @Test(
        "is never said to root, who is told where to look", arguments: ["config set c8y.url a.example", "connect c8y"])
    func root(line: String) throws {
        let (cloud, gateway) = try ready()
        defer { withExtendedLifetime(cloud) {} }
        let words = line.split(separator: " ").map(String.init)
        // As in a hardened unit: root without the capabilities that let it write anywhere.
        _ = try ChildProcess.run("chown", ["65534", gateway.configuration, gateway.path("mosquitto-conf")])
        let powerless = ["--bounding-set=-all", "--inh-caps=-all", releaseExecutable] + words
        let outcome = Outcome(try ChildProcess.run("setpriv", powerless, environment: gateway.environment))
        #expect(outcome.status == 1)
        #expect(!outcome.errors.contains("sudo"))
        #expect(outcome.errors.contains("\nHint: Root may not do this either: run 'lsattr -d \(gateway.configuration)"))
    }
}

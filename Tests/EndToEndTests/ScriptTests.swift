import Glibc
import TestSupport
import Testing

/// What public scripts do with `tedge` (see `Tests/Scripts`), each on a gateway of its own.
@Suite("scripts of others") struct ScriptTests {
    private static let directory = packageDirectory + "/Tests/Scripts"

    private static let names = [
        "demo-container", "demo-entry-point", "diag-plugins", "firmware-update", "homebrew", "monit", "over-ssh",
        "package-scripts", "pki-smallstep", "renewal-units", "router", "rugpi", "service-managers", "standalone",
        "zero-touch",
    ]

    /// Those of containers, whose user is not root, and how their device is registered.
    private static let containers = [
        "container-bundle": ("container-1", "otp-container"), "kubernetes": ("pod-1", "otp-pod"),
    ]

    @Test("each script gets the exit statuses that it decides on")
    func scripts() throws {
        // One after the other, because some have the cloud misbehave.
        let cloud = try StandInCloud()
        for name in Self.names { try run(name, Gateway(), cloud) }
    }

    @Test("a container needs no root")
    func containers() throws {
        let cloud = try StandInCloud()
        for (name, (id, password)) in Self.containers {
            try cloud.command("register", id, password)
            try run(name, Gateway(), cloud, asNobody: geteuid() == 0)
        }
    }

    @Test("every script is run here or on a device")
    func all() throws {
        let files = try ChildProcess.run("sh", ["-c", "cd \"$0\" && ls *.sh", Self.directory]).output
        let names = Self.names + Self.containers.keys + ["lib", "on-device"]
        #expect(files.split(separator: "\n").sorted() == names.map { "\($0).sh"[...] }.sorted())
    }

    private func run(_ name: String, _ gateway: Gateway, _ cloud: StandInCloud, asNobody: Bool = false) throws {
        let environment = try prepare(gateway, cloud)
        let script = try ChildProcess.run(Self.directory + "/run", ["--print", name]).output
        var words = ["sh", "-c", script]
        if asNobody {
            _ = try ChildProcess.run("chown", ["-R", "65534:65534", gateway.directory])
            words = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] + words
        }
        let ended = try ChildProcess.run(words[0], Array(words.dropFirst()), environment: environment)
        #expect(ended.exit == .status(0), "\(name): \(ended.errors)")
    }

    /// Puts what the script calls on its path, and returns what it finds in its environment.
    private func prepare(_ gateway: Gateway, _ cloud: StandInCloud) throws -> [String: String] {
        let (bin, work) = ("\(gateway.directory)/bin", "\(gateway.directory)/work")
        let make = """
            cd "$0"
            mkdir work
            cp "$1" bin/tedge
            cp "$2" bin/services
            sed -i "s|$2|$0/bin/services|" tedge/system.toml
            cp tedge/system.toml work.toml
            """
        let made = try ChildProcess.run("sh", ["-ec", make, gateway.directory, releaseExecutable, Gateway.services])
        guard made.exit == .status(0) else { throw TestFailure(made.errors) }
        let files = String(cloud.rootCertificate.dropLast("/ca.pem".count))
        try write(
            "#!/bin/sh\nexec '\(packageDirectory)/Tests/CloudSimulator/cloud' \"$@\" --directory '\(files)'\n",
            to: bin + "/cloud", mode: 0o755)
        let variables = [
            "WORK": work, "SYSTEM_TOML": "\(work).toml", "SERVICES": "\(bin)/services",
            "SERVICES_DIRECTORY": "\(gateway.directory)/services",
            "BROKER_CONFIGURATION": "\(gateway.directory)/services/mosquitto.conf", "BROKER_PORT": String(gateway.port),
            "CLOUD_HOST": "localhost", "CLOUD_HTTP": "localhost:\(cloud.httpsPort)",
            "CLOUD_MQTT": "localhost:\(cloud.mqttPort)", "CLOUD_ROOT": cloud.rootCertificate,
            "CLOUD_PROXY_PORT": String(cloud.proxyPort), "CLOUD_USER": "alice", "CLOUD_PASSWORD": "secret",
        ]
        return gateway.environment.merging(variables) { $1 }
    }
}

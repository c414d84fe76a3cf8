import Glibc
import Synchronization
import TestSupport

/// A gateway in a directory of its own: the release executable, settings, a mosquitto on a free port that the script
/// `services` starts as `system.toml` says, and a program `tedge-mapper` that does nothing.
///
/// What it started ends with it, or with this process, however that ends.
final class Gateway: Sendable {
    /// The directory of it all.
    let directory: String
    /// The settings and what hangs on them.
    let configuration: String
    /// The port of the local broker.
    let port: UInt16

    private static let root = Result { try Root() }
    static let services = String(#filePath.dropLast("Gateway.swift".count)) + "services"

    /// Makes a gateway with nothing configured but its ports and services.
    init(mapper: Bool = true) throws {
        directory = try Self.root.get().next()
        configuration = "\(directory)/tedge"
        port = try freePort()
        for name in ["bin", "services", "tedge", "tedge/mosquitto-conf"] { mkdir("\(directory)/\(name)", 0o755) }
        if mapper { try write("#!/bin/sh\n", to: "\(directory)/bin/tedge-mapper", mode: 0o755) }
        try write("include_dir \(configuration)/mosquitto-conf\n", to: "\(directory)/services/mosquitto.conf")
        try write("", to: "\(directory)/services/calls", mode: 0o666)
        try write(Self.systemToml(directory), to: "\(configuration)/system.toml")
        try write("[mqtt.bind]\nport = \(port)\n", to: "\(configuration)/tedge.toml")
    }

    deinit {
        // Whatever was started has left a file with its number.
        let stop = """
            rm -f "$1"/services/*.fails "$1"/services/*.hangs
            for file in "$1"/services/*.pid; do
                [ ! -e "$file" ] || "$0" "$1/services" stop "$(basename "$file" .pid)"
            done
            rm -rf "$1"
            """
        _ = try? ChildProcess.run("sh", ["-c", stop, Self.services, directory])
    }

    private static func systemToml(_ directory: String) -> String {
        let begin = "[\"\(services)\", \"\(directory)/services\""
        var lines = ["[init]", "name = \"systemd\"", "is_available = \(begin), \"available\"]"]
        for (key, command) in [
            ("restart", "restart"), ("start", "start"), ("stop", "stop"), ("enable", "enable"), ("disable", "disable"),
            ("is_active", "is-active"),
        ] {
            lines.append("\(key) = \(begin), \"\(command)\", \"{}\"]")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Runs `tedge`.
    func tedge(_ words: String..., environment: [String: String] = [:], input: String = "") throws -> Outcome {
        try run(words, environment: environment, input: input)
    }

    /// Runs `tedge`.
    func run(_ words: [String], environment: [String: String] = [:], input: String = "") throws -> Outcome {
        Outcome(
            try ChildProcess.run(
                releaseExecutable, words, environment: self.environment.merging(environment) { $1 }, input: input))
    }

    /// Runs `tedge` as somebody who may read but not write here.
    func runAsStranger(_ words: [String], input: String = "") throws -> Outcome {
        let words = try asStranger(words)
        let rest = Array(words.dropFirst())
        return Outcome(try ChildProcess.run(words[0], rest, environment: environment, input: input))
    }

    /// Starts `tedge` as somebody who may read but not write here.
    func startAsStranger(_ words: [String]) throws -> ChildProcess {
        let words = try asStranger(words)
        return try ChildProcess(words[0], Array(words.dropFirst()), environment: environment)
    }

    private func asStranger(_ words: [String]) throws -> [String] {
        let stranger = geteuid() == 0 ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : ["env"]
        return stranger + [try Self.root.get().executable()] + words
    }

    /// What `tedge` finds in its environment.
    var environment: [String: String] {
        var environment = [
            "PATH": "\(directory)/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "TEDGE_CONFIG_DIR": configuration, "HOME": directory,
        ]
        // For an executable that was built with a sanitizer.
        for name in ["ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS"] {
            if let value = getenv(name) { environment[name] = String(cString: value) }
        }
        return environment
    }

    /// The absolute path of a file of the settings' directory.
    func path(_ name: String) -> String { "\(configuration)/\(name)" }

    /// A file of the settings' directory as text; nil if there is none.
    func text(_ name: String) -> String? { access(path(name), F_OK) == 0 ? contents(of: path(name)) : nil }

    /// All files of the settings' directory, with mode and content.
    func snapshot() throws -> String {
        let look = "cd \"$0\" && find . -printf '%P %m %s\\n' | sort && find . -type f | sort | xargs sha256sum"
        let found = try ChildProcess.run("sh", ["-c", look, configuration])
        guard found.exit == .status(0) else { throw TestFailure(found.errors) }
        return found.output
    }

    /// Whether the local broker takes connections.
    var isListening: Bool { TestSupport.isListening(port) }

    /// What the service manager was told, one call a line.
    var calls: [String] { contents(of: "\(directory)/services/calls").split(separator: "\n").map(String.init) }

    /// Has a call of the service manager fail with this status and these words on stderr.
    func fail(_ call: String, status: Int, saying words: String) throws {
        try write("\(status)\n\(words)\n", to: "\(directory)/services/\(call).fails")
    }

    /// Has a call of the service manager not end, once; one that is deaf does not even end when it is asked to.
    func hang(_ call: String, isDeaf: Bool = false) throws {
        try write(isDeaf ? "deaf" : "", to: "\(directory)/services/\(call).hangs")
    }

    /// The text with what differs from run to run replaced by words.
    func neutral(_ text: String) -> String {
        text.replacing(directory, with: "GATEWAY").replacing(String(port), with: "PORT")
    }

    /// Makes the gateway one that can be connected to the cloud, but for the trust in its certificate.
    func configure(for cloud: StandInCloud, host: String = "localhost") throws {
        for (key, value) in [
            ("c8y.url", host), ("c8y.http", "\(host):\(cloud.httpsPort)"), ("c8y.mqtt", "\(host):\(cloud.mqttPort)"),
            ("c8y.root_cert_path", cloud.rootCertificate),
        ] {
            try tedge("config", "set", key, value).expectSuccess()
        }
    }

    /// The same for Azure or AWS.
    func configure(_ name: String, for cloud: StandInCloud, host: String? = nil) throws {
        for (key, value) in [("url", host ?? cloud.address), ("root_cert_path", cloud.rootCertificate)] {
            try tedge("config", "set", "\(name).\(key)", value).expectSuccess()
        }
    }

    /// The names of the services that run.
    var running: [String] {
        let look = """
            for file in "$1"/services/*.pid; do
                service=$(basename "$file" .pid)
                ! "$0" "$1/services" is-active "$service" || echo "$service"
            done
            """
        let found = try? ChildProcess.run("sh", ["-c", look, Self.services, directory])
        return found?.output.split(separator: "\n").map(String.init) ?? []
    }

    /// Makes a certificate and has the cloud trust it.
    func certify(for cloud: StandInCloud, id: String = "gateway-1") throws {
        try tedge("cert", "create", "--device-id", id).expectSuccess()
        try cloud.command("trust", path("device-certs/tedge-certificate.pem"))
    }
}

/// The directory of all gateways of this process, and its end.
private final class Root: Sendable {
    private let directory: TemporaryDirectory
    private let sweeper: ChildProcess
    private let count = Mutex(0)

    /// Makes the directory, and starts what takes it and all services away when this process is gone.
    init() throws {
        directory = try TemporaryDirectory()
        let sweep = """
            tail --pid="$0" -f /dev/null
            for file in "$1"/*/services/*.pid; do [ ! -e "$file" ] || kill -9 "$(cut -d ' ' -f 1 "$file")"; done
            # One whose starter was killed is in no file, but has a file below the directory among its words.
            for entry in /proc/[0-9]*; do
                if tr '\\0' ' ' <"$entry/cmdline" 2>/dev/null | grep -qF "$1/"; then kill -9 "${entry#/proc/}"; fi
            done
            rm -rf "$1"
            """
        sweeper = try ChildProcess("setsid", ["sh", "-c", sweep, String(getpid()), directory.path])
    }

    /// The path of a new directory.
    func next() throws -> String {
        let number = count.withLock { count in
            count += 1
            return count
        }
        let path = directory.file("gateway-\(number)")
        guard mkdir(path, 0o755) == 0 else { throw TestFailure("\(path): \(String(cString: strerror(errno)))") }
        return path
    }

    /// A copy of the executable that everyone can reach.
    func executable() throws -> String {
        let path = directory.file("tedge")
        guard access(path, X_OK) != 0 else { return path }
        let copy = try ChildProcess.run("cp", [releaseExecutable, path])
        guard copy.exit == .status(0) else { throw TestFailure(copy.errors) }
        return path
    }
}

extension Gateway {
    /// Starts the local broker with a listener on the port, as it runs on a device before the first connect.
    func startLocalBroker() throws {
        let file = path("mosquitto-conf/tedge-mosquitto.conf")
        try write("listener \(port) 127.0.0.1\nallow_anonymous true\n", to: file)
        let services = Self.services
        let started = try ChildProcess.run(services, ["\(directory)/services", "start", "mosquitto"])
        guard started.exit == .status(0), eventually({ isListening }) else {
            throw TestFailure("mosquitto does not run")
        }
    }
}

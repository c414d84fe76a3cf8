import Foundation
import TestSupport
import Testing

/// `diag collect` with the real tar, plugins that misbehave, and secrets everywhere.
@Suite("support bundle") struct SupportBundleTests {
    /// Unpacks an archive below the gateway's directory. Returns the directory in it.
    private func unpack(_ archive: String, _ gateway: Gateway, name: String) throws -> String {
        let place = "\(gateway.directory)/unpacked-\(name)"
        mkdir(place, 0o755)
        let unpacked = try ChildProcess.run("tar", ["-xzf", archive, "-C", place])
        #expect(unpacked.exit == .status(0), "\(unpacked.errors)")
        return "\(place)/\(name)"
    }

    private func collect(
        _ gateway: Gateway, _ words: [String] = [], environment: [String: String] = [:]
    ) throws -> Outcome {
        mkdir("\(gateway.directory)/out", 0o755)
        mkdir("\(gateway.directory)/plugins", 0o755)
        return try gateway.run(
            [
                "diag", "collect", "--output-dir", "\(gateway.directory)/out", "--name", "bundle", "--plugin-dir",
                "\(gateway.directory)/plugins",
            ] + words, environment: environment)
    }

    private func plugin(_ gateway: Gateway, _ name: String, _ script: String) throws {
        mkdir("\(gateway.directory)/plugins", 0o755)
        try write("#!/bin/sh\n\(script)\n", to: "\(gateway.directory)/plugins/\(name)", mode: 0o755)
    }

    /// All bytes of all files below a directory.
    private func everything(_ directory: String) throws -> String {
        let found = try ChildProcess.run("grep", ["-ra", "", directory])
        return found.output
    }

    @Test("no secret of the device is in the bundle, wherever it stands")
    func secrets() throws {
        let gateway = try Gateway()
        var secrets: [String] = []
        func secret(_ name: String) -> String {
            secrets.append("\(name)SECRET\(secrets.count)")
            return secrets[secrets.count - 1]
        }
        try gateway.tedge("config", "set", "c8y.url", "example.cumulocity.com").expectSuccess()
        // What the table of settings calls secret, in files and in the environment.
        for key in ["device.key_pin", "proxy.password", "c8y.device.key_pin", "c8y.profiles.two.device.key_pin"] {
            try gateway.tedge("config", "set", key, secret("Setting")).expectSuccess()
        }
        var environment = [
            "TEDGE_DEVICE_CRYPTOKI_PIN": secret("Variable"), "C8Y_PASSWORD": secret("Variable"),
            "C8YPASS": secret("Variable"), "DEVICE_ONE_TIME_PASSWORD": secret("Variable"),
            "TEDGE_PROXY_PASWORD": secret("Variable"), "MY_API_TOKEN": secret("Variable"),
        ]
        environment["HTTPS_PROXY"] = "http://me:\(secret("Proxy"))@proxy:3128"
        try gateway.tedge("cert", "create", "--device-id", "gateway-1").expectSuccess()
        try gateway.tedge("config", "set", "c8y.auth_method", "basic").expectSuccess()
        let credential = secret("Credential")
        try write(
            "[c8y]\nusername = \"t/d\"\npassword = \"\(credential)\"\n", to: gateway.path("credentials.toml"),
            mode: 0o600)
        let local = secret("Local")
        try write("\(local)\n", to: gateway.path("pw"), mode: 0o600)
        try gateway.tedge("config", "set", "mqtt.client.auth.password_file", gateway.path("pw")).expectSuccess()
        let pending = secret("Pending")
        try write(
            "gateway-1\nexample.cumulocity.com:443\n\(pending)\n\n",
            to: gateway.path("device-certs/tedge-certificate.pem.registration"), mode: 0o600)
        let document = secret("Document")
        try write("[{\"one_time_password\": \"\(document)\"}]\n", to: gateway.path("bootstrap.json"))
        let settings = contents(of: gateway.path("tedge.toml"))
        try write(settings + "[unknown]\npasword = \"\(secret("Misspelled"))\"\n", to: gateway.path("tedge.toml"))
        try write(
            "connection other\naddress 127.0.0.1:1\ntopic # out\nremote_password \(secret("Other")) with blanks\n"
                + "bridge_psk \(secret("Key"))\n# remote_password \(secret("Comment"))\nplugin_opt_db_pass \(secret("Plugin"))\n",
            to: gateway.path("mosquitto-conf/other.conf"))
        let words = [
            "\(credential) \(local) \(pending) \(document)", "password=\(secret("Log"))",
            "Authorization: Bearer \(secret("Log"))",
            "71,eyJhbGciOiJIUzI1NiJ9.\(secret("Token")).c2ln",
            "GET https://a.b/?one-time-password=\(secret("Log"))&x=1",
            "http://u:\(secret("Log"))@host", "--one-time-password \(secret("Log"))",
            "{\"token\":\"\(secret("Log"))\"}",
            Data("t/d:\(credential)".utf8).base64EncodedString(),
            contents(of: gateway.path("device-certs/tedge-private-key.pem")),
        ].joined(separator: "\n")
        let logs = "\(gateway.directory)/logs"
        mkdir(logs, 0o755)
        try write(words, to: "\(logs)/agent.log")
        try gateway.tedge("config", "set", "logs.path", logs).expectSuccess()
        try plugin(
            gateway, "10_leak",
            "env; cat \(logs)/agent.log $TEDGE_CONFIG_DIR/*.toml >&2; cp -r $TEDGE_CONFIG_DIR \"$3\"; "
                + "printf '\\0\(credential)' >\"$3/a.db\"; tar czf \"$3/a.tgz\" $TEDGE_CONFIG_DIR 2>/dev/null")
        let outcome = try collect(gateway, environment: environment)
        #expect(outcome.status == 0, "\(outcome)")
        let directory = try unpack("\(gateway.directory)/out/bundle.tar.gz", gateway, name: "bundle")
        let all = try everything(directory)
        #expect(
            all.contains("(secret)") && all.contains("logs/tedge/agent.log:")
                && all.contains("other.conf:bridge_psk (secret)"))
        for secret in secrets { #expect(!all.contains(secret), "\(secret)") }
        #expect(!all.contains(Data("t/d:\(credential)".utf8).base64EncodedString()))
        let key = contents(of: gateway.path("device-certs/tedge-private-key.pem")).split(separator: "\n")
        // The last lines are the public key, which the certificate has as well.
        let certificate = contents(of: gateway.path("device-certs/tedge-certificate.pem"))
        for line in key where !line.hasPrefix("-----") && !certificate.contains(line) {
            #expect(!all.contains(line), "a line of the key")
        }
        #expect(all.contains("-----BEGIN CERTIFICATE-----"))
        for text in [outcome.output, outcome.errors] { for secret in secrets { #expect(!text.contains(secret)) } }
    }

    @Test("it ends, whatever hangs, and says what did not answer")
    func hanging() throws {
        let gateway = try Gateway()
        unlink(gateway.path("system.toml"))
        try gateway.tedge("config", "set", "c8y.url", "example.invalid").expectSuccess()
        let left = "\(gateway.directory)/left"
        for name in ["systemctl", "mosquitto", "journalctl", "df"] {
            try write(
                "#!/bin/sh\ntrap '' TERM\nsleep 600 & sleep 600\n", to: "\(gateway.directory)/bin/\(name)", mode: 0o755)
        }
        #expect(mkfifo(gateway.path("mosquitto-conf/log.conf"), 0o644) == 0)
        try plugin(
            gateway, "10_deaf",
            "trap '' TERM; setsid sleep 600 & echo $! >\(left); echo said; while :; do sleep 1; done")
        try plugin(gateway, "20_flood", "while :; do echo flood; done")
        try plugin(gateway, "30_good", "echo fine")
        let begin = ContinuousClock.now
        let outcome = try collect(gateway, ["--timeout", "1s", "--forceful-timeout", "0s"])
        #expect(ContinuousClock.now - begin < .seconds(60))
        #expect(outcome.status == 1, "\(outcome)")
        #expect(outcome.errors.contains("10_deaf: It did not end within 1 seconds, and was ended.\n"))
        let directory = try unpack("\(gateway.directory)/out/bundle.tar.gz", gateway, name: "bundle")
        #expect(contents(of: "\(directory)/10_deaf/output.log").contains("did not end"))
        #expect(contents(of: "\(directory)/30_good/output.log").contains("stdout <<EOF\nfine\nEOF\n"))
        let summary = contents(of: "\(directory)/summary.log")
        for word in ["systemctl: it did not answer", "df: it did not answer", "log.conf: it is a FIFO"] {
            #expect(summary.contains(word), "\(word)\n\(summary)")
        }
        let process = try #require(pid_t(contents(of: left).split(separator: "\n").first ?? ""))
        #expect(eventually { kill(process, 0) != 0 || contents(of: "/proc/\(process)/status").contains("State:\tZ") })
    }

    @Test("without root it is made too, and what could not be read is said")
    func stranger() throws {
        let gateway = try Gateway()
        try gateway.tedge("config", "set", "c8y.url", "example.cumulocity.com").expectSuccess()
        try write("remote_password x\n", to: gateway.path("mosquitto-conf/closed.conf"), mode: 0o600)
        let out = "\(gateway.directory)/out"
        mkdir(out, 0o777)
        chmod(out, 0o777)
        let outcome = try gateway.runAsStranger(["diag", "collect", "--output-dir", out, "--name", "bundle"])
        #expect(outcome.status == 0, "\(outcome)")
        guard geteuid() == 0 else { return }
        #expect(outcome.errors.contains("Not everything could be read:\n"))
        #expect(outcome.errors.contains("closed.conf: Permission denied"))
        #expect(outcome.errors.contains("\nHint: Run 'sudo tedge diag collect' to collect that too.\n"))
        #expect(outcome.output == "\(out)/bundle.tar.gz\n")
    }

    @Test("to stdout goes an archive, and nothing else")
    func streamed() throws {
        let gateway = try Gateway()
        let archive = "\(gateway.directory)/streamed.tar.gz"
        let script = "\"$0\" diag collect --output - --name bundle >\"$1\""
        let outcome = Outcome(
            try ChildProcess.run("sh", ["-c", script, releaseExecutable, archive], environment: gateway.environment))
        #expect(outcome.status == 0 && outcome.output == "", "\(outcome)")
        #expect(outcome.errors.hasPrefix("Collecting the checks"))
        let directory = try unpack(archive, gateway, name: "bundle")
        #expect(contents(of: "\(directory)/doctor.json").hasPrefix(#"{"command":"doctor""#))
        let object = try gateway.tedge("diag", "collect", "--output", "-", "--json")
        #expect(object.status == 2 && object.output.contains(#""reason":"wrong-usage""#))
        let session = try TerminalSession(
            [releaseExecutable, "diag", "collect", "--output", "-"], environment: gateway.environment)
        #expect(try session.status() == 2)
        #expect(session.text.contains("The standard output is a terminal"))
    }

    @Test("the archive is for its owner alone, begins with the doctor, and replaces nothing")
    func archive() throws {
        let gateway = try Gateway()
        #expect(try collect(gateway).status == 0)
        let path = "\(gateway.directory)/out/bundle.tar.gz"
        let listed = try ChildProcess.run("tar", ["-tzf", path]).output.split(separator: "\n")
        #expect(listed.prefix(2) == ["bundle/doctor.json", "bundle/summary.log"])
        #expect(try ChildProcess.run("stat", ["-c", "%a", path]).output == "600\n")
        let before = contents(of: path)
        let again = try collect(gateway)
        #expect(again.status == 1 && again.errors.contains("bundle.tar.gz exists already."))
        #expect(contents(of: path) == before)
        let json = try gateway.tedge(
            "diag", "collect", "--json", "--output-dir", "\(gateway.directory)/out", "--name", "second", "--keep-dir")
        #expect(json.status == 0 && json.output.contains("out/second.tar.gz\",\"directory\":\""))
        #expect(access("\(gateway.directory)/out/second/doctor.json", F_OK) == 0)
    }

    @Test("Ctrl-C leaves nothing behind")
    func interrupted() throws {
        let gateway = try Gateway()
        let started = "\(gateway.directory)/started"
        try plugin(gateway, "10_slow", "touch \(started); sleep 600")
        mkdir("\(gateway.directory)/out", 0o755)
        let process = try ChildProcess(
            releaseExecutable,
            [
                "diag", "collect", "--output-dir", "\(gateway.directory)/out", "--plugin-dir",
                "\(gateway.directory)/plugins",
            ],
            environment: gateway.environment, output: "\(gateway.directory)/o", errors: "\(gateway.directory)/e")
        #expect(eventually(within: .seconds(30)) { access(started, F_OK) == 0 })
        process.send(SIGINT)
        #expect(try process.waitForExit(within: .seconds(10)) == .status(1))
        #expect(contents(of: "\(gateway.directory)/e").hasSuffix("\nEverything is as before.\n"))
        #expect(try ChildProcess.run("ls", ["-A", "\(gateway.directory)/out"]).output == "")
    }
}

import Glibc
import TestSupport
import Testing

/// From an empty box to a proven connection with one command.
@Suite("bootstrap", .serialized) struct BootstrapTests {
    /// An empty gateway, and a cloud that does not know it.
    struct Ready {
        let cloud: StandInCloud
        let gateway: Gateway

        init(passwords: Bool = false) throws {
            (cloud, gateway) = (try StandInCloud(passwords: passwords), try Gateway())
        }

        /// The words that every run for Cumulocity needs here.
        func words(id: String = "gateway-1", mqtt: UInt16? = nil) -> [String] {
            [
                "bootstrap", "c8y", "--url", "localhost:\(cloud.httpsPort)", "--set",
                "c8y.mqtt=localhost:\(mqtt ?? cloud.mqttPort)", "--set", "c8y.root_cert_path=\(cloud.rootCertificate)",
                "--device-id", id,
            ]
        }

        static let credentials = ["C8Y_USER": "alice", "C8Y_PASSWORD": "secret"]

        func bootstrap(
            _ more: String..., environment: [String: String] = credentials, id: String = "gateway-1",
            isJSON: Bool = false
        ) throws -> Outcome {
            try gateway.run((isJSON ? ["--json"] : []) + words(id: id) + more, environment: environment)
        }

        /// Starts the command. Its output is in the files `output` and `errors` of the gateway.
        func start(_ more: [String], environment: [String: String] = credentials) throws -> ChildProcess {
            try ChildProcess(
                releaseExecutable, words() + more, environment: gateway.environment.merging(environment) { $1 },
                output: "\(gateway.directory)/output", errors: "\(gateway.directory)/errors")
        }

        var output: String { contents(of: "\(gateway.directory)/output") }
        var errors: String { contents(of: "\(gateway.directory)/errors") }

        /// The text with what differs from run to run replaced by words.
        func neutral(_ text: String) -> String {
            gateway.neutral(text).replacing(String(cloud.httpsPort), with: "HTTPS")
                .replacing(String(cloud.mqttPort), with: "MQTT")
                .replacing(#/valid until \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000/#, with: "valid until DATE")
        }

        /// The one-time password in the address that was printed.
        func printedPassword(_ text: String) throws -> String {
            guard let found = text.firstMatch(of: #/&one-time-password=([0-9A-Za-z]{32})\s/#) else {
                throw TestFailure("there is no address in: \(text)")
            }
            return String(found.1)
        }

        /// How many certificates were sent to the cloud.
        func uploads() throws -> Int { try cloud.show().ranges(of: "/trusted-certificates").count }

        /// The files in the directory of the certificate.
        func pairFiles() throws -> [String] {
            try gateway.fileStates().keys.filter { $0.hasPrefix("device-certs/") }.map { String($0.dropFirst(13)) }
                .sorted()
        }

        /// The calls that change a service.
        var changes: [String] {
            gateway.calls.filter { !$0.hasPrefix("is-active") && $0 != "available" }
        }
    }

    // MARK: The methods

    @Test("an empty box is connected with a certificate that it signs itself")
    func selfSigned() throws {
        let ready = try Ready()
        let outcome = try ready.bootstrap("--register", "self-signed")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(
            ready.neutral(outcome.output) == """
                prepare:   localhost answers.
                configure: has set c8y.http, c8y.mqtt, c8y.root_cert_path.
                register:  has created the certificate of 'gateway-1', valid until DATE, and has uploaded it.
                connect:   the bridge to Cumulocity is configured, and the services run.
                verify:    Cumulocity answers.

                """)
        #expect(!outcome.errors.contains("rror"))
        #expect(try ready.gateway.tedge("connect", "c8y", "--test").status == 0)
        #expect(try ready.pairFiles() == ["tedge-certificate.pem", "tedge-private-key.pem"])
    }

    @Test("a second run changes nothing, restarts nothing, uploads nothing, and needs no password")
    func secondRun() throws {
        let ready = try Ready()
        try ready.bootstrap("--register", "self-signed").expectSuccess()
        let (before, changes, uploads) = (try ready.gateway.snapshot(), ready.changes, try ready.uploads())
        let outcome = try ready.bootstrap("--register", "self-signed", environment: [:])
        #expect(outcome.status == 0, "\(outcome)")
        #expect(
            ready.neutral(outcome.output) == """
                prepare:   localhost answers.
                configure: keeps the settings, which are as wanted.
                register:  keeps the certificate of 'gateway-1', valid until DATE, which the tenant trusts.
                connect:   keeps the connection, which is as the settings say.
                verify:    Cumulocity answers.

                """)
        let json = try ready.bootstrap("--register", "self-signed", environment: [:], isJSON: true)
        #expect(json.status == 0)
        #expect(json.output.hasPrefix(#"{"command":"bootstrap","cloud":"c8y","#))
        #expect(json.output.contains(#""result":"ok","changed":false"#) && !json.output.contains(#""changed":true"#))
        #expect(try ready.gateway.tedge("bootstrap", "c8y").status == 0)
        #expect(try ready.gateway.snapshot() == before)
        #expect(ready.changes == changes)
        #expect(try ready.uploads() == uploads && uploads == 1)
    }

    @Test("the tenant's authority issues the certificate when the registration is approved, while the command waits")
    func authority() throws {
        let ready = try Ready()
        let process = try ready.start([])
        #expect(eventually { ready.output.contains("register:  waiting, ") })
        try ready.cloud.command("register", "gateway-1", try ready.printedPassword(ready.output))
        #expect(try process.waitForExit(within: .seconds(60)) == .status(0), "\(ready.output)\(ready.errors)")
        #expect(
            ready.output.contains(
                "/apps/devicemanagement/index.html#/deviceregistration?externalId=gateway-1&one-time-password="))
        #expect(ready.output.contains("register:  has downloaded the certificate of 'gateway-1'"))
        #expect(ready.output.hasSuffix("verify:    Cumulocity answers.\n"))
        #expect(!ready.errors.contains("rror"))
        #expect(try ready.pairFiles() == ["tedge-certificate.pem", "tedge-private-key.pem"])
    }

    @Test(
        "a run that a signal ends while it waits keeps its one-time password for the next one",
        arguments: [SIGTERM, SIGKILL])
    func interruptedWait(signal: Int32) throws {
        let ready = try Ready()
        let process = try ready.start([])
        #expect(eventually { ready.output.contains("register:  waiting, ") })
        let password = try ready.printedPassword(ready.output)
        process.send(signal)
        #expect(try process.waitForExit() == (signal == SIGTERM ? .status(1) : .signal(SIGKILL)))
        if signal == SIGTERM {
            #expect(
                ready.errors.contains("Interrupted by SIGTERM") && ready.errors.contains("Run the same command again"))
        }
        let kept = ready.gateway.path("device-certs/tedge-certificate.pem.registration")
        #expect(try ChildProcess.run("stat", ["-c", "%a", kept]).output == "600\n")
        try ready.cloud.command("register", "gateway-1", password)
        let again = try ready.bootstrap()
        #expect(again.status == 0, "\(again)")
        #expect(try ready.printedPassword(again.output) == password)
        #expect(try ready.pairFiles() == ["tedge-certificate.pem", "tedge-private-key.pem"])
    }

    @Test("a one-time password that is given is neither printed nor stored", arguments: ["variable", "file", "input"])
    func givenPassword(way: String) throws {
        let ready = try Ready()
        let file = "\(ready.gateway.directory)/otp"
        try write("s3cret-otp\n", to: file)
        let (words, environment): ([String], [String: String]) =
            switch way {
            case "variable": ([], ["DEVICE_ONE_TIME_PASSWORD": "s3cret-otp"])
            case "file": (["--one-time-password-file", file], [:])
            default: (["--one-time-password-file", "-"], [:])
            }
        let early = try ready.gateway.run(
            ready.words() + ["--no-wait"] + words, environment: environment, input: "s3cret-otp\n")
        #expect(early.status == 1)
        #expect(early.errors.contains("The device 'gateway-1' is not registered in Cumulocity"))
        #expect(early.errors.contains("with this one-time password, or check both"))
        try ready.cloud.command("register", "gateway-1", "s3cret-otp")
        let outcome = try ready.gateway.run(ready.words() + words, environment: environment, input: "s3cret-otp\n")
        #expect(outcome.status == 0, "\(outcome)")
        for text in [early.output, early.errors, outcome.output, outcome.errors] { #expect(!text.contains("s3cret")) }
        #expect(try ChildProcess.run("grep", ["-r", "s3cret", ready.gateway.configuration]).output == "")
    }

    @Test("a user name and a password are proven before they are stored, and connect the device")
    func password() throws {
        let ready = try Ready(passwords: true)
        let words = ready.words(mqtt: ready.cloud.passwordPort) + ["--register", "basic"]
        let wrong = try ready.gateway.run(words, environment: ["C8Y_USER": "t12345/alice", "C8Y_PASSWORD": "wr0ng"])
        #expect(wrong.status == 1)
        #expect(wrong.errors.contains("Cumulocity does not accept the user 't12345/alice' with this password."))
        #expect(!wrong.errors.contains("wr0ng") && ready.gateway.text("credentials.toml") == nil)
        let file = "\(ready.gateway.directory)/password"
        try write("secret\n", to: file)
        let options = ["--user", "t12345/alice", "--password-file", file]
        let outcome = try ready.gateway.run(words + options)
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.output.contains("register:  has stored the credentials of the user 't12345/alice'.\n"))
        let mode = try ChildProcess.run("stat", ["-c", "%a", ready.gateway.path("credentials.toml")]).output
        #expect(mode == "600\n")
        let before = try ready.gateway.snapshot()
        for more in [options, []] {
            let again = try ready.gateway.run(words + more)
            #expect(again.output.contains("register:  keeps the credentials of the user 't12345/alice'.\n"))
            #expect(again.status == 0)
        }
        // Without a method the device keeps the one that it has.
        #expect(try ready.gateway.tedge("bootstrap", "c8y").status == 0)
        let other = try ready.gateway.run(words, environment: ["C8Y_USER": "t12345/alice", "C8Y_PASSWORD": "wr0ng"])
        #expect(other.status == 1)
        #expect(try ready.gateway.snapshot() == before)
        try ready.gateway.tedge("connect", "c8y", "--test").expectSuccess()
    }

    @Test("a pair that is there already is used, and one that is missing is an error")
    func present() throws {
        let ready = try Ready()
        let missing = try ready.bootstrap("--register", "present")
        #expect(missing.status == 1 && missing.errors.contains("and the method 'present' expects one"))
        try ready.gateway.certify(for: ready.cloud)
        let outcome = try ready.bootstrap("--register", "present", environment: [:])
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.output.contains("register:  keeps the certificate of 'gateway-1', valid until "))
        #expect(try ready.uploads() == 0)
    }

    @Test("a certificate that is there is kept by every method", arguments: ["c8y-ca", "self-signed", nil])
    func kept(method: String?) throws {
        let ready = try Ready()
        try ready.gateway.certify(for: ready.cloud)
        let outcome = try ready.gateway.run(ready.words() + (method.map { ["--register", $0] } ?? []))
        #expect(outcome.status == 0 && outcome.output.contains("register:  keeps the certificate of 'gateway-1'"))
        #expect(try ready.uploads() == 0)
    }

    @Test(
        "Azure and AWS are told of the certificate by a person, and the command waits for that",
        arguments: ["az", "aws"])
    func otherClouds(_ name: String) throws {
        let (cloud, gateway) = (try StandInCloud(name == "az" ? .azure : .aws), try Gateway())
        let words = [
            "bootstrap", name, "--url", cloud.address, "--set", "\(name).root_cert_path=\(cloud.rootCertificate)",
            "--device-id", "gateway-1",
        ]
        let first = try gateway.run(["--json"] + words)
        #expect(first.status == 4)
        #expect(first.output.contains(#""result":"unproven","changed":true,"reason":"registration-pending""#))
        #expect(first.output.contains(#""retry":true"#))
        let thumbprint = try gateway.tedge("cert", "show").output.split(separator: "\n").last?.split(separator: " ")
            .last
        let advice = name == "az" ? "--primary-thumbprint \(thumbprint ?? "?")" : "register-certificate-without-ca"
        #expect(first.errors.contains(advice), "\(first)")
        #expect(first.errors.contains("'sudo tedge bootstrap \(name)' here"))

        let output = "\(gateway.directory)/output"
        let process = try ChildProcess(
            releaseExecutable, words + ["--timeout", "2m"], environment: gateway.environment, output: output,
            errors: "/dev/null")
        #expect(eventually(within: .seconds(60)) { contents(of: output).contains("verify:    waiting, ") })
        try cloud.command("trust", gateway.path("device-certs/tedge-certificate.pem"))
        #expect(try process.waitForExit(within: .seconds(90)) == .status(0), "\(contents(of: output))")
        let calls = gateway.calls.filter { !$0.hasPrefix("is-active") && $0 != "available" }
        let again = try gateway.run(words + ["--register", "present"])
        #expect(again.status == 0 && again.output.contains("connect:   keeps the connection"))
        #expect(gateway.calls.filter { !$0.hasPrefix("is-active") && $0 != "available" } == calls)

        // Registered again, the old certificate serves until the cloud lets the device in with the new one.
        let pending = try gateway.run(["--json"] + words + ["--re-register", "--no-wait"])
        #expect(pending.status == 4 && pending.output.contains(#""reason":"registration-pending""#), "\(pending)")
        try gateway.tedge("connect", name, "--test").expectSuccess()
        try cloud.command("trust", gateway.path("device-certs/tedge-certificate.pem.next"))
        let replaced = try gateway.run(words + ["--re-register"])
        #expect(replaced.status == 0 && replaced.output.hasSuffix("answers.\n"), "\(replaced)")
        #expect(try !gateway.fileStates().keys.contains { $0.hasSuffix(".next") || $0.hasSuffix(".registered") })
    }

    // MARK: Hooks and questions

    @Test("the hooks of every step run in their order, and one that fails ends the run")
    func hooks() throws {
        let ready = try Ready()
        let log = "\(ready.gateway.directory)/hooks.log"
        for step in ["prepare", "configure", "register", "finalize"] {
            mkdir(ready.gateway.path("bootstrap.d"), 0o755)
            mkdir(ready.gateway.path("bootstrap.d/\(step).d"), 0o755)
            try write(
                "#!/bin/sh\necho \"$* $TEDGE_DEVICE_ID $C8Y_REGISTRATION_URL\" >>\(log)\n",
                to: ready.gateway.path("bootstrap.d/\(step).d/10-note"), mode: 0o755)
        }
        let url = "localhost:\(ready.cloud.httpsPort)"
        try ready.bootstrap("--register", "self-signed").expectSuccess()
        #expect(
            contents(of: log) == """
                prepare --cloud c8y --url \(url) gateway-1\u{20}
                configure --cloud c8y --url \(url) gateway-1\u{20}
                register --cloud c8y --url \(url) --register-method self-signed gateway-1\u{20}
                finalize --cloud c8y --url \(url) gateway-1\u{20}

                """)
        let json = try ready.bootstrap(isJSON: true)
        #expect(json.status == 0 && json.output.contains(#""result":"ok","changed":false"#))
        let broken = ready.gateway.path("bootstrap.d/configure.d/20-broken")
        try write("#!/bin/sh\necho not today >&2\nexit 1\n", to: broken, mode: 0o755)
        let failed = try ready.bootstrap(isJSON: true)
        #expect(failed.status == 1 && failed.output.contains(#""reason":"bootstrap-hook-failed""#))
        #expect(failed.errors.contains("not today"))
        try ready.gateway.tedge("connect", "c8y", "--test").expectSuccess()
    }

    @Test("a dry run names the hooks, runs none of them, and says with or without hooks whether anything would change")
    func rehearsedHooks() throws {
        let ready = try Ready()
        let hook = ready.gateway.path("bootstrap.d/prepare.d/10-note")
        for name in ["bootstrap.d", "bootstrap.d/prepare.d"] { mkdir(ready.gateway.path(name), 0o755) }
        try write("#!/bin/sh\necho ran >>\(ready.gateway.directory)/ran\n", to: hook, mode: 0o755)
        let before = try ready.gateway.snapshot()
        let words = "\(hook) prepare --cloud c8y --url localhost:\(ready.cloud.httpsPort)"
        let fresh = try ready.bootstrap("--register", "self-signed", "--dry-run")
        #expect(fresh.status == 0, "\(fresh)")
        #expect(fresh.output.hasPrefix("Dry run: nothing was changed. The command would change this:\n"))
        let sentence = "The hook '\(words)' would run."
        #expect(fresh.output.hasSuffix("\nBesides:\n  \(sentence)\n"))
        #expect(try ready.gateway.snapshot() == before)
        #expect(access("\(ready.gateway.directory)/ran", F_OK) != 0)
        try ready.bootstrap("--register", "self-signed").expectSuccess()
        #expect(contents(of: "\(ready.gateway.directory)/ran") == "ran\n")
        #expect(
            try ready.bootstrap("--dry-run").output
                == "Dry run: nothing would change.\n\nBesides:\n  \(sentence)\n")
        let json = try ready.bootstrap("--dry-run", isJSON: true)
        #expect(json.output.contains(#""result":"ok","changed":false,"#) && json.output.contains(#""dry_run":true,"#))
        #expect(json.output.contains(#""besides":["\#(sentence)"]"#), "\(json)")
        #expect(contents(of: "\(ready.gateway.directory)/ran") == "ran\n")
    }

    @Test("without arguments on a terminal it asks, and then does what it has shown")
    func questions() throws {
        let ready = try Ready()
        for (key, value) in [
            ("c8y.mqtt", "localhost:\(ready.cloud.mqttPort)"), ("c8y.http", "localhost:\(ready.cloud.httpsPort)"),
            ("c8y.root_cert_path", ready.cloud.rootCertificate),
        ] {
            try ready.gateway.tedge("config", "set", key, value).expectSuccess()
        }
        let session = try TerminalSession(
            [releaseExecutable, "bootstrap"],
            environment: ready.gateway.environment.merging(Ready.credentials) { $1 })
        for (question, answer) in [
            ("Cloud: ", "c8y"), ("Address of Cumulocity", ""), ("Id of the device", "gateway-1"),
            ("Method ", "self-signed"), ("Go on?", "y"),
        ] {
            try session.wait(for: question)
            session.type(answer + "\n")
        }
        #expect(try session.status() == 0, "\(session.text)")
        #expect(
            session.text.contains("tedge bootstrap c8y --url localhost:\(ready.cloud.httpsPort) --device-id gateway-1"))
        #expect(session.text.hasSuffix("verify:    Cumulocity answers.\n"))
    }
}

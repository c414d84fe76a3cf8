import Glibc
import Testing
import TestSupport

@Suite("cert upload c8y", .serialized) struct UploadTests {
    /// A gateway with a certificate that its cloud does not know.
    private struct Ready {
        let cloud: StandInCloud
        let gateway: Gateway

        init() throws {
            (cloud, gateway) = (try StandInCloud(), try Gateway())
            try gateway.configure(for: cloud)
            try gateway.tedge("cert", "create", "--device-id", "gateway-1").expectSuccess()
        }

        func upload(password: String = "secret", user: String = "alice") throws -> Outcome {
            try gateway.tedge("cert", "upload", "c8y", "--user", user, environment: ["C8Y_PASSWORD": password])
        }

        /// Whether the cloud trusts a certificate.
        func isTrusted() throws -> Bool {
            let look = "import json, sys; print(len(json.load(sys.stdin)['trusted']))"
            return try ChildProcess.run("/usr/bin/python3", ["-c", look], input: cloud.show()).output == "1\n"
        }

        func session(_ words: String...) throws -> TerminalSession {
            try TerminalSession([releaseExecutable] + words, environment: gateway.environment)
        }
    }

    struct Fault: CustomTestStringConvertible, Sendable {
        let ways: String
        let cause: String
        let hint: String
        var testDescription: String { ways }
    }

    static let faults = [
        Fault(ways: "expired:https", cause: "has expired", hint: "Check the clock"),
        Fault(ways: "not-yet-valid:https", cause: "not valid yet", hint: "Check the clock"),
        Fault(ways: "other-host:https", cause: "is not for localhost", hint: "tedge config get c8y."),
        Fault(
            ways: "unknown-authority:https", cause: "that this device does not trust",
            hint: "tedge config set c8y.root_cert_path"),
        Fault(ways: "refuse-credentials", cause: "(401 Unauthorized)", hint: "Check user name and password"),
        Fault(ways: "forbid", cause: "the role 'Tenant management admin' is missing", hint: "administrator"),
        Fault(ways: "not-found", cause: "(404 Not Found)", hint: "tedge config get c8y."),
        Fault(ways: "server-error", cause: "The server says: ", hint: "Try again"),
        Fault(ways: "redirect", cause: "302", hint: "tedge config get c8y."),
        Fault(ways: "not-http", cause: "cannot be used", hint: "tedge config get c8y."),
        Fault(ways: "not-json", cause: "not the JSON that was expected", hint: "captive portal"),
        Fault(ways: "no-name", cause: "does not name the tenant", hint: "captive portal"),
        Fault(ways: "cut:https", cause: "ended in the middle of the answer", hint: "Try again"),
    ]

    @Test("if needed, a certificate is uploaded only to a cloud that does not trust it")
    func ifNeeded() throws {
        let ready = try Ready()
        let dry = try ready.gateway.tedge("cert", "upload", "c8y", "--dry-run")
        #expect(dry.status == 0 && dry.errors == "")
        #expect(dry.output.contains(" would be uploaded to localhost:"))
        #expect(try !ready.isTrusted())

        let words = ["cert", "upload", "c8y", "--user", "alice", "--if-needed"]
        let first = try ready.gateway.run(words, environment: ["C8Y_PASSWORD": "secret"])
        #expect(first == Outcome(status: 0, output: "Certificate uploaded successfully.\n"))
        // Without user and password: the cloud is not asked to take it again.
        let second = try ready.gateway.tedge("--json", "cert", "upload", "c8y", "--if-needed")
        #expect(second.status == 0 && second.errors == "")
        #expect(second.output.contains(#""changed":false"#))
        let again = try ready.gateway.tedge("cert", "upload", "c8y", "--if-needed", "--dry-run")
        #expect(again == Outcome(status: 0, output: "Dry run: nothing would change.\n"))

        // A cloud that cannot be reached tells nothing, so that the upload is tried.
        try ready.cloud.misbehave("expired:mqtt")
        #expect(try ready.gateway.tedge("cert", "upload", "c8y", "--if-needed").status == 1)
    }

    @Test("each failure has words of its own, and nothing is uploaded", arguments: faults)
    func failure(_ fault: Fault) throws {
        let ready = try Ready()
        try ready.cloud.misbehave(fault.ways)
        let outcome = try ready.upload()
        #expect(outcome.errors.hasPrefix("Error: failed to upload root certificate"))
        #expect(outcome.errors.contains(fault.cause))
        #expect(outcome.errors.contains(fault.hint))
        #expect(!outcome.errors.contains("secret"))
        #expect(outcome.output == "" && outcome.status == 1)
        try ready.cloud.misbehave("none")
        #expect(try !ready.isTrusted())
        #expect(try ready.upload() == Outcome(status: 0, output: "Certificate uploaded successfully.\n"))
    }

    @Test("a host that cannot be reached is said so")
    func network() throws {
        let ready = try Ready()
        ready.cloud.stop()
        let closed = try ready.upload()
        #expect(closed.errors.contains("Connection refused (os error 111)"))
        #expect(closed.status == 1)
        try ready.gateway.tedge("config", "set", "c8y.http", "no-such-tenant.invalid").expectSuccess()
        let unknown = try ready.upload()
        #expect(unknown.errors.contains("no-such-tenant.invalid"))
        #expect(unknown.errors.contains("name server"))
        #expect(unknown.status == 1)
    }

    @Test("answers in chunks and answers without a length are read", arguments: ["chunked", "no-length"])
    func forms(ways: String) throws {
        let ready = try Ready()
        try ready.cloud.misbehave(ways)
        #expect(try ready.upload() == Outcome(status: 0, output: "Certificate uploaded successfully.\n"))
        #expect(try ready.isTrusted())
    }

    @Test("a certificate that is there already is fine")
    func twice() throws {
        let ready = try Ready()
        try ready.upload().expectSuccess()
        #expect(try ready.upload() == Outcome(status: 0, output: "Certificate already exists in the cloud.\n"))
    }

    @Test("the password comes from either variable, a file, or standard input; the tenant may be in the user's name")
    func sources() throws {
        let ready = try Ready()
        let gateway = ready.gateway
        try gateway.tedge("cert", "upload", "c8y", "--user", "t12345/alice", environment: ["C8YPASS": "secret"])
            .expectSuccess()
        let file = "\(gateway.directory)/password"
        try write("secret\n", to: file, mode: 0o600)
        try gateway.tedge("cert", "upload", "c8y", "--user", "alice", "--password-file", file).expectSuccess()
        try gateway.tedge("cert", "upload", "c8y", "--user", "alice", "--password-file", "-", input: "secret\n")
            .expectSuccess()
        let argument = try gateway.tedge("cert", "upload", "c8y", "--user", "alice", "--password", "secret")
        #expect(argument.status == 0 && argument.errors.hasPrefix("Warning: "))
        let none = try gateway.tedge("cert", "upload", "c8y", "--user", "alice", "--password-file", "/nonexistent")
        #expect(none.errors.contains("Cannot read the password from /nonexistent") && none.status == 1)
    }

    @Test("without a terminal and a password it ends at once")
    func noTerminal() throws {
        let ready = try Ready()
        let words = [releaseExecutable, "cert", "upload", "c8y", "--user", "alice"]
        let ended = try ChildProcess.run("setsid", ["--wait"] + words, environment: ready.gateway.environment)
        #expect(ended.exit == .status(1))
        #expect(ended.errors.contains("There is no password, and no terminal to ask for it."))
    }

    @Test("the prompt asks on the terminal, and what is typed is not shown")
    func prompt() throws {
        let ready = try Ready()
        let session = try ready.session("cert", "upload", "c8y", "--user", "alice")
        try session.wait(for: "Password: ")
        #expect(!session.echoes)
        session.type("secret\n")
        #expect(try session.status() == 0)
        #expect(session.text == "Password: \nCertificate uploaded successfully.\n")
        #expect(session.echoes)
    }

    @Test(
        "a signal at the prompt ends the command, and the terminal shows what is typed again",
        arguments: [SIGINT, SIGTERM, SIGHUP, SIGQUIT])
    func interruptedPrompt(signal: Int32) throws {
        let ready = try Ready()
        let session = try ready.session("cert", "upload", "c8y", "--user", "alice")
        try session.wait(for: "Password: ")
        #expect(!session.echoes)
        switch signal {
        case SIGINT: session.type("\u{3}")
        case SIGQUIT: session.type("\u{1C}")
        default: session.send(signal)
        }
        #expect(try session.status() != 0)
        #expect(session.echoes)
        #expect(try !ready.isTrusted())
    }

    @Test("nobody but root can look into the memory that holds the password, and a crash leaves no image of it")
    func memory() throws {
        let ready = try Ready()
        let pipe = "\(ready.gateway.directory)/pipe"
        mkfifo(pipe, 0o644)
        // Held open, so that the command waits for more.
        let writer = open(pipe, O_RDWR | O_CLOEXEC)
        defer { close(writer) }
        let words = ["cert", "upload", "c8y", "--user", "alice", "--password-file", pipe]
        let process = try ready.gateway.startAsStranger(words)
        // What proc(5) says of a process that cannot be dumped: its files are root's, whoever runs it.
        let look = { try ChildProcess.run("stat", ["-c", "%u", "/proc/\(process.pid)/environ"]).output }
        #expect(eventually { (try? look()) == "0\n" && contents(of: "/proc/\(process.pid)/comm") == "tedge\n" })
        #expect(contents(of: "/proc/\(process.pid)/status").contains("\nUid:\t\(geteuid() == 0 ? 65534 : geteuid())\t"))
        #expect(eventually { catches(SIGTERM, process) })
        process.send(SIGTERM)
        #expect(try process.waitForExit() == .status(1))
    }
}

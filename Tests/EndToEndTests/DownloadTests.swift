import Glibc
import Testing
import TestSupport

@Suite("cert download c8y", .serialized) struct DownloadTests {
    /// A gateway without certificate, whose cloud may know its password.
    private struct Ready {
        let cloud: StandInCloud
        let gateway: Gateway

        init(registered: Bool = true) throws {
            (cloud, gateway) = (try StandInCloud(), try Gateway())
            try gateway.configure(for: cloud)
            if registered { try register() }
        }

        func register() throws { try cloud.command("register", "gateway-1", "s3cret-otp") }

        func download(_ words: String..., password: String = "s3cret-otp") throws -> Outcome {
            try gateway.run(
                ["cert", "download", "c8y", "--device-id", "gateway-1", "--max-timeout", "0s"] + words,
                environment: ["DEVICE_ONE_TIME_PASSWORD": password])
        }

        /// Whether there is a file of a pair, or a trace of one.
        var isEmpty: Bool {
            get throws { try !gateway.snapshot().contains("device-certs/") }
        }
    }

    @Test("a registered device gets a pair that the cloud accepts")
    func success() throws {
        let ready = try Ready()
        let outcome = try ready.download()
        #expect(outcome.status == 0, "\(outcome)")
        #expect(
            outcome.output.hasPrefix("Certificate:   \(ready.gateway.path("device-certs/tedge-certificate.pem"))\n"))
        #expect(
            outcome.output.contains("\nSubject:       CN=gateway-1, O=Thin Edge, OU=Device\nIssuer:        CN=Cloud"))
        #expect(
            outcome.errors == "Certificate downloaded successfully\n    => the device can now be connected\n\n")
        try ready.gateway.tedge("connect", "c8y").expectSuccess()
        let again = try ready.download()
        #expect(again.status == 1 && again.errors.contains("tedge cert renew"))
    }

    @Test("a device that is registered while the command waits gets its pair then")
    func later() throws {
        let ready = try Ready(registered: false)
        let errors = "\(ready.gateway.directory)/errors"
        let process = try ChildProcess(
            releaseExecutable,
            ["cert", "download", "c8y", "--device-id", "gateway-1", "-ps3cret-otp", "--retry-every", "1s"],
            environment: ready.gateway.environment, output: "/dev/null", errors: errors)
        #expect(eventually { contents(of: errors).contains("warning: Will retry in 1 second\n") })
        try ready.register()
        #expect(try process.waitForExit() == .status(0))
        #expect(contents(of: errors).contains("error: The device ID is not registered yet on localhost:"))
        #expect(ready.gateway.text("device-certs/tedge-certificate.pem") != nil)
    }

    @Test(
        "the password on the command line is gone at once, and a signal ends the wait and leaves nothing",
        arguments: [["-p", "s3cret-otp"], ["-ps3cret-otp"], ["--one-time-password=s3cret-otp"]])
    func commandLine(words: [String]) throws {
        let ready = try Ready(registered: false)
        let errors = "\(ready.gateway.directory)/errors"
        let process = try ChildProcess(
            releaseExecutable, ["--debug", "cert", "download", "c8y", "--device-id", "gateway-1"] + words,
            environment: ready.gateway.environment, output: "/dev/null", errors: errors)
        #expect(eventually { contents(of: errors).contains("warning: Will retry in 30 seconds\n") })
        let line = contents(of: "/proc/\(process.pid)/cmdline")
        #expect(line.contains("gateway-1") && line.contains("xxxxxxxxxx") && !line.contains("s3cret"))
        process.send(SIGTERM)
        #expect(try process.waitForExit() == .status(1))
        let text = contents(of: errors)
        #expect(text.contains("Interrupted by SIGTERM") && !text.contains("s3cret"))
        #expect(try ready.isEmpty)
    }

    @Test("the prompts ask on the terminal, and the password is not shown")
    func prompts() throws {
        let ready = try Ready()
        let session = try TerminalSession(
            [releaseExecutable, "cert", "download", "c8y", "--prompt"], environment: ready.gateway.environment)
        try session.wait(for: "Enter device id: ")
        #expect(session.echoes)
        session.type("gateway-1\n")
        try session.wait(for: "Enter one-time password: ")
        #expect(!session.echoes)
        session.type("s3cret-otp\n")
        #expect(try session.status() == 0)
        #expect(session.text.hasPrefix("Enter device id: gateway-1\nEnter one-time password: \nCertificate downloaded"))
        #expect(session.echoes)
    }

    @Test("a signal at the prompt ends the command, and the terminal shows what is typed again")
    func interruptedPrompt() throws {
        let ready = try Ready()
        let session = try TerminalSession(
            [releaseExecutable, "cert", "download", "c8y", "--device-id", "gateway-1", "--prompt"],
            environment: ready.gateway.environment)
        try session.wait(for: "Enter one-time password: ")
        session.type("\u{3}")
        #expect(try session.status() == 1)
        #expect(session.echoes)
        #expect(try ready.isEmpty)
    }

    @Test("without a terminal what is missing is an error at once")
    func noTerminal() throws {
        let ready = try Ready()
        let words = ["--wait", releaseExecutable, "cert", "download", "c8y", "--prompt"]
        for (more, what) in [([], "There is no device id"), (["--device-id", "a"], "There is no one-time password")] {
            let ended = try ChildProcess.run("setsid", words + more, environment: ready.gateway.environment)
            #expect(ended.exit == .status(1))
            #expect(ended.errors.contains("\(what), and no terminal to ask for it."))
        }
        #expect(try ready.isEmpty)
    }

    @Test("a device without a password gets its pair when a person has registered it with the one that is printed")
    func generated() throws {
        let ready = try Ready(registered: false)
        let errors = "\(ready.gateway.directory)/errors"
        let process = try ChildProcess(
            releaseExecutable, ["cert", "download", "c8y", "--device-id", "gateway-1", "--retry-every", "1s"],
            environment: ready.gateway.environment, output: "/dev/null", errors: errors)
        #expect(eventually { contents(of: errors).contains("warning: Will retry in 1 second\n") })
        let address = try #require(contents(of: errors).split(separator: "\n").first { $0.hasPrefix("    https://") })
        let password = try #require(address.split(separator: "one-time-password=").last)
        #expect(contents(of: errors).contains("    one-time password: \(password)\n"))
        #expect(ready.gateway.text("device-certs/tedge-certificate.pem.registration") != nil)
        try ready.cloud.command("register", "gateway-1", String(password))
        #expect(try process.waitForExit() == .status(0))
        #expect(ready.gateway.text("device-certs/tedge-certificate.pem.registration") == nil)
        #expect(ready.gateway.text("device-certs/tedge-certificate.pem") != nil)
    }

    @Test("an empty password is told and one is made; a prompt and a password exclude each other")
    func emptyPassword() throws {
        let ready = try Ready(registered: false)
        let words = ["cert", "download", "c8y", "--device-id", "gateway-1", "--max-timeout", "0s"]
        let empty = try ready.gateway.run(words + ["--one-time-password", "", "--no-registration-url"])
        #expect(empty.status == 1)
        #expect(empty.errors.hasPrefix("Warning: --one-time-password is empty, so that it gives no password.\n"))
        #expect(empty.errors.contains("    one-time password: ") && !empty.errors.contains("deviceregistration"))
        let both = try ready.gateway.run(words + ["--prompt", "-p", "s3cret-otp"])
        #expect(both.status == 2 && both.errors.contains("cannot be used with"), "\(both)")
    }

    @Test("who may not write there is told so before the password is spent")
    func stranger() throws {
        let ready = try Ready()
        _ = try ChildProcess.run("install", ["-d", "-m", "0755", ready.gateway.path("device-certs")])
        let outcome = try ready.gateway.runAsStranger(
            ["cert", "download", "c8y", "--device-id", "gateway-1", "-p", "s3cret-otp", "--max-timeout", "0s"])
        #expect(outcome.status == 1 && outcome.errors.contains("Permission denied"), "\(outcome)")
        #expect(outcome.errors.contains("Run the command with sudo."))
        #expect(try ready.download().status == 0)
    }

    static let faults = [
        ("expired:https", "has expired"), ("other-host:https", "is not for localhost"),
        ("unknown-authority:https", "that this device does not trust"),
        ("not-found", "issues no certificates to devices (404 Not Found)"),
        ("not-json", "Fail to extract a certificate from the response"), ("not-http", "cannot be used"),
        ("refuse-credentials", "Maximum timeout elapsed. No certificate has been downloaded"),
        ("server-error", "Maximum timeout elapsed. No certificate has been downloaded"),
        ("cut:https", "Maximum timeout elapsed. No certificate has been downloaded"),
    ]

    @Test("each failure has words of its own, a way out, and leaves nothing", arguments: faults)
    func failure(ways: String, cause: String) throws {
        let ready = try Ready()
        try ready.cloud.misbehave(ways)
        let outcome = try ready.download()
        #expect(outcome.status == 1 && outcome.output == "")
        #expect(outcome.errors.contains(cause) && outcome.errors.contains("\nHint: "), "\(outcome)")
        #expect(!outcome.errors.contains("s3cret"))
        #expect(try ready.isEmpty)
        try ready.cloud.misbehave("none")
        #expect(try ready.download().status == 0)
    }

    @Test("with --json stdout is one object, whatever is tried again before it")
    func json() throws {
        let ready = try Ready(registered: false)
        let failed = try ready.download("--json")
        #expect(
            failed.output.hasPrefix(
                #"{"command":"cert download","cloud":"c8y","profile":null,"result":"failed","changed":false"#))
        try ready.register()
        let done = try ready.download("--json")
        #expect(done.output.contains(#""subject":"CN=gateway-1, O=Thin Edge, OU=Device""#))
        #expect(done.output.split(separator: "\n").count == 1)
    }
}

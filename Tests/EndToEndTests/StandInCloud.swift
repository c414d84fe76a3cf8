import TestSupport

/// The stand-in cloud (see `Tests/CloudSimulator`) on free ports, in a directory of its own.
final class StandInCloud: Sendable {
    /// Which cloud it plays: Cumulocity, which lets every trusted device in, or one of those that look at client id and
    /// user name.
    enum Kind: String, Sendable { case cumulocity = "all", azure, aws }

    let mqttPort: UInt16
    let httpsPort: UInt16
    /// The MQTT port of devices with the user `t12345/alice` and the password `secret`; nil for none.
    let passwordPort: UInt16?
    /// Where it listens. Azure and AWS have their port by nature, and so an address of their own in each test.
    let address: String
    /// Where it plays the mapper's local proxy.
    let proxyPort: UInt16

    private let directory: TemporaryDirectory
    private let process: ChildProcess
    private static let tool = packageDirectory + "/Tests/CloudSimulator/cloud"

    /// Starts a cloud that knows no device.
    ///
    /// - Parameter hasWebPort: Whether it also takes MQTT on port 443 as AWS does; for Azure and AWS, as root.
    init(_ kind: Kind = .cumulocity, passwords: Bool = false, hasWebPort: Bool = false) throws {
        directory = try TemporaryDirectory()
        passwordPort = passwords ? try freePort() : nil
        (httpsPort, proxyPort) = (try freePort(), try freePort())
        if kind == .cumulocity {
            (address, mqttPort) = ("127.0.0.1", try freePort())
        } else {
            // All of 127.0.0.0/8 is this machine (RFC 1122, 3.2.1.3).
            address = (0..<3).reduce("127") { text, _ in "\(text).\(Int.random(in: 2...250))" }
            mqttPort = 8883
        }
        // Its broker may run as a user of its own.
        let files = directory.file("cloud")
        _ = try ChildProcess.run("install", ["-d", "-m", "0777", files])
        process = try ChildProcess(
            Self.tool,
            [
                "start", "--directory", files, "--mqtt-port", String(mqttPort), "--https-port", String(httpsPort),
                "--address", address, "--plays", kind.rawValue, "--host-name", "localhost", "--end-with-parent",
                "--password-port", String(passwordPort ?? 0), "--proxy-port", String(proxyPort),
                "--web-port", hasWebPort ? "443" : "0",
            ], output: directory.file("log"), errors: directory.file("log"))
        guard eventually({ process.ended() != nil || contents(of: directory.file("log")).hasPrefix("ready") }),
            process.ended() == nil
        else { throw TestFailure("the cloud did not start: \(contents(of: directory.file("log")))") }
    }

    deinit { stop() }

    /// Ends it.
    func stop() {
        _ = try? ChildProcess.run(Self.tool, ["stop", "--directory", directory.file("cloud")])
        process.kill()
    }

    /// The file of the authority of its certificate.
    var rootCertificate: String { directory.file("cloud/ca.pem") }

    /// The authority of the devices that have enrolled, and its key.
    var deviceAuthority: TestAuthority.Identity {
        .init(
            certificate: directory.file("cloud/device-ca.pem"), key: directory.file("cloud/pki/device-ca.key"))
    }

    /// Misbehaves in these ways only, or with `none` in no way.
    func misbehave(_ ways: String) throws { try command("misbehave", ways) }

    /// What it knows and what happened, as JSON.
    func show() throws -> String { try command("show") }

    /// Runs a command of the stand-in.
    @discardableResult
    func command(_ words: String...) throws -> String {
        let finished = try ChildProcess.run(Self.tool, words + ["--directory", directory.file("cloud")])
        guard finished.exit == .status(0) else { throw TestFailure("cloud \(words): \(finished.errors)") }
        return finished.output
    }
}

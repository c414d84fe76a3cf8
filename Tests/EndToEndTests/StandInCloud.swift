import TestSupport

/// The stand-in cloud (see `Tests/CloudSimulator`) on free ports, in a directory of its own.
final class StandInCloud: Sendable {
    let mqttPort: UInt16
    let httpsPort: UInt16

    private let directory: TemporaryDirectory
    private let process: ChildProcess
    private static let tool = packageDirectory + "/Tests/CloudSimulator/cloud"

    /// Starts a cloud that knows no device.
    init() throws {
        directory = try TemporaryDirectory()
        (mqttPort, httpsPort) = (try freePort(), try freePort())
        // Its broker may run as a user of its own.
        let files = directory.file("cloud")
        _ = try ChildProcess.run("install", ["-d", "-m", "0777", files])
        process = try ChildProcess(
            Self.tool,
            [
                "start", "--directory", files, "--mqtt-port", String(mqttPort), "--https-port", String(httpsPort),
                "--host-name", "localhost", "--end-with-parent",
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

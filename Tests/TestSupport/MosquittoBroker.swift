import Glibc

/// A real mosquitto on 127.0.0.1, answering when `init` returns and killed when the last reference goes.
public final class MosquittoBroker: Sendable {
    /// The port of its first listener.
    public let port: UInt16
    /// Holds its configuration and its log.
    public let directory: TemporaryDirectory
    private let process: ChildProcess

    /// Starts mosquitto with one listener for everyone.
    ///
    /// - Parameters:
    ///   - port: Where to listen; a free port by default.
    ///   - general: Lines before the listener.
    ///   - listener: Lines after `listener PORT 127.0.0.1`, in place of `allow_anonymous true`; further listeners may
    ///     follow.
    ///   - directory: Where the configuration goes; files it names may be in there.
    public init(
        port: UInt16? = nil, general: [String] = [], listener: [String] = ["allow_anonymous true"],
        directory: TemporaryDirectory? = nil
    ) throws {
        self.directory = try directory ?? TemporaryDirectory()
        var attempts = port == nil ? 3 : 1
        while true {
            attempts -= 1
            let candidate = try port ?? freePort()
            do {
                process = try MosquittoBroker.start(on: candidate, general, listener, in: self.directory)
                self.port = candidate
                return
            } catch  where attempts > 0 {
                // Another process may have taken the free port first.
            }
        }
    }

    private static func start(
        on port: UInt16, _ general: [String], _ listener: [String], in directory: TemporaryDirectory
    ) throws -> ChildProcess {
        var lines = ["log_type all", "log_dest stderr"]
        // Otherwise it becomes the user mosquitto, who cannot read the test's files.
        if getuid() == 0 { lines.append("user root") }
        lines += general + ["listener \(port) 127.0.0.1"] + listener
        let configuration = try directory.write(lines.joined(separator: "\n") + "\n", to: "mosquitto.conf")
        let log = directory.file("mosquitto.log")
        let process = try ChildProcess("mosquitto", ["-c", configuration], output: log, errors: log)
        // The line in the log tells our mosquitto from another process that took the port.
        let isRunning = { contents(of: log).contains(" running\n") && isListening(port) }
        let isReady = eventually { process.ended() != nil || isRunning() } && process.ended() == nil
        guard isReady else {
            let end = process.ended().map { "\($0)" } ?? "runs"
            throw TestFailure("mosquitto on port \(port) did not start (\(end)):\n\(contents(of: log))")
        }
        return process
    }

    /// What it has logged so far, errors and each packet included.
    public var log: String { contents(of: directory.file("mosquitto.log")) }

    /// The process, to be stopped or asked for its end.
    public var pid: pid_t { process.pid }

    /// Ends it at once, as a crash would.
    public func kill() { process.kill() }

    /// Stops it as a service manager does, and waits for its end.
    public func stop() throws {
        process.send(SIGTERM)
        _ = try process.waitForExit()
    }

    /// Sends it a signal: SIGHUP reloads, SIGSTOP makes it silent.
    public func send(_ signal: Int32) { process.send(signal) }
}

/// A plugin that Debian's mosquitto brings along. Its directory bears the name of the processor.
public let mosquittoPlugin: String = {
    #if arch(arm64)
        let processor = "aarch64"
    #else
        let processor = "x86_64"
    #endif
    return "/usr/lib/\(processor)-linux-gnu/mosquitto_dynamic_security.so"
}()

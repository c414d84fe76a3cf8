import Glibc
import TestSupport

/// A gateway whose `tedge mqtt` talks to a mosquitto of its own.
final class Messenger: Sendable {
    let gateway: Gateway
    let broker: MosquittoBroker
    private let files: TemporaryDirectory

    /// Starts the broker and names it in the settings; what follows is appended to them.
    init(
        general: [String] = ["max_queued_messages 0"], listener: [String] = ["allow_anonymous true"],
        directory: TemporaryDirectory? = nil, settings: String = ""
    ) throws {
        gateway = try Gateway()
        files = try TemporaryDirectory()
        broker = try MosquittoBroker(general: general, listener: listener, directory: directory)
        try write("[mqtt.client]\nport = \(broker.port)\n\(settings)", to: gateway.path("tedge.toml"))
    }

    /// Publishes. Throws unless that succeeds.
    func publish(_ words: String...) throws {
        let outcome = try gateway.run(["mqtt", "pub"] + words)
        guard outcome == Outcome(status: 0) else { throw TestFailure("\(outcome)") }
    }

    /// A `tedge mqtt sub` that runs.
    final class Listener: Sendable {
        fileprivate let process: ChildProcess
        fileprivate let files: TemporaryDirectory

        fileprivate init(_ words: [String], _ environment: [String: String], output: String?) throws {
            files = try TemporaryDirectory()
            process = try ChildProcess(
                releaseExecutable, ["mqtt", "sub"] + words, environment: environment,
                output: output ?? files.file("out"), errors: files.file("err"))
        }

        /// What it has written to stdout so far.
        var output: String { contents(of: files.file("out")) }
        /// What it has written to stderr so far.
        var errors: String { contents(of: files.file("err")) }
        /// What the ids of its clients begin with.
        var id: String { "tedge-sub-\(process.pid)-" }

        /// Sends a signal.
        func send(_ signal: Int32) { process.send(signal) }

        /// Waits until something holds.
        func wait(_ what: String, until isSo: (Listener) -> Bool) throws {
            guard eventually(within: .seconds(30), { isSo(self) || process.ended() != nil }), isSo(self) else {
                throw TestFailure("\(what): not so; \(output)\(errors)")
            }
        }

        /// Waits for its end.
        func outcome(within limit: Duration = .seconds(30)) throws -> Outcome {
            let exit = try process.waitForExit(within: limit)
            return Outcome(exit: exit, output: output, errors: errors)
        }
    }

    /// Starts `tedge mqtt sub`, and returns when the broker has confirmed the subscription.
    func listen(_ words: String..., output: String? = nil) throws -> Listener {
        let listener = try Listener(words, gateway.environment, output: output)
        try listener.wait("subscribed") { broker.log.contains("Sending SUBACK to \($0.id)") }
        return listener
    }
}

import MQTT

/// `connect NAME --test` for a mapper of another name than a cloud: whether it says that it is up, and the bridge that it holds.
/// Changes nothing.
///
/// A mapper says so by a retained message on its health topic, and the broker says for it that it is down when it is gone.
public struct MapperTest {
    private let name: String
    private let limit: Duration
    private let closest: (String, [String]) -> String?
    private let context: Context
    private let log = StepLog()

    /// Names the mapper.
    ///
    /// - Parameters:
    ///   - limit: How long to wait until it is up.
    ///   - closest: Finds the word that is most like another one.
    public init(
        _ name: String, limit: Duration, in context: Context, closest: @escaping (String, [String]) -> String?
    ) {
        (self.name, self.limit, self.context, self.closest) = (name, limit, context, closest)
    }

    /// Whether a word can be the name of a mapper, which is also that of a directory, a unit and a level of a topic.
    public static func isName(_ word: String) -> Bool {
        guard let first = word.utf8.first, isLetterOrDigit(first), word.utf8.count <= 100 else { return false }
        return word.utf8.last != UInt8(ascii: ".")
            && word.utf8.allSatisfy { isLetterOrDigit($0) || "-_.".utf8.contains($0) }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        byte.isDigit || (byte | 0x20) &- UInt8(ascii: "a") < 26
    }

    /// Waits until it is up, and prints the result.
    public func run() -> CommandReport {
        var report: CommandReport
        do {
            log.begin("check")
            try context.require(.mosquitto)
            let settings = try Settings.load(from: context.settingsSource)
            try findMapper()
            try check(settings)
            let message = "Connection check to \(name) is successful."
            context.console.line(message)
            report = .done(ConnectionTest.command, changed: false, message: message)
        } catch {
            log.end(.failed)
            let failure = CommandFailure(command: "tedge connect", "failed to test connection to \(name).", error)
            report = context.failed(ConnectionTest.command, failure)
            if case .notUp? = error as? MapperTestError { report.mayPass = true }
        }
        log.end(.ok)
        report.steps = log.steps
        report.details.append(.init("mapper", .string(name)))
        return report
    }

    private var directory: String { "\(context.configurationDirectory)/mappers" }

    /// Throws `unknown` if nothing on the device has the name.
    private func findMapper() throws {
        let service = Service(unit: "tedge-mapper-\(name)", name: "tedge-mapper-\(name)")
        if context.files.isDirectory(Path.join(directory, name)) { return }
        let manager = ServiceManager(try SystemSettings.load(from: context), in: context)
        // What another service manager knows cannot be asked; the broker tells.
        guard manager.isDefault, context.files.exists(context.systemdDirectory) else { return }
        let states = try? manager.states(of: [service])
        if states == nil || states?[service]?.isInstalled == true { return }
        let others = ((try? context.files.list(directory)) ?? []).filter {
            CloudName(rawValue: $0) == nil && Self.isName($0)
        }
        throw MapperTestError.unknown(
            name: name, directory: Path.join(directory, name),
            meant: closest(name, CloudName.allCases.map(\.rawValue) + others))
    }

    private func check(_ settings: Settings) throws {
        let hasBridge = context.files.isDirectory(Path.join(directory, "\(name)/bridge"))
        let services = ["tedge-mapper-\(name)"] + (hasBridge ? ["tedge-mapper-bridge-\(name)"] : [])
        let topics = try services.map { try settings.healthTopic(of: $0) }
        let deadline = ContinuousClock.now + limit
        context.console.step(
            "Waiting for \(services.joined(separator: " and ")) to be up. This may take up to \(limit.fullSeconds) seconds."
        )
        var said: [String: String] = [:]
        let options = try MQTTOptions.local(settings, clientID: randomClientID("tedge-test"), files: context.files)
        do throws(MQTTError) {
            let connection = try context.broker.connect(
                options, until: min(deadline, .now + Context.brokerTimeout), interruption: context.interruption)
            defer { connection.disconnect() }
            try connection.subscribe(topics, until: .now + Context.brokerTimeout)
            while !topics.allSatisfy({ said[$0].map(Self.isUp) == true }) {
                guard let message = try connection.nextMessage(until: deadline) else { break }
                if topics.contains(message.topic) {
                    said[message.topic] = String(decoding: message.payload, as: UTF8.self)
                }
            }
        } catch {
            try context.interruption.check()
            throw MessagingError.broker(error)
        }
        for (service, topic) in zip(services, topics) {
            let words = said[topic]
            guard words.map(Self.isUp) != true else { continue }
            throw MapperTestError.notUp(
                service: service, topic: topic, said: words, seconds: limit.fullSeconds,
                isBridge: service != services[0])
        }
    }

    /// Whether a health message says that a service is up: an object with the status `up`, or, of a bridge, `1`.
    static func isUp(_ text: String) -> Bool {
        text == "1" || text.filter { !$0.isWhitespace }.contains("\"status\":\"up\"")
    }
}

extension Settings {
    /// The topic on which a service of this device says how it is.
    fileprivate func healthTopic(of service: String) throws(SettingsError) -> String {
        let parts = try required("mqtt.device_topic_id").utf8.split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let device = parts.prefix(2).map { String(Substring($0)) }.joined(separator: "/")
        return "\(try required("mqtt.topic_root"))/\(device)/service/\(service)/status/health"
    }
}

/// Why a mapper of another name is not up.
enum MapperTestError: ExplainedError, Equatable {
    /// There is none of this name.
    case unknown(name: String, directory: String, meant: String?)
    /// It does not say that it is up; what it says instead.
    case notUp(service: String, topic: String, said: String?, seconds: Int, isBridge: Bool)

    var id: ReasonID {
        switch self {
        case .unknown: .mapperNotInstalled
        case .notUp(_, _, _, _, let isBridge): isBridge ? .bridgeDown : .mapperFailed
        }
    }

    var causes: [String] {
        switch self {
        case .unknown(let name, let directory, _):
            [
                "'\(name)' is neither a cloud nor a mapper of this device: there is neither \(directory) nor a service "
                    + "tedge-mapper-\(name)."
            ]
        case .notUp(let service, let topic, let said?, let seconds, _):
            ["\(service) did not report as up within \(seconds) seconds.", "It said on \(topic): \(said.beginning)"]
        case .notUp(let service, let topic, nil, let seconds, _):
            ["\(service) did not report as up within \(seconds) seconds.", "It said nothing on \(topic)."]
        }
    }

    var hint: String? {
        switch self {
        case .unknown(_, _, let meant?): "Did you mean '\(meant)'? Run 'tedge connect \(meant) --test'."
        case .unknown: "Run 'tedge connect --help' for the clouds."
        case .notUp(let service, _, _, _, let isBridge):
            isBridge
                ? "Look at the log of the mapper, which holds the bridge."
                : "Run 'systemctl status \(service)' to see whether it runs, and start it."
        }
    }
}

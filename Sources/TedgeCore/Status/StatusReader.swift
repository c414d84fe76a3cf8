import MQTT
import X509

/// Finds out the status of a device. Asks the service manager and the local broker, each for a limited time, and nobody
/// else; changes nothing.
struct StatusReader {
    /// Which connections are of interest; all if nil.
    struct Selection {
        var cloud: CloudName?
        /// The profile if a cloud is named, or if only the profile is.
        var profile: ProfileName?

        func includes(_ connection: (cloud: CloudName, profile: ProfileName?)) -> Bool {
            if let cloud { return connection == (cloud, profile) }
            return profile == nil || connection.profile == profile
        }
    }

    /// A context that stops waiting at the deadline.
    private let context: Context
    private let deadline: ContinuousClock.Instant
    /// How long everything may take.
    static let limit = Duration.milliseconds(1000)
    /// How long a program may take, and the local broker. One that is silent leaves time for the rest.
    private static let partLimit = Duration.milliseconds(400)

    init(in context: Context) {
        deadline = .now + Self.limit
        self.context = context.asking(until: deadline, limit: Self.partLimit)
    }

    /// The connections that have a bridge file. Throws if the directory cannot be listed.
    static func connections(
        _ selection: Selection, in context: Context
    ) throws(FileError) -> [(cloud: CloudName, profile: ProfileName?)] {
        let directory = BridgePaths.directory(in: context.configurationDirectory)
        guard context.files.exists(directory) else { return [] }
        return BridgePaths.connections(among: try context.files.list(directory)).filter(selection.includes)
    }

    /// The status of these connections.
    func read(_ connections: [(cloud: CloudName, profile: ProfileName?)]) -> DeviceStatus {
        var status = DeviceStatus(now: context.now())
        let settings = Result { try Settings.load(from: context.settingsSource) }
        let files = connections.map { connection in
            BridgeFacts(BridgePaths(in: context.configurationDirectory, connection.cloud, connection.profile), context)
        }
        let services = StatusServices(connections, in: context)
        status.managerSilence = services.silence
        status.mosquitto = services.unit(.mosquitto) ?? status.mosquitto
        status.commands = services.commands
        let topics = zip(connections, files).map { connection, facts in
            facts.healthTopic
                ?? (try? ConnectionInputs(Cloud.named(connection.cloud), connection.profile, in: context)).flatMap {
                    try? $0.builder.healthTopic()
                }
        }
        let health = health(topics.compactMap(\.self), settings)
        if case .failure(let silence) = health { status.brokerSilence = silence.diagnosis }
        for (index, (cloud, profile)) in connections.enumerated() {
            var connection = DeviceStatus.Connection(cloud: cloud, profile: profile)
            connection.address = files[index].address
            connection.deviceID = files[index].deviceID
            if case .success(let health) = health { connection.isUp = topics[index].flatMap { health[$0] } }
            if services.unit(.mosquitto)?.isActive == false { connection.isUp = false }
            if connection.isUp == true { connection.upSince = services.uptime(of: cloud, profile, at: status.now) }
            if connection.isUp == true, connection.upSince == nil, !context.accounts.isRoot {
                connection.unchecked.append("since when the bridge is up: only root may look")
            }
            connection.mapper = services.mapper(of: cloud, profile)
            connection.agent = services.agent
            describe(&connection, try? settings.get())
            status.connections.append(connection)
        }
        status.versions = versions()
        return status
    }

    /// What the settings say of a connection, and what differs from them.
    private func describe(_ connection: inout DeviceStatus.Connection, _ settings: Settings?) {
        let (cloud, profile) = (connection.cloud, connection.profile)
        if let settings {
            let own = settings.cloud(cloud, profile: profile)
            connection.url = try? own.string("url")
            if connection.deviceID == nil { connection.deviceID = try? own.string("device.id") }
            connection.certificate = DeviceCertificate(cloud, profile, settings, in: context)
        }
        connection.knowsSettings = settings != nil
        let run = DoctorRun(cloud, profile: profile, until: deadline, in: context)
        for (check, what) in [
            (CheckID.bridgeFile, "the bridge file"), (.cloudAddress, "the address of the cloud"),
            (.settings, "the settings"), (.bridgeCurrent, "whether the bridge files match the settings"),
            (.bridgeRead, "whether mosquitto has read them"),
        ] {
            switch run.outcome(of: check) {
            case .warning(let diagnosis), .error(let diagnosis): connection.differences.append(diagnosis)
            case DoctorRun.needsRoot: connection.unchecked.append("\(what): only root may look")
            case .skipped(let why), .unanswered(let why): connection.unchecked.append("\(what): \(why)")
            case .ok, .blocked: break
            }
        }
    }

    // MARK: The local broker

    /// Why the local broker does not say anything.
    private struct Silence: Error {
        let diagnosis: Diagnosis
    }

    /// Whether the bridges are up, by their health topics. A broker answers in order: when it confirms a second subscription,
    /// the retained messages for the first one have arrived.
    private func health(
        _ topics: [String], _ settings: Result<Settings, any Error>
    ) -> Result<[String: Bool], Silence> {
        var found: [String: Bool] = [:]
        guard !topics.isEmpty else { return .success(found) }
        let end = min(deadline, .now + Self.partLimit)
        do {
            let options = try MQTTOptions.local(
                try settings.get(), clientID: randomClientID("tedge-status"), files: context.files)
            let connection = try context.broker.connect(options, until: end, interruption: context.interruption)
            defer { connection.disconnect() }
            for _ in 0..<2 { try connection.subscribe(topics, until: end) }
            while let message = try connection.nextMessage(until: .now) {
                if topics.contains(message.topic) { found[message.topic] = message.payload == [UInt8(ascii: "1")] }
            }
            return .success(found)
        } catch let error as MQTTError {
            let isSilent = ContinuousClock.now >= end
            return .failure(
                Silence(
                    diagnosis: Diagnosis(
                        isSilent ? .unanswered : .localMQTTFailed, "The local MQTT broker does not answer.",
                        seen: isSilent ? nil : "\(error)",
                        hint: "Run 'sudo tedge doctor --only local-mqtt' to find out why.")))
        } catch {
            return .failure(Silence(diagnosis: Diagnosis(error as? any ExplainedError ?? UnexpectedError("\(error)"))))
        }
    }

    // MARK: Versions

    private func versions() -> [(name: String, shown: String, version: String?)] {
        let program = context.knowingMosquitto().mosquittoUnit?.program
        let systemd = try? context.processes.ask(
            ["systemctl", "--version"], within: Self.limit, interruption: context.interruption)
        // Such as `systemd 252 (252.39-1~deb12u1)`.
        let words = systemd?.output.split(whereSeparator: \.isWhitespace) ?? []
        return [
            ("tedge", "tedge", ProgramRelease.version),
            (
                "mosquitto", "mosquitto",
                MosquittoVersion.text(context.processes, context.interruption, program: program)
            ),
            ("openssl", "OpenSSL", X509Library.version), ("libmosquitto", "libmosquitto", MQTTLibrary.version),
            ("systemd", "systemd", words.count > 1 && words[0] == "systemd" ? String(words[1]) : nil),
        ]
    }
}

/// What a bridge file says about its connection. A file with a password is for root alone.
private struct BridgeFacts {
    let address: String?
    let deviceID: String?
    let healthTopic: String?

    init(_ paths: BridgePaths, _ context: Context) {
        let file = WrittenFile(paths.bridge, context.files)
        (address, deviceID) = (file?["address"], file?["remote_clientid"])
        healthTopic = file?["notification_topic"]
    }
}

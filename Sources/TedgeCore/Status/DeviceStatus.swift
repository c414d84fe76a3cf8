import X509

/// What `tedge status` knows of the device.
struct DeviceStatus {
    /// A service.
    struct Unit: Equatable {
        /// The name that the service manager knows.
        let name: String
        /// Whether it runs; nil if unknown.
        var isActive: Bool?
        /// Whether it starts with the device; nil if unknown.
        var isEnabled: Bool?
        /// Whether the service manager does not know it.
        var isMissing = false
    }

    /// A connection that has a bridge file.
    struct Connection {
        let cloud: CloudName
        let profile: ProfileName?
        /// The setting `url`.
        var url: String?
        /// The host and port in the bridge file.
        var address: String?
        var deviceID: String?
        /// Whether mosquitto says that the bridge is connected; nil if it says nothing.
        var isUp: Bool?
        /// When the bridge connected, seconds since 1970; nil if unknown.
        var upSince: Int64?
        /// The mapper; nil if none is installed.
        var mapper: Unit?
        /// The agent; nil if it is not installed.
        var agent: Unit?
        /// What is not as the settings say.
        var differences: [Diagnosis] = []
        /// What could not be compared, and why.
        var unchecked: [String] = []
        /// The certificate; nil if the device has a password instead, or if that is not known.
        var certificate: DeviceCertificate?
        /// Whether the settings can be read, which say how the device proves who it is.
        var knowsSettings = true

        /// The cloud and profile as a command takes them.
        var words: String { cloud.words(profile) }
    }

    var connections: [Connection] = []
    var mosquitto = Unit(name: Service.mosquitto.unit)
    /// The commands that control services.
    var commands = ServiceCommands.systemd
    /// The versions by the names of the JSON object, in the order of printing; nil for what is not there.
    var versions: [(name: String, shown: String, version: String?)] = []
    /// Why services or the local broker could not be asked.
    var brokerSilence: Diagnosis?
    var managerSilence: Diagnosis?
    /// When all this was so, seconds since 1970.
    var now: Int64 = 0

    /// The first thing that is not up; nil if all is.
    var problem: Diagnosis? { problems.first }

    /// What is not up, in the order of printing.
    var problems: [Diagnosis] {
        var found: [Diagnosis] = []
        if mosquitto.isMissing {
            found.append(
                Diagnosis(
                    .mosquittoNotFound, "There is no service mosquitto.",
                    hint: "Run 'sudo apt install --reinstall mosquitto', or install it by other means."))
        } else if mosquitto.isActive == false {
            found.append(
                Diagnosis(
                    .mosquittoNotRunning, "mosquitto does not run.", hint: "Run '\(startCommand(mosquitto))'."))
        }
        for connection in connections {
            if connection.isUp != true, let problem = problem(of: connection) { found.append(problem) }
            for (unit, id) in [(connection.mapper, ReasonID.mapperFailed), (connection.agent, .agentFailed)] {
                guard let unit, unit.isActive == false,
                    !found.contains(where: { $0.message.hasPrefix(unit.name + " ") })
                else { continue }
                let hint =
                    commands == .systemd
                    ? "Run 'systemctl status \(unit.name)' to see why." : "Run '\(startCommand(unit))'."
                found.append(Diagnosis(id, "\(unit.name) does not run.", hint: hint))
            }
        }
        if found.isEmpty, let managerSilence { found.append(managerSilence) }
        return found
    }

    /// Whether something is known to be down. If not, a problem is that somebody does not answer, or may not be asked.
    var isDown: Bool {
        mosquitto.isActive == false
            || connections.contains {
                $0.isUp == false || $0.mapper?.isActive == false || $0.agent?.isActive == false
            }
    }

    /// What starts a service, with the commands of this device.
    private func startCommand(_ unit: Unit) -> String {
        "sudo " + ServiceCommands.words(commands.start, for: unit.name).joined(separator: " ")
    }

    /// Why a bridge is not known to be up; nil if that mosquitto does not run says it all.
    private func problem(of connection: Connection) -> Diagnosis? {
        if mosquitto.isActive == false { return nil }
        let profile = connection.profile.map { " (profile \($0))" } ?? ""
        let name = "bridge to \(Cloud.named(connection.cloud).displayName)\(profile)"
        let hint = "Run 'sudo tedge doctor \(connection.words)' to find out why."
        if connection.isUp == false { return Diagnosis(.bridgeDown, "The \(name) is down.", hint: hint) }
        return brokerSilence
            ?? Diagnosis(.bridgeUnknown, "mosquitto does not say whether the \(name) is up.", hint: hint)
    }

    // MARK: For programs

    /// The members of the JSON object.
    var members: [JSONValue.Member] {
        let version = versions.first { $0.name == "mosquitto" }?.version
        return [
            .init("connections", .array(connections.map(\.json))),
            .init("mosquitto", .object(mosquitto.members + [.init("version", .optional(version))])),
            .init("versions", .object(versions.map { .init($0.name, .optional($0.version)) })),
        ]
    }
}

extension DeviceStatus.Unit {
    fileprivate var members: [JSONValue.Member] {
        [
            .init("unit", .string(name)), .init("active", isActive.map(JSONValue.bool) ?? .null),
            .init("enabled", isEnabled.map(JSONValue.bool) ?? .null),
        ]
    }

    fileprivate static func json(_ unit: Self?) -> JSONValue { unit.map { .object($0.members) } ?? .null }
}

extension DeviceStatus.Connection {
    fileprivate var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("cloud", .string(cloud.rawValue)), .init("profile", .optional(profile?.text)),
            .init("url", .optional(url)), .init("address", .optional(address)),
            .init("device_id", .optional(deviceID)), .init("up", isUp.map(JSONValue.bool) ?? .null),
            .init("up_since", .optional(upSince.map(RFC3339Date.text))),
            .init("mapper", DeviceStatus.Unit.json(mapper)), .init("agent", DeviceStatus.Unit.json(agent)),
            .init("differs", .array(differences.map { .string(Masking.inMessage($0.sentence)) })),
            .init("unchecked", .array(unchecked.map { .string(Masking.inMessage($0)) })),
        ]
        if let certificate { members.append(.init("certificate", certificate.json)) }
        return .object(members)
    }
}

extension Diagnosis {
    /// The message and what was seen, in one sentence.
    var sentence: String { CommandReport.sentence(causes) }
}

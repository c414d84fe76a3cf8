/// The services of a device, asked once.
struct StatusServices {
    /// Why the service manager does not say anything; nil if it does, or if there is none.
    private(set) var silence: Diagnosis?
    private var units: [Service: DeviceStatus.Unit] = [:]
    private var mainProcess: Int32?
    private let manager: ServiceManager?
    private let context: Context

    init(_ connections: [(cloud: CloudName, profile: ProfileName?)], in context: Context) {
        self.context = context
        manager = (try? SystemSettings.load(from: context)).map { ServiceManager($0, in: context) }
        guard let manager, (try? manager.checkAvailability()) != nil else { return }
        let mappers = connections.map { Service.mapper($0.cloud, $0.profile) }
        let services = [.mosquitto, .agent, .singleMapper] + mappers.filter { $0 != .singleMapper }
        do throws(ServiceError) {
            if let states = try manager.states(of: services) {
                for (service, state) in states where state.isInstalled || service == .mosquitto {
                    units[service] = .init(
                        name: service.unit, isActive: state.isActive, isEnabled: state.isEnabled,
                        isMissing: !state.isInstalled)
                }
                mainProcess = states[.mosquitto]?.mainProcess
            } else {
                try ask(manager, mappers)
            }
        } catch {
            silence = Diagnosis(
                .unanswered, "The service manager does not say what runs.",
                seen: error.causes.joined(separator: ": "),
                hint: "Run 'sudo tedge doctor --only service-manager' to find out why.")
            for service in installed(mappers) { units[service] = .init(name: service.unit) }
        }
    }

    /// Asks one by one.
    private mutating func ask(_ manager: ServiceManager, _ mappers: [Service]) throws(ServiceError) {
        for service in installed(mappers) {
            units[service] = .init(name: service.unit, isActive: try manager.isActive(service))
        }
    }

    /// What is installed, as far as programs tell it.
    private func installed(_ mappers: [Service]) -> [Service] {
        [.mosquitto] + (context.processes.isOnPath(Service.agent.unit) ? [.agent] : [])
            + (context.mapperProgram == nil ? [] : mappers)
    }

    /// A service; nil if it is not installed.
    func unit(_ service: Service) -> DeviceStatus.Unit? { units[service] }

    /// The commands that control services.
    var commands: ServiceCommands { manager?.commands ?? .systemd }

    /// The agent; nil if it is not installed.
    var agent: DeviceStatus.Unit? { units[.agent] }

    /// The mapper of a connection; nil if none is installed.
    func mapper(of cloud: CloudName, _ profile: ProfileName?) -> DeviceStatus.Unit? {
        units[.mapper(cloud, profile)] ?? (profile == nil ? units[.singleMapper] : nil)
    }

    /// When the bridge of a connection connected, seconds since 1970, by mosquitto's log: the last attempt that it wrote since it
    /// runs, if nothing after that says that it ended. Nil if the log does not say, or may not be read.
    ///
    /// - Parameter now: Seconds since 1970.
    func uptime(of cloud: CloudName, _ profile: ProfileName?, at now: Int64) -> Int64? {
        guard let manager, manager.isDefault, let mainProcess,
            let start = ProcessStart.microseconds(mainProcess, proc: context.processDirectory)
        else { return nil }
        let boot = MonotonicClock.bootMicroseconds
        guard boot >= start else { return nil }
        // Times of before the clock was set are not of this run.
        let begin = now - Int64((boot - start) / 1_000_000) - 1
        let log = BrokerLog(context: context.knowingMosquitto(), manager: manager, since: 0)
        return log.lastConnection(of: Cloud.named(cloud), profile, within: begin...max(begin, now))
    }
}

extension BrokerLog {
    /// When the connection of a bridge began that has not ended since; nil if the log does not say.
    ///
    /// - Parameter range: The times that can be right, in seconds since 1970.
    func lastConnection(of cloud: Cloud, _ profile: ProfileName?, within range: ClosedRange<Int64>) -> Int64? {
        Self.lastConnection(of: cloud, profile, in: timed(), within: range)
    }

    static func lastConnection(
        of cloud: Cloud, _ profile: ProfileName?, in lines: [(time: Int64?, text: String)],
        within range: ClosedRange<Int64>
    ) -> Int64? {
        let name = " \(connection(cloud, profile)) ("
        guard let last = lines.last(where: { $0.text.contains("Connecting bridge ") && $0.text.contains(name) }),
            let time = last.time, range.contains(time),
            lastAttempt(of: cloud, profile, in: lines.map(\.text)) == nil
        else { return nil }
        return time
    }
}

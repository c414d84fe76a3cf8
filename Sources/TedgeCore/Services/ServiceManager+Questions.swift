/// Questions to a service manager. A question without an answer is an error, never a no.
extension ServiceManager {
    /// Whether the service runs.
    func isActive(_ service: Service) throws(ServiceError) -> Bool {
        let words = ServiceCommands.words(commands.isActive, for: service.unit)
        switch try ask(words).ending {
        case .exited(0): return true
        case .exited: return false
        case .signalled: throw .signalled(command: words.joined(separator: " "))
        }
    }

    /// Whether the service runs, by its state if that is known, else by asking.
    func isActive(_ service: Service, _ state: ServiceState?) throws(ServiceError) -> Bool {
        if let state { return state.isActive }
        return try isActive(service)
    }

    /// Whether the service is enabled; nil if the service manager has no command to ask that.
    func isEnabled(_ service: Service) throws(ServiceError) -> Bool? {
        guard isDefault else { return nil }
        let words = ["systemctl", "is-enabled", service.unit]
        let result = try ask(words)
        // What a killed systemctl has printed may be half an answer.
        if case .signalled = result.ending { throw failure(words, result) }
        let word = result.output.split(whereSeparator: \.isNewline).last.map(String.init) ?? ""
        if let answer = ServiceState.isEnabled(word) { return answer }
        if result.succeeded { return true }
        throw failure(words, result)
    }

    /// What systemd knows of services, in one question; nil if something else manages them.
    func states(of services: [Service]) throws(ServiceError) -> [Service: ServiceState]? {
        guard isDefault else { return nil }
        let words = ["systemctl", "show", "--property=\(ServiceState.properties)"] + services.map(\.unit)
        let result = try ask(words)
        let blocks = result.output.split(separator: "\n\n")
        guard result.succeeded, blocks.count == services.count else { throw failure(words, result) }
        return Dictionary(
            uniqueKeysWithValues: zip(services, blocks.map { ServiceState(SystemdProperties(String($0))) }))
    }

    /// The main process of a service; nil if it has none or it is unknown.
    func mainProcess(of service: Service) -> Int32? {
        guard let states = try? states(of: [service]) else { return nil }
        return states[service]?.mainProcess
    }

    /// Properties of a service; nil if something else than systemd manages it, or systemd does not answer.
    private func properties(_ names: String, of service: Service) -> SystemdProperties? {
        guard isDefault else { return nil }
        let answer = try? ask(["systemctl", "show", "--property=\(names)", service.unit])
        return answer.map { SystemdProperties($0.output) }
    }

    /// How often systemd has restarted a service because it ended by itself; nil if unknown.
    func restarts(of service: Service) -> UInt64? { properties("NRestarts", of: service)?.number("NRestarts") }

    /// The unit of a mosquitto that is installed as a snap; nil if there is none.
    func confinedBroker() throws(ServiceError) -> String? {
        let snap = Service(unit: MosquittoUnit.snapUnit, name: "mosquitto")
        return try states(of: [snap])?[snap]?.isInstalled == true ? snap.unit : nil
    }

    /// Whether systemd no longer starts a service because it was started too often.
    func hasReachedStartLimit(_ service: Service) -> Bool {
        properties("Result", of: service)?["Result"] == "start-limit-hit"
    }

    /// Whether systemd refused to start the service at all, as it does beyond the start limit. The property Result says so
    /// only if a request reached the limit, not if a restart by systemd did.
    func wasNotStarted(_ service: Service, since begin: UInt64) -> Bool {
        let start = "ExecMainStartTimestampMonotonic"
        guard let properties = properties("Result,\(start)", of: service) else { return false }
        return properties["Result"] == "start-limit-hit" || properties.number(start).map { $0 < begin } ?? false
    }

    /// The last lines of a service in systemd's journal, at most three; none if it does not answer.
    func lastLines(of service: Service) -> [String] {
        guard isDefault else { return [] }
        let words = ["journalctl", "--unit=\(service.unit)", "--lines=3", "--output=cat", "--quiet", "--no-pager"]
        guard let result = try? ask(words), result.succeeded else { return [] }
        return result.output.split(separator: "\n").map(String.init)
    }

    /// Runs a command that changes nothing.
    func ask(_ words: [String]) throws(ServiceError) -> ProcessResult {
        do {
            return try processes.ask(words, within: Self.timeout, interruption: interruption)
        } catch {
            throw told(error, words.joined(separator: " "))
        }
    }

    /// The failure of a question that was answered with something else.
    private func failure(_ words: [String], _ result: ProcessResult) -> ServiceError {
        let command = words.joined(separator: " ")
        return switch result.ending {
        case .exited(let status):
            .failed(command: command, status: status, detail: Self.complaint(result.error))
        case .signalled: .signalled(command: command)
        }
    }
}

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

    /// Whether the service runs, by what is known of it, else by asking.
    func isActive(_ service: Service, _ state: ServiceState?) throws(ServiceError) -> Bool {
        if let state { return state.isActive }
        return try isActive(service)
    }

    /// Whether the service is started when the device starts; nil if the service manager has no command for this.
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
        return Dictionary(uniqueKeysWithValues: zip(services, blocks.map(ServiceState.init)))
    }

    /// The main process of a service; nil if it has none or it is unknown.
    func mainProcess(of service: Service) -> Int32? {
        guard let states = try? states(of: [service]) else { return nil }
        return states[service]?.mainProcess
    }

    /// How often systemd has restarted a service because it ended by itself; nil if unknown.
    func restarts(of service: Service) -> Int? {
        guard isDefault, let result = try? ask(["systemctl", "show", "--property=NRestarts", service.unit]) else {
            return nil
        }
        let name = "NRestarts="
        return result.output.split(separator: "\n").first { $0.hasPrefix(name) }.flatMap {
            Int($0.dropFirst(name.count))
        }
    }

    /// The unit of a mosquitto that is installed as a snap; nil if there is none.
    func confinedBroker() throws(ServiceError) -> String? {
        let snap = Service(unit: MosquittoUnit.snapUnit, name: "mosquitto")
        return try states(of: [snap])?[snap]?.isInstalled == true ? snap.unit : nil
    }

    /// Whether systemd no longer starts a service because it was started too often.
    func hasReachedStartLimit(_ service: Service) -> Bool {
        guard isDefault, let result = try? ask(["systemctl", "show", "--property=Result", service.unit]) else {
            return false
        }
        return result.output.split(separator: "\n").contains("Result=start-limit-hit")
    }

    /// Whether systemd refused to start the service at all, as it does beyond the start limit. The property Result says so
    /// only where the limit was reached by a request, not by a restart of systemd's own.
    func wasNotStarted(_ service: Service, since begin: UInt64) -> Bool {
        let words = ["systemctl", "show", "--property=Result,ExecMainStartTimestampMonotonic", service.unit]
        guard let lines = try? ask(words).output.split(separator: "\n") else { return false }
        if lines.contains("Result=start-limit-hit") { return true }
        let name = "ExecMainStartTimestampMonotonic="
        let start = lines.first { $0.hasPrefix(name) }.flatMap { UInt64($0.dropFirst(name.count)) }
        return start.map { $0 < begin } ?? false
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

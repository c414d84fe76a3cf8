/// The service manager and its services.
extension DoctorRun {
    func serviceManager() -> CheckOutcome {
        do {
            let manager = try manager.get()
            try manager.checkAvailability()
            if let missing = manager.missingPrograms.first { return .error(commandMissing(missing)) }
            _ = try states.get()
            return .ok(manager.commands.name)
        } catch ServiceError.unavailable(let name, _) {
            return .warning(
                Diagnosis(
                    .serviceManagerUnavailable, "The service manager '\(name)' is not available.",
                    hint: "Start mosquitto and tedge-mapper by other means, or name their commands in "
                        + "\(systemFile)."))
        } catch ServiceError.unanswered(let program, let seconds) {
            return .error(silent("\(program) did not answer within \(seconds) s"))
        } catch ServiceError.failed(let command, _, let detail) {
            // systemctl could not pass the question to systemd.
            return .error(silent(detail.isEmpty ? command : detail))
        } catch ServiceError.interrupted {
            return .outOfTime
        } catch {
            return .error(error)
        }
    }

    private func silent(_ seen: String) -> Diagnosis {
        Diagnosis(
            .serviceManagerSilent, "The service manager does not answer.", seen: seen,
            hint: (try? manager.get())?.isDefault == true
                ? "Run 'systemctl status' to see whether systemd answers; if it does not, restart the device."
                : "Check 'is_available' in \(systemFile), or restart the device.")
    }

    private var systemFile: String { SystemSettings.path(in: context.configurationDirectory) }

    private func commandMissing(_ command: (key: String, words: [String])) -> Diagnosis {
        Diagnosis(
            .serviceCommandMissing, "The program of the command '\(command.key)' is not there: \(command.words[0]).",
            seen: command.words.joined(separator: " "), hint: "Correct '\(command.key)' in \(systemFile).")
    }

    private var nobody: CheckOutcome { .skipped("there is no service manager to ask") }

    /// The service manager for a check of one service; if it cannot be asked, nil and the outcome.
    private func askable() -> (manager: ServiceManager?, otherwise: CheckOutcome) {
        switch outcome(of: .serviceManager) {
        case .ok: return (try? manager.get(), nobody)
        // The command that this check needs may still exist.
        case .error(let diagnosis) where diagnosis.id == .serviceCommandMissing: return (try? manager.get(), nobody)
        case .error(let diagnosis): return (nil, .unanswered(diagnosis.seen ?? diagnosis.message))
        case .unanswered(let reason): return (nil, .unanswered(reason))
        case .blocked(by: let need): return (nil, .blocked(by: need))
        case .warning, .skipped: return (nil, nobody)
        }
    }

    // MARK: mosquitto

    func mosquittoRunning() -> CheckOutcome {
        let (askable, otherwise) = askable()
        guard let manager = askable else { return otherwise }
        do throws(ServiceError) {
            return try brokerOutcome(manager)
        } catch {
            return .unanswered(error)
        }
    }

    private func brokerOutcome(_ manager: ServiceManager) throws(ServiceError) -> CheckOutcome {
        guard let state = (try? states.get())?[.mosquitto] else {
            return try manager.isActive(.mosquitto) ? .ok("it runs") : .error(brokerIsDown(manager))
        }
        if !state.isInstalled {
            if let unit = try manager.confinedBroker() { return .error(ServiceError.confined(unit: unit)) }
            return .error(
                Diagnosis(
                    .mosquittoNotFound, "There is no service mosquitto.",
                    hint: "Run 'sudo apt install --reinstall mosquitto', or install it by other means."))
        }
        if let refusal = state.refusal(of: .mosquitto) { return refused(refusal, state) }
        if let script = state.script {
            let diagnosis = Diagnosis(
                .mosquittoWithoutUnit,
                "mosquitto\(state.isActive ? "" : " does not run, and") has no unit of systemd: it is started by \(script).",
                hint: "Run 'sudo apt install --reinstall mosquitto' to restore the unit.")
            return state.isActive ? .warning(diagnosis) : .error(diagnosis)
        }
        if !state.isActive { return .error(whyDown(.mosquitto, state, manager) ?? brokerIsDown(manager)) }
        if try manager.isEnabled(.mosquitto) == false, case .ok = outcome(of: .bridgeFile) {
            return .warning(notEnabled(.mosquitto))
        }
        return .ok("it runs")
    }

    private func brokerIsDown(_ manager: ServiceManager) -> Diagnosis {
        let said = BrokerLog(context: brokerContext, manager: manager, since: 0).lastErrors()
        let restart = restartCommand(.mosquitto, manager)
        guard manager.isDefault, manager.hasReachedStartLimit(.mosquitto) else {
            return brokerIsDown(said, restart: restart)
        }
        let again = "sudo systemctl reset-failed mosquitto && \(restart)"
        // systemd 258 and later also report this for a mosquitto that ended five times on its own: then its log lines are
        // the cause.
        guard said.isEmpty else { return brokerIsDown(said, restart: again) }
        return Diagnosis(
            .mosquittoStartLimit, "mosquitto was started too often, and systemd no longer starts it.",
            hint: "Run '\(again)'.")
    }

    private func brokerIsDown(_ said: [String], restart: String) -> Diagnosis {
        Diagnosis(
            .mosquittoNotRunning, "mosquitto does not run.", seen: said.isEmpty ? nil : said.joined(separator: "\n"),
            hint: said.isEmpty
                ? "Run '\(restart)'." : "Correct what mosquitto complains about, then run '\(restart)'."
        )
    }

    /// systemd will not start the service again. If the service is running, it keeps running until it is stopped.
    private func refused(_ refusal: ServiceError, _ state: ServiceState) -> CheckOutcome {
        state.isActive ? .warning(Diagnosis(refusal)) : .error(refusal)
    }

    /// Why systemd did not even start a service; nil if it did. systemd loses this when it unloads the unit, but its
    /// journal keeps it.
    private func whyDown(_ service: Service, _ state: ServiceState?, _ manager: ServiceManager) -> Diagnosis? {
        let said = manager.lastLines(of: service).last.flatMap { $0.contains("unmet condition check") ? $0 : nil }
        guard state?.isConditional == true || said != nil else { return nil }
        return Diagnosis(
            service.reason(.down),
            "\(service.unit) does not run: a condition of its unit is not met, and so systemd does not start it.",
            seen: said, hint: "Run 'systemctl status \(service.unit)' to see which condition it is.")
    }

    private func restartCommand(_ service: Service, _ manager: ServiceManager) -> String {
        "sudo " + ServiceCommands.words(manager.commands.restart, for: service.unit).joined(separator: " ")
    }

    private func notEnabled(_ service: Service) -> Diagnosis {
        Diagnosis(
            service.reason(.notEnabled), "\(service.unit) runs, but is not started with the device.",
            hint: "Run 'sudo systemctl enable \(service.unit)'.")
    }

    // MARK: Mapper and agent

    func mapperInstalled() -> CheckOutcome {
        if let name = context.mapperProgram { return .ok(name) }
        return .warning(
            Diagnosis(
                .mapperNotInstalled, "tedge-mapper is not installed.",
                hint: "Install it, for example with 'sudo apt install tedge-mapper', then run '\(reconnectCommand)'."))
    }

    func mapperRunning() -> CheckOutcome {
        guard case .ok? = outcomes[.mapperInstalled] else { return .skipped("tedge-mapper is not installed") }
        let known = (try? states.get()) ?? [:]
        return running(mapperServices.first { known[$0]?.isInstalled == true } ?? mapperServices[0])
    }

    func agentRunning() -> CheckOutcome { running(.agent) }

    /// Whether an installed service of thin-edge.io is running and starts with the device.
    private func running(_ service: Service) -> CheckOutcome {
        let (askable, otherwise) = askable()
        guard let manager = askable else { return otherwise }
        do throws(ServiceError) {
            return try outcome(of: service, manager)
        } catch {
            return .unanswered(error)
        }
    }

    private func outcome(of service: Service, _ manager: ServiceManager) throws(ServiceError) -> CheckOutcome {
        let state = (try? states.get())?[service]
        if let state {
            if !state.isInstalled { return .error(unitMissing(service)) }
            if let refusal = state.refusal(of: service) { return refused(refusal, state) }
        }
        guard try manager.isActive(service, state) else {
            if let diagnosis = whyDown(service, state, manager) { return .error(diagnosis) }
            let said = manager.lastLines(of: service)
            return .error(
                Diagnosis(
                    service.reason(.down), "\(service.unit) does not run.",
                    seen: said.isEmpty ? nil : said.joined(separator: "\n"),
                    hint: "Run '\(restartCommand(service, manager))'."))
        }
        guard asksWhatIsEnabled else { return .ok(service.unit) }
        return try manager.isEnabled(service) == false ? .warning(notEnabled(service)) : .ok(service.unit)
    }

    private func unitMissing(_ service: Service) -> Diagnosis {
        Diagnosis(
            service.reason(.absent),
            "\(service.name) is installed, but there is no service \(service.unit).",
            hint: ServiceError.notFound(service).hint)
    }
}

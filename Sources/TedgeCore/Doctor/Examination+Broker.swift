import MQTT

/// Services, mosquitto and its files.
extension Examination {
    func serviceManager() -> CheckOutcome {
        do {
            let manager = try manager.get()
            try manager.checkAvailability()
            return .ok(manager.commands.name)
        } catch ServiceError.unavailable(let name, _) {
            return .warning(
                Diagnosis(
                    "service-manager-unavailable", "The service manager '\(name)' is not available.",
                    hint: "Start mosquitto and tedge-mapper by other means, or name their commands in "
                        + "\(context.configurationDirectory)/system.toml."))
        } catch ServiceError.interrupted {
            return .error(
                Diagnosis(
                    "service-manager-silent", "The service manager does not answer.",
                    hint:
                        "Check 'is_available' in \(context.configurationDirectory)/system.toml, or restart the device.")
            )
        } catch {
            return .error(error)
        }
    }

    func mosquittoInstalled() -> CheckOutcome {
        if let mosquittoVersion { return .ok("version \(mosquittoVersion)") }
        return .error(
            Diagnosis(
                "mosquitto-not-found", "mosquitto is not installed.",
                hint: "Run 'sudo apt install mosquitto', or install it by other means."))
    }

    func mosquittoRunning() -> CheckOutcome {
        guard case .ok? = outcomes["service-manager"], let manager = try? manager.get() else {
            return .unseen("there is no service manager to ask")
        }
        guard let states else {
            return manager.isActive(.mosquitto) ? .ok("it runs") : .error(brokerIsDown(manager))
        }
        guard states[.mosquitto]?.isInstalled == true else {
            if context.files.exists(MosquittoUnit.snap) { return .error(ConnectError.brokerIsSnap) }
            return .error(
                Diagnosis(
                    "mosquitto-not-found", "There is no service mosquitto.",
                    hint: "Run 'sudo apt install --reinstall mosquitto', or install it by other means."))
        }
        guard states[.mosquitto]?.isActive == true else { return .error(brokerIsDown(manager)) }
        if manager.isEnabled(.mosquitto) == false, case .ok = outcome(of: "bridge-file") {
            return .warning(
                Diagnosis(
                    "mosquitto-not-enabled", "mosquitto runs, but is not started with the device.",
                    hint: "Run 'sudo systemctl enable mosquitto'."))
        }
        return .ok("it runs")
    }

    private func brokerIsDown(_ manager: ServiceManager) -> Diagnosis {
        let said = BrokerLog(context: context, manager: manager, since: 0).lastErrors()
        if manager.isDefault, manager.hasReachedStartLimit(.mosquitto) {
            return Diagnosis(
                "mosquitto-start-limit", "mosquitto was started too often, and systemd no longer starts it.",
                seen: said.last,
                hint: "Run 'sudo systemctl reset-failed mosquitto && sudo systemctl restart mosquitto'.")
        }
        let start = ServiceCommands.words(manager.commands.restart, for: Service.mosquitto.unit).joined(separator: " ")
        return Diagnosis(
            "mosquitto-not-running", "mosquitto does not run.", seen: said.isEmpty ? nil : said.joined(separator: "\n"),
            hint: said.isEmpty
                ? "Run 'sudo \(start)'."
                : "Correct what mosquitto names, where it names something, then run 'sudo \(start)'.")
    }

    func bridgeFile() -> CheckOutcome {
        let isBusy = context.files.exists(ConfigurationLock.path(in: context.configurationDirectory))
        if context.files.exists(paths.unfinished), !isBusy {
            return .warning(
                Diagnosis(
                    "connection-unfinished", "A connect or disconnect was ended before it was complete.",
                    seen: paths.unfinished,
                    hint:
                        "Run '\(connectCommand)' to complete the connection, or '\(disconnectCommand)' to take it away."
                ))
        }
        if context.files.exists(paths.bridge) { return .ok(paths.bridge) }
        return .error(
            Diagnosis(
                "not-connected", "The device is not connected to \(cloud.displayName).",
                seen: "there is no \(paths.bridge)", hint: "Run '\(connectCommand)'."))
    }

    func includeLine() -> CheckOutcome {
        guard (try? manager.get())?.isDefault == true else {
            return .unseen("system.toml says which mosquitto is driven, not what it reads")
        }
        let main = context.mosquittoConfiguration
        let found = MosquittoFiles(main: main, files: context.files)
        if found.includes(paths.directory) { return .ok(main) }
        if found.unreadable.contains(main) {
            if !isRoot, context.files.exists(main) { return Self.needsRoot }
            return .error(
                Diagnosis(
                    "include-line-missing", "mosquitto's main file \(main) cannot be read.",
                    hint: "Run 'sudo apt install --reinstall mosquitto', then '\(reconnectCommand)'."))
        }
        return .error(
            Diagnosis(
                "include-line-missing", "mosquitto does not read \(paths.directory): \(main) does not include it.",
                hint: "Run 'sudo tedge init && sudo systemctl restart mosquitto'."))
    }

    func bridgeCurrent() -> CheckOutcome {
        do {
            let plan = try plan.get()
            let bridge = try plan.bridge(in: context)
            var wanted = [(paths.bridge, MosquittoRenderer.text(of: bridge))]
            if let listeners = plan.listeners {
                wanted.append((paths.listeners, MosquittoRenderer.text(of: listeners)))
            }
            for (path, text) in wanted where try context.files.readIfPresent(path) != Array(text.utf8) {
                return .warning(
                    Diagnosis(
                        "bridge-file-differs", "\(path) is not what the settings ask for.",
                        seen: firstDifference(try context.files.readIfPresent(path), text),
                        hint: "Run '\(reconnectCommand)' to write it anew."))
            }
            return .ok("they do")
        } catch let error as FileError where error.reason.isPermission {
            return Self.needsRoot
        } catch {
            return .error(error)
        }
    }

    private func firstDifference(_ found: [UInt8]?, _ wanted: String) -> String {
        guard let found else { return "it is not there" }
        let feed = Character("\n")
        let lines = String(decoding: found, as: UTF8.self).split(separator: feed, omittingEmptySubsequences: false)
        let others = wanted.split(separator: feed, omittingEmptySubsequences: false)
        let index = zip(lines, others).enumerated().first { $1.0 != $1.1 }?.offset ?? min(lines.count, others.count)
        let (is_, should) = (index < lines.count ? lines[index] : "", index < others.count ? others[index] : "")
        guard ![is_, should].contains(where: { $0.hasPrefix(MosquittoRenderer.passwordKey) }) else {
            return "line \(index + 1), with the password, is another one"
        }
        return "line \(index + 1) is '\(is_)' and should be '\(should)'"
    }

    func listener() -> CheckOutcome {
        guard let plan = try? plan.get() else { return .unseen("the settings do not say which port it is") }
        guard let listeners = plan.listeners else { return .unseen("mqtt.bind.enabled is false") }
        if let problem = ListenerCheck(plan, context).problem() { return .error(problem) }
        let holder = PortHolder.of(listeners.port, proc: context.processDirectory)
        return .ok("port \(listeners.port) is \(holder == nil ? "free" : "mosquitto's")")
    }

    func localMQTT() -> CheckOutcome {
        let findings = findings()
        guard let error = findings.localFailure else { return .ok(findings.place) }
        return .error(
            Diagnosis(
                "local-mqtt-failed", "The local MQTT broker does not answer.", seen: "\(error)",
                hint:
                    "Run 'sudo systemctl restart mosquitto', and check 'mqtt.client.host' and 'mqtt.client.port' with "
                    + "'tedge config list mqtt.client'."))
    }
}

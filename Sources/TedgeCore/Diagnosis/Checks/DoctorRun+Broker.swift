import MQTT

/// mosquitto and its files.
extension DoctorRun {
    func mosquittoInstalled() -> CheckOutcome {
        if let mosquittoVersion { return .ok("version \(mosquittoVersion)") }
        return .error(
            Diagnosis(
                .mosquittoNotFound, "mosquitto is not installed.",
                hint: "Run 'sudo apt install mosquitto', or install it by other means."))
    }

    func bridgeFile() -> CheckOutcome {
        let isBusy = FileLock.isHeld(ConfigurationLock.path(in: context.configurationDirectory))
        if context.files.exists(paths.unfinished), !isBusy {
            return .warning(
                Diagnosis(
                    .connectionUnfinished, "A connect or disconnect was ended before it was complete.",
                    seen: paths.unfinished,
                    hint:
                        "Run '\(connectCommand)' to complete the connection, or '\(disconnectCommand)' to remove it."
                ))
        }
        if context.files.exists(paths.bridge) { return .ok(paths.bridge) }
        return .error(
            Diagnosis(
                .notConnected, "The device is not connected to \(cloud.displayName).",
                seen: "there is no \(paths.bridge)", hint: "Run '\(connectCommand)'."))
    }

    func includeLine() -> CheckOutcome {
        guard (try? manager.get())?.isDefault == true else {
            return .skipped("system.toml says which mosquitto is driven, not what it reads")
        }
        let main = brokerContext.mosquittoConfiguration
        let found = MosquittoFiles(main: main, files: context.files)
        let inclusions = found.inclusions(of: paths.directory, files: context.files)
        if inclusions.count > 1 {
            return .error(MosquittoConfigurationError.includedTwice(paths.directory, inclusions.map(\.place)))
        }
        let names = found.names(of: paths.bridge, files: context.files)
        if names.count > 1 { return .error(readTwice(paths.bridge, names)) }
        if let name = names.first { return .ok(inclusions.first?.place ?? name) }
        if found.unreadable.contains(main) {
            if let obstacle = found.obstacles.first(where: { $0.path == main }), obstacle.isHidden {
                return .error(MosquittoConfigurationError.unreadable(obstacle))
            }
            if !isRoot, context.files.exists(main) { return Self.needsRoot }
            return .error(
                Diagnosis(
                    .includeLineMissing, "mosquitto's main file \(main) cannot be read.",
                    hint: "Run 'sudo apt install --reinstall mosquitto', then '\(reconnectCommand)'."))
        }
        return .error(
            Diagnosis(
                .includeLineMissing, "mosquitto does not read \(paths.bridge): neither \(main) nor a link leads to it.",
                hint: "Run 'sudo tedge init && sudo systemctl restart mosquitto'."))
    }

    private func readTwice(_ path: String, _ names: [String]) -> Diagnosis {
        let error = MosquittoConfigurationError.readTwice(path, names)
        let links = LinkDirectory.beside(brokerContext.mosquittoConfiguration)
        let isOurs = context.ownsMosquitto && !links.stale(besides: [], in: paths.directory, context.files).isEmpty
        return Diagnosis(
            error.id, error.causes[0],
            hint: isOurs ? "Run 'sudo tedge init && sudo systemctl restart mosquitto'." : error.hint ?? "")
    }

    /// A link with a name of ours that leads nowhere, with which mosquitto does not start; nil if there is none.
    func danglingLink() -> Diagnosis? {
        let links = LinkDirectory.beside(brokerContext.mosquittoConfiguration)
        let stale = links.stale(besides: [], in: paths.directory, context.files)
        guard let link = stale.first(where: { !context.files.exists(context.files.resolved($0)) }) else { return nil }
        return Diagnosis(
            .mosquittoConfigurationRejected, "mosquitto does not start with a link that leads nowhere.",
            seen: "\(link) leads to \(context.files.resolved(link))",
            hint: "Run 'sudo tedge init && sudo systemctl restart mosquitto'.")
    }

    func bridgeCurrent() -> CheckOutcome {
        do {
            let plan = try plan.get()
            let bridge = try plan.bridge(in: context)
            var wanted = [(paths.bridge, MosquittoRenderer.text(of: bridge))]
            if let text = try plan.listenerPlan(try manager.get(), mayInclude: isRoot, in: brokerContext).text {
                wanted.append((paths.listeners, text))
            }
            let keeping = try messageKeeping(plan)
            if try plan.builder.isDurable(), let text = try keeping.file(isNeeded: true).text {
                wanted.append((keeping.path, text))
            }
            for (path, text) in wanted where try context.files.readIfPresent(path) != Array(text.utf8) {
                return .warning(
                    Diagnosis(
                        .bridgeFileDiffers, "\(path) is not what the settings ask for.",
                        seen: firstDifference(try context.files.readIfPresent(path), text),
                        hint: "Run '\(reconnectCommand)' to write it again."))
            }
            return .ok("they do")
        } catch let error as FileError where error.reason.isPermission {
            return Self.needsRoot
        } catch {
            return .error(error)
        }
    }

    private func messageKeeping(_ plan: ConnectionInputs) throws -> MessageKeeping {
        MessageKeeping(settings: plan.settings, context: brokerContext, manager: try manager.get())
    }

    /// A warning if the messages that may wait do not fit beside those that are saved already; nil if they do.
    static func room(forMessagesIn directory: String, free: Int64?) -> CheckOutcome? {
        guard let free, free < 2 * Int64(MessageKeeping.bytes) else { return nil }
        return .warning(
            Diagnosis(
                .diskNearlyFull, "The disk of \(directory) may be too small for the messages that wait.",
                seen:
                    "\(free >> 20) MiB are free; \(MessageKeeping.bytes >> 20) MiB may wait, and are written beside the old file",
                hint: "Run 'df \(directory)', and remove what is not needed."))
    }

    func messageQueue() -> CheckOutcome {
        guard isRoot else { return Self.needsRoot }
        do {
            let keeping = try messageKeeping(try plan.get())
            if let problem = keeping.problems().first {
                return .warning(Diagnosis(problem.id, problem.causes[0], hint: problem.repair))
            }
            return keeping.place.flatMap { Self.room(forMessagesIn: $0, free: freeBytes(of: $0)) } ?? .ok("they are")
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
            return "line \(index + 1), with the password, differs"
        }
        return "line \(index + 1) is '\(is_)' and should be '\(should)'"
    }

    func listener() -> CheckOutcome {
        guard let plan = try? plan.get() else { return .skipped("the settings do not say which port it is") }
        guard let listeners = plan.listeners else { return .skipped("mqtt.bind.enabled is false") }
        do {
            let found = try plan.listenerPlan(try manager.get(), mayInclude: isRoot, in: brokerContext)
            guard let model = found.model else {
                return .skipped("system.toml says which mosquitto is driven, not what it reads")
            }
            let check = ListenerCheck(model, listeners, paths.listeners, in: context)
            if let problem = check.problem(isService: brokerContext.isServedByUnit) {
                return .error(problem)
            }
            try check.checkClients(plan.settings)
        } catch {
            return .error(error)
        }
        let holder = ListeningProcess.of(listeners.port, proc: context.processDirectory)
        return .ok("port \(listeners.port) is \(holder == nil ? "free" : "mosquitto's")")
    }

    func localMQTT() -> CheckOutcome {
        let findings = findings()
        if findings.isUnanswered { return .outOfTime }
        guard let error = findings.localFailure else { return .ok(findings.broker) }
        return .error(
            Diagnosis(
                .localMQTTFailed, "The local MQTT broker does not answer.", seen: "\(error)",
                hint:
                    "Run 'sudo systemctl restart mosquitto', and check 'mqtt.client.host' and 'mqtt.client.port' with "
                    + "'tedge config list mqtt.client'."))
    }
}

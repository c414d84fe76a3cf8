/// `refresh-bridges`: rewrites existing bridges from the current settings.
public struct BridgeRefresher {
    private let context: Context
    private static let command = "refresh-bridges"
    private static let done = "All bridges match the settings."

    /// Creates the command for a context.
    public init(in context: Context) { self.context = context }

    /// Writes what differs, and restarts mosquitto if anything does.
    public func run() -> CommandReport {
        do {
            return try context.changing("tedge \(Self.command)") { try refresh() }
        } catch {
            let failure = CommandFailure(
                command: "tedge \(Self.command)",
                "failed to Refresh all currently active mosquitto bridges (restarts mosquitto)", error)
            return context.failed(Self.command, failure)
        }
    }

    /// An existing bridge, and what it should be.
    private struct Bridge {
        let inputs: ConnectionInputs
        let configuration: BridgeConfiguration
        let file: BrokerChange.FileChange
    }

    private func refresh() throws -> CommandReport {
        let bridges = try bridges()
        guard let first = bridges.first else {
            context.console.line("No bridges to refresh.")
            UnreadFiles.warn(in: context)
            return .done(Self.command, changed: false)
        }
        let inputs = first.inputs
        let change = ConnectionChange(
            of: inputs.cloud.name, inputs.profile, inputs.settings, inputs.system, in: context)
        try change.broker.planListeners(inputs)
        let listeners = change.broker.listenersFile(inputs)
        let stale = try bridges.filter { try !change.broker.isWritten($0.file) }
        let shared = try [listeners, change.broker.durabilityFile()]
        if try stale.isEmpty && shared.allSatisfy(change.broker.isWritten) && change.broker.isIncluded {
            if change.broker.unread.answerRemovingOutdatedMark() != .unread {
                change.transaction.commit()
                context.console.line(Self.done)
                return .done(Self.command, changed: false)
            }
            context.console.note("mosquitto has not read the current bridges yet.")
        }
        let isRunning = try change.transaction.run {
            try replace(stale, shared, change)
        }
        change.broker.commit(isRead: isRunning)
        return isRunning ? .done(Self.command, changed: true) : withoutServiceManager()
    }

    /// The steps: writes the files, and restarts mosquitto; false if there is no service manager to restart it with.
    private func replace(
        _ stale: [Bridge], _ shared: [BrokerChange.FileChange], _ change: ConnectionChange
    ) throws -> Bool {
        let broker = change.broker
        let isManaged = try change.isManaged()
        if isManaged {
            try change.services.look()
            try change.services.requireMosquitto()
        }
        for bridge in stale { try bridge.inputs.validate(bridge.configuration, for: nil, in: context) }
        try broker.makeDirectory()
        try broker.dryRun(stale.map(\.file) + shared)
        try change.keys.apply(
            bridges().filter { $0.configuration.credentials == nil }.compactMap {
                CertificateFile.reference(at: $0.configuration.keyPath, files: context.files)
            }, on: change.transaction)
        try broker.include()
        for bridge in stale {
            try context.interruption.check()
            let profile = bridge.inputs.profile.map { " (profile \($0))" } ?? ""
            context.console.step("Refreshing bridge \(bridge.inputs.cloud.displayName)\(profile).")
            try broker.apply(bridge.file)
        }
        for file in shared { try broker.apply(file) }
        guard isManaged else { return false }
        try context.interruption.check()
        context.console.step("Restarting mosquitto service.")
        try broker.restart()
        context.console.step("Awaiting mosquitto to start. This may take up to \(BrokerStart.timeout) seconds.")
        try broker.awaitStart()
        context.console.line(Self.done)
        return true
    }

    /// The bridges whose files exist, in the order of the clouds, without those that a killed run left unfinished.
    private func bridges() throws -> [Bridge] {
        let directory = BridgePaths.directory(in: context.configurationDirectory)
        guard context.files.exists(directory) else { return [] }
        return try BridgePaths.connections(among: try context.files.list(directory)).compactMap { connection in
            try bridge(connection.cloud, connection.profile)
        }
    }

    private func bridge(_ cloud: CloudName, _ profile: ProfileName?) throws -> Bridge? {
        let paths = BridgePaths(in: context.configurationDirectory, cloud, profile)
        guard !context.files.exists(paths.unfinished) else {
            context.console.warning(
                "The connection to \(Cloud.named(cloud).displayName) is unfinished and was not changed. Run 'tedge connect "
                    + "\(cloud.words(profile))' to complete it.")
            return nil
        }
        let inputs = try ConnectionInputs(Cloud.named(cloud), profile, in: context)
        try inputs.refuseUnsupported()
        let configuration = try inputs.bridge(in: context)
        return Bridge(inputs: inputs, configuration: configuration, file: inputs.file(of: configuration))
    }

    private func withoutServiceManager() -> CommandReport {
        let message = "The bridges are written, but mosquitto could not be restarted."
        let hint = "Restart mosquitto, so that it reads them."
        context.console.warning("\(message) \(hint)")
        return CommandReport(
            command: Self.command, result: .unproven, changed: true, reason: .serviceManagerUnavailable,
            message: message, hint: hint, status: .unproven)
    }
}

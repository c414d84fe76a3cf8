/// `refresh-bridges`: the files of all bridges that there are, written anew where the settings ask for something else.
public struct BridgeRefresher {
    private let context: Context
    private static let command = "refresh-bridges"
    private static let done = "All bridges are as the settings ask for them."

    /// Works in a world.
    public init(in context: Context) { self.context = context }

    /// Writes what differs and restarts mosquitto for it; leaves everything alone where nothing differs.
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

    /// A bridge that is there, and what it should be.
    private struct Bridge {
        let plan: ConnectionInputs
        let configuration: BridgeConfiguration
        let text: String
    }

    private func refresh() throws -> CommandReport {
        let bridges = try bridges()
        guard let first = bridges.first else {
            context.console.line("No bridges to refresh.")
            UnreadFiles.warn(in: context)
            return .done(Self.command, changed: false)
        }
        let broker = BrokerTransaction(first.plan, in: context)
        try broker.planListeners()
        let listeners = broker.listeners.text
        let stale = try bridges.filter { try context.files.readIfPresent($0.plan.paths.bridge) != Array($0.text.utf8) }
        let listenersPath = first.plan.paths.listeners
        let isWritten =
            try stale.isEmpty && context.files.readIfPresent(listenersPath) == listeners.map { Array($0.utf8) }
        if isWritten, broker.unread.finishInterrupted() != .unread {
            context.console.line(Self.done)
            return .done(Self.command, changed: false)
        }
        if isWritten { context.console.note("mosquitto has not read the bridges as they are written.") }
        do {
            let isRunning = try replace(stale, listeners, at: listenersPath, broker)
            try context.interruption.check()
            broker.commit(isRead: isRunning)
            return isRunning ? .done(Self.command, changed: true) : withoutServiceManager()
        } catch {
            broker.undo()
            throw error
        }
    }

    /// Writes the files, and restarts mosquitto; false where nothing is there to restart it with.
    private func replace(
        _ stale: [Bridge], _ listeners: String?, at path: String, _ broker: BrokerTransaction
    ) throws -> Bool {
        let isAvailable = try isAvailable(broker)
        for bridge in stale {
            try bridge.plan.validate(bridge.configuration, for: nil, in: context)
        }
        try broker.makeDirectory()
        try broker.tryOut(
            stale.map {
                .init(path: $0.plan.paths.bridge, text: $0.text, isSecret: $0.configuration.credentials != nil)
            } + [.init(path: path, text: listeners)])
        try broker.include()
        for bridge in stale {
            try context.interruption.check()
            let profile = bridge.plan.profile.map { " (profile \($0))" } ?? ""
            context.console.step("Refreshing bridge \(bridge.plan.cloud.displayName)\(profile).")
            try broker.write(
                bridge.plan.paths.bridge, bridge.text, isSecret: bridge.configuration.credentials != nil)
        }
        try broker.writeListeners(listeners, path)
        guard isAvailable else { return false }
        try context.interruption.check()
        context.console.step("Restarting mosquitto service.")
        try broker.restart()
        context.console.step("Awaiting mosquitto to start. This may take up to \(BrokerStart.timeout) seconds.")
        try broker.awaitStart()
        context.console.line(Self.done)
        return true
    }

    private func isAvailable(_ broker: BrokerTransaction) throws -> Bool {
        do {
            try broker.manager.checkAvailability()
        } catch {
            guard case .unavailable = error else { throw error }
            return false
        }
        try broker.services.remember()
        return true
    }

    /// The bridges whose files are there, in the order of the clouds. Those that a killed run left unfinished are not.
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
                "The connection to \(Cloud.named(cloud).displayName) is unfinished and left as it is. Run 'tedge connect "
                    + "\(cloud.words(profile))' to complete it.")
            return nil
        }
        let plan = try ConnectionInputs(Cloud.named(cloud), profile, in: context)
        try plan.refuseUnsupported()
        let configuration = try plan.bridge(in: context)
        return Bridge(plan: plan, configuration: configuration, text: MosquittoRenderer.text(of: configuration))
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

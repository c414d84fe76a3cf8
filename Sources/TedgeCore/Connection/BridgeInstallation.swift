import X509

/// Steps 1 to 8 of connect: files and services, all of them or none.
final class BridgeInstallation {
    /// How far it came.
    enum Outcome {
        /// Everything runs.
        case running
        /// The files are there, and there is nothing to start services with.
        case configured
    }

    private let plan: ConnectionInputs
    private let context: Context
    private let log: StepLog
    private let isOffline: Bool
    private let broker: BrokerTransaction
    /// What became of a renewed certificate.
    private(set) var renewal = RenewedCertificate.Outcome.none
    /// The bridge file while mosquitto has not taken it yet.
    private var untaken: [UInt8]?

    private var files: FileTransaction { broker.files }
    private var services: ServiceTransaction { broker.services }
    private var manager: ServiceManager { broker.manager }

    /// Prepares the installation; changes nothing.
    ///
    /// - Parameter isOffline: Whether the cloud must not be asked anything.
    init(_ plan: ConnectionInputs, isOffline: Bool, in context: Context, log: StepLog) {
        self.plan = plan
        self.log = log
        self.isOffline = isOffline
        broker = BrokerTransaction(plan, in: context)
        self.context = broker.context
    }

    /// Runs the steps. Where one fails, everything is as before when this throws.
    func run() throws -> Outcome {
        do {
            let outcome = try steps()
            try context.interruption.check()
            broker.commit(isRead: outcome == .running)
            context.files.discard(plan.paths.rejected)
            return outcome
        } catch {
            log.end("failed")
            broker.undo()
            if let untaken, let path = broker.keep(untaken, at: plan.paths.rejected, after: error) {
                log.evidence = path
            }
            throw error
        }
    }

    /// Finds out whether mosquitto has room for the listeners, before anything is changed.
    func planListeners() throws { try broker.planListeners() }

    private func steps() throws -> Outcome {
        let isAvailable = try checkServiceManager()
        try checkExistingBridge()
        let bridge = try validate()
        try save(bridge)
        guard isAvailable else { return .configured }
        try begin("restart-mosquitto", "Restarting mosquitto service.")
        try broker.restart()
        let seconds = BrokerStart.timeout
        try begin("await-mosquitto", "Awaiting mosquitto to start. This may take up to \(seconds) seconds.")
        try broker.awaitStart()
        untaken = nil
        try begin("enable-mosquitto", "Persisting mosquitto on reboot.")
        try services.enableMosquitto()
        context.console.step("Successfully created bridge connection!")
        try startMapper()
        try startAgent()
        services.finish()
        return .running
    }

    private func begin(_ id: String, _ line: String) throws {
        try context.interruption.check()
        log.begin(id)
        context.console.step(line)
    }

    // MARK: Steps

    private func checkServiceManager() throws -> Bool {
        try begin("service-manager", "Checking if \(manager.commands.name) is available.")
        do {
            try manager.checkAvailability()
        } catch {
            guard case .unavailable = error else { throw error }
            context.console.warning("'\(manager.commands.name)' service manager is not available on the system.")
            log.end("failed")
            return false
        }
        try manager.checkPrograms()
        try services.remember()
        if isMapperOnPath { try services.refuseMapper() }
        if let script = services.brokerScript {
            context.console.warning(
                "mosquitto has no unit of systemd: it is started by \(script). Run 'sudo apt install --reinstall mosquitto' "
                    + "to get the unit back.")
        }
        return true
    }

    private func checkExistingBridge() throws {
        try begin("existing-bridge", "Checking if configuration for requested bridge already exists.")
        // Where the caller may not look, writing will tell.
        if context.files.exists(plan.paths.bridge), !context.files.exists(plan.paths.unfinished),
            broker.unread.finishInterrupted() == .read
        {
            throw ConnectError.alreadyConnected(cloud: plan.cloud.name, profile: plan.profile)
        }
    }

    private func validate() throws -> BridgeConfiguration {
        try begin("certificates", "Validating the bridge certificates.")
        let bridge = try plan.bridge(in: context)
        try plan.listeners?.checkFiles(context.files)
        try broker.planListeners()
        warn()
        guard context.now() >= ProgramRelease.date else {
            throw ConnectError.clockWrong(clock: RFC2822Date.text(context.now()))
        }
        let account = broker.account
        let owner = context.accounts.isRoot ? account?.owner : nil
        renewal = try RenewedCertificate(plan: plan, bridge: bridge, context: context).take(
            isOffline: isOffline, owner: owner, files)
        if context.accounts.isRoot, bridge.credentials == nil, let account { try give(bridge, to: account) }
        let reader = manager.isDefault || context.accounts.isRoot ? account : nil
        try plan.validate(bridge, for: reader, in: context)
        if let listeners = plan.listeners { try ListenerFiles(listeners, in: context).check(for: reader) }
        return bridge
    }

    private func warn() {
        if let proxy = try? plan.settings.proxyAddress() {
            context.console.warning(
                "mosquitto's bridge cannot use the proxy \(proxy) that 'proxy.address' names; it connects directly.")
        }
        guard case .password(let file) = plan.authentication,
            let status = (try? context.files.status(file)) ?? nil, status.mode & 0o004 != 0
        else { return }
        context.console.warning(
            "Everyone on this machine can read the password in \(file). Run '\(context.commandToClose(file))'.")
    }

    /// Gives certificate and key to mosquitto's user. What cannot be given is found out by the check that follows.
    private func give(_ bridge: BridgeConfiguration, to account: Account) throws {
        for path in [bridge.certificatePath, bridge.keyPath] {
            // Nothing else that has been given the name is given away.
            guard (try? DirectoryTrustCheck(path, in: context).check()) != nil,
                var snapshot = (try? context.files.snapshot(path)) ?? nil
            else { continue }
            defer { snapshot.contents.wipe() }
            let isKey = StoredForm(snapshot.contents).holdsKey
            guard isKey || (try? Certificate.all(inPEM: snapshot.contents)) != nil else { continue }
            try? files.changeOwner(path, to: account.owner, of: snapshot.status)
        }
    }

    private func save(_ bridge: BridgeConfiguration) throws {
        try begin("save", "Saving configuration for requested bridge.")
        try broker.makeDirectory()
        let bridgeText = MosquittoRenderer.text(of: bridge)
        let listenersText = broker.listeners.text
        untaken = Array(bridgeText.utf8)
        try broker.tryOut([
            .init(path: plan.paths.bridge, text: bridgeText, isSecret: bridge.credentials != nil),
            .init(path: plan.paths.listeners, text: listenersText),
        ])
        try broker.include()
        // From here on a run that is killed has left half a connection, which the next one does not take for a whole one.
        try broker.saving(plan.listeners == nil ? plan.paths.bridge : plan.paths.listeners) { () throws(FileError) in
            try files.mark(plan.paths.unfinished)
        }
        try broker.writeListeners(listenersText, plan.paths.listeners)
        try broker.write(plan.paths.bridge, bridgeText, isSecret: bridge.credentials != nil)
        try keepMapperFromBridging()
    }

    /// Writes down that mosquitto holds the bridge, so that the mapper does not start a second one.
    private func keepMapperFromBridging() throws {
        var editor = SettingsEditor(plan.settings)
        try editor.set(try SettingName("mqtt.bridge.built_in"), to: "false")
        for edit in editor.edits {
            guard let contents = edit.contents else { continue }
            try broker.saving(edit.path) { () throws(FileError) in
                try files.write(
                    edit.path, contents, owner: edit.original == nil ? broker.systemOwner : nil, original: edit.original
                )
            }
        }
    }

    private var isMapperOnPath: Bool {
        context.processes.isOnPath("tedge-mapper") || context.processes.isOnPath("tedge_mapper")
    }

    private func startMapper() throws {
        try begin("mapper", "Checking if tedge-mapper is installed.")
        guard isMapperOnPath else {
            context.console.warning("tedge-mapper is not installed. We recommend to install it.")
            log.end("skipped")
            return
        }
        context.console.step("Starting tedge-mapper service.")
        try services.startMapper()
        try context.interruption.check()
        context.console.step("Persisting tedge-mapper on reboot.")
        try services.enableMapper()
        context.console.step("tedge-mapper service successfully started and enabled!")
    }

    private func startAgent() throws {
        guard context.processes.isOnPath("tedge-agent") else { return }
        try context.interruption.check()
        log.begin("agent")
        do {
            try services.startAgent()
        } catch ServiceError.notFound {
            context.console.warning("tedge-agent is on PATH, but there is no service of this name.")
            log.end("skipped")
        } catch ServiceError.masked(.agent, _) {
            context.console.warning("tedge-agent is masked, and so it is not started.")
            log.end("skipped")
        }
    }
}

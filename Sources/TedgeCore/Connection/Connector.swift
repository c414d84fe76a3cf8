import X509

/// Connects the device to a cloud.
public struct Connector {
    /// What the caller may choose.
    public struct Options: Sendable {
        /// Whether to leave the cloud alone: everything is configured and started, nothing is checked.
        public var isOffline = false
        /// Whether a connection that is there is kept: only what is not as the settings say is changed.
        public var isIfNeeded = false
        /// Whether the bridge keeps messages from now on, also in later commands.
        public var isDurable = false
        /// How many seconds the check may take.
        public var timeout = 10

        /// Creates the usual choice.
        public init() {}
    }

    private let command: ConnectionCommand

    /// Creates the command for a cloud. If no profile is given, `TEDGE_CLOUD_PROFILE` may name one.
    public init(_ cloud: CloudName, profile: ProfileName?, options: Options, in context: Context) {
        command = ConnectionCommand(name: "connect", cloud: Cloud.named(cloud), profile, options, in: context)
    }

    /// Connects and checks the connection. Prints the steps, and an error if one failed.
    public func run() -> CommandReport { command.run { steps in try steps.connect() } }
}

/// The steps of connect, in their order, with the line that each prints.
///
/// All changes are on the undo stack of one `Transaction`: files in its `FileTransaction`, services in `DeviceServices`,
/// mosquitto's files and restart in `BrokerChange`, each with its undo next to it. If a step fails or a signal comes, the
/// services are undone in reverse, then the files in reverse; then mosquitto is restarted once.
final class ConnectSteps {
    /// How far connect got.
    enum Outcome {
        /// Everything runs.
        case running
        /// The files are written, and there is no service manager to start services with.
        case configured
    }

    let inputs: ConnectionInputs
    let change: ConnectionChange
    let context: Context
    private let options: Connector.Options
    private let log: StepLog
    /// What was done with a renewed certificate.
    private(set) var renewal = RenewedCertificate.Outcome.none
    /// The bridge file until mosquitto has accepted it.
    private(set) var unacceptedBridge: [UInt8]?
    /// Whether any file or service was changed; known when all steps are done.
    private(set) var hasChanged = false

    private var hasMapper: Bool { context.mapperProgram != nil }
    private var broker: BrokerChange { change.broker }
    private var services: DeviceServices { change.services }
    private var files: FileTransaction { change.transaction.files }

    /// Prepares the steps; changes nothing.
    init(_ inputs: ConnectionInputs, _ options: Connector.Options, in context: Context, log: StepLog) {
        (self.inputs, self.options, self.log) = (inputs, options, log)
        change = ConnectionChange(
            of: inputs.cloud.name, inputs.profile, inputs.settings, inputs.system, in: context)
        self.context = change.context
        change.services.keepsWhatIs = options.isIfNeeded
    }

    /// Starts a step: from here on it is the one that failed if something fails.
    func begin(_ id: String, _ line: String? = nil) throws {
        try context.interruption.check()
        log.begin(id)
        if let line { context.console.step(line) }
    }

    /// Writes the bridge and starts the services. A comment after a change says what the undo does.
    func connect() throws -> Outcome {
        let outcome = try steps()
        hasChanged = files.hasChanges || services.hasChanged
        return outcome
    }

    private func steps() throws -> Outcome {
        try begin("service-manager", "Checking if \(change.manager.commands.name) is available.")
        let isManaged = try checkServiceManager()

        try begin("existing-bridge", "Checking if configuration for requested bridge already exists.")
        if !options.isIfNeeded { try refuseExistingBridge() }

        try begin("certificates", "Validating the bridge certificates.")
        let bridge = try validate()  // undo: files (renewed certificate, owners)

        let isCurrent = try options.isIfNeeded && isCurrent(bridge)
        services.leavesUnknown = isCurrent
        if isCurrent {
            try begin("save", "The bridge is as the settings describe it.")
            log.end(.skipped)
        } else {
            try begin("save", "Saving configuration for requested bridge.")
            // The mapper reads its settings only when it starts.
            if isManaged, options.isIfNeeded, hasMapper, !services.isMapperShared { try services.stopMapper() }
            try save(bridge)  // undo: files
        }
        guard isManaged else { return .configured }

        if isCurrent, services.mosquittoWasActive == true {
            try begin("restart-mosquitto")
            log.end(.skipped)
        } else {
            try begin("restart-mosquitto", "Restarting mosquitto service.")
            try broker.restart()  // undo: restart with the files as before, or stop

            let seconds = BrokerStart.timeout
            try begin("await-mosquitto", "Awaiting mosquitto to start. This may take up to \(seconds) seconds.")
            try broker.awaitStart()
            unacceptedBridge = nil
        }

        try begin("enable-mosquitto", isCurrent ? nil : "Persisting mosquitto on reboot.")
        try services.enableMosquitto()  // undo: disable
        if !isCurrent { context.console.step("Successfully created bridge connection!") }

        try begin("mapper", isCurrent ? nil : "Checking if tedge-mapper is installed.")
        if isCurrent, services.isMapperAsNeeded {
            log.end(.skipped)
        } else if hasMapper {
            context.console.step("Starting tedge-mapper service.")
            try services.startMapper()  // undo: stop
            try context.interruption.check()
            context.console.step("Persisting tedge-mapper on reboot.")
            try services.enableMapper()  // undo: disable
            context.console.step("tedge-mapper service successfully started and enabled!")
        } else {
            context.console.warning("tedge-mapper is not installed. We recommend to install it.")
            log.end(.skipped)
        }

        if context.processes.isOnPath(Service.agent.unit) {
            try begin("agent")
            try startAgent()  // undo: disable and stop
        }
        return .running
    }

    // MARK: The parts of a step

    /// Whether the files are as `save` would write them, and mosquitto has read them.
    private func isCurrent(_ bridge: BridgeConfiguration) throws -> Bool {
        guard renewal != .taken, change.keys.isCurrent(for: keys(of: bridge)), broker.isIncluded,
            !context.files.exists(inputs.paths.unfinished),
            try settingEdits().isEmpty, try broker.isWritten(inputs.file(of: bridge)),
            try broker.isWritten(broker.listenersFile(inputs)), try broker.isWritten(durabilityFile())
        else { return false }
        return broker.unread.answerRemovingOutdatedMark() == .read
    }

    /// The keys of providers that bridges have when this one is written.
    private func keys(of bridge: BridgeConfiguration) -> [KeyReference] {
        let own = bridge.credentials == nil ? CertificateFile.reference(at: bridge.keyPath, files: context.files) : nil
        return (own.map { [$0] } ?? []) + change.keys.references(without: inputs.paths.bridge)
    }

    /// What has to change in the settings so that mosquitto holds the bridge, the mapper does not start a second one, and a
    /// bridge that becomes durable stays so.
    private func settingEdits() throws -> [FileEdit] {
        var editor = SettingsEditor(inputs.settings)
        try editor.set(try SettingName("mqtt.bridge.built_in"), to: "false")
        if options.isDurable { try editor.set(try inputs.builder.settings.name("bridge.durable"), to: "true") }
        return editor.edits
    }

    /// What mosquitto as a whole needs for durable bridges, this one among them.
    private func durabilityFile() throws -> BrokerChange.FileChange {
        try broker.durabilityFile(besides: inputs.paths.bridge, isDurable: inputs.builder.isDurable())
    }

    /// Whether there is a service manager that can start the services.
    private func checkServiceManager() throws -> Bool {
        guard try change.isManaged() else {
            let name = change.manager.commands.name
            context.console.warning("'\(name)' service manager is not available on the system.")
            log.end(.failed)
            return false
        }
        try change.manager.checkPrograms()
        try services.look()
        try services.requireMosquitto()
        if hasMapper { try services.requireMapper() }
        if let script = services.mosquittoScript {
            context.console.warning(
                "mosquitto has no unit of systemd: it is started by \(script). Run 'sudo apt install --reinstall mosquitto' "
                    + "to get the unit back.")
        }
        return true
    }

    private func refuseExistingBridge() throws {
        // If the caller may not look, writing will tell.
        if context.files.exists(inputs.paths.bridge), !context.files.exists(inputs.paths.unfinished),
            broker.unread.answerRemovingOutdatedMark() == .read
        {
            throw ConnectError.alreadyConnected(
                cloud: inputs.cloud.name, profile: inputs.profile, isDurable: options.isDurable)
        }
    }

    private func validate() throws -> BridgeConfiguration {
        let bridge = try inputs.bridge(in: context)
        try inputs.listeners?.checkFiles(context.files)
        try broker.planListeners(inputs)
        if try inputs.builder.isDurable() { try checkDurability() }
        warn()
        guard context.now() >= ProgramRelease.date else {
            throw ClockError(clock: RFC2822Date.text(context.now()))
        }
        let (account, isRoot) = (context.mosquittoAccount, context.accounts.isRoot)
        renewal = try RenewedCertificate(plan: inputs, bridge: bridge, context: context).take(
            isOffline: options.isOffline, owner: isRoot ? account?.owner : nil, files)
        if isRoot, bridge.credentials == nil, let account { try give(bridge, to: account) }
        let reader = change.manager.isDefault || isRoot ? account : nil
        try inputs.validate(bridge, for: reader, in: context)
        if let listeners = inputs.listeners { try ListenerFiles(listeners, in: context).check(for: reader) }
        if bridge.credentials == nil, let reader {
            try BrokerKeyCheck(context: context).check(bridge.keyPath, for: reader)
        }
        return bridge
    }

    /// Throws if `--durable` cannot keep what it says.
    func refusePointlessDurability() throws {
        guard options.isDurable, let problem = broker.durability.problems().first(where: \.isFatal) else { return }
        throw problem
    }

    /// The same; a bridge that is durable already is only warned about.
    private func checkDurability() throws {
        try refusePointlessDurability()
        for problem in broker.durability.problems() {
            context.console.warning("\(problem.causes[0]) \(problem.repair)")
        }
    }

    private func warn() {
        if let proxy = try? inputs.settings.proxyAddress() {
            context.console.warning(
                "mosquitto's bridge cannot use the proxy \(proxy) that 'proxy.address' names; it connects directly.")
        }
        guard case .password(let file) = inputs.authentication,
            let status = (try? context.files.status(file)) ?? nil, status.mode & 0o004 != 0
        else { return }
        context.console.warning(
            "Everyone on this machine can read the password in \(file). Run '\(context.commandToClose(file))'.")
    }

    /// Gives certificate and key to mosquitto's user. The check that follows finds what could not be given.
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
        try broker.makeDirectory()
        let (bridgeFile, listenersFile) = (inputs.file(of: bridge), broker.listenersFile(inputs))
        unacceptedBridge = bridgeFile.text.map { Array($0.utf8) }
        let durabilityFile = try durabilityFile()
        try broker.dryRun([bridgeFile, listenersFile, durabilityFile])
        try change.keys.apply(keys(of: bridge), on: change.transaction)  // undo: files, units
        try broker.include()
        // A run that is killed from here on leaves half a connection, which the next run must not take for a whole one.
        let first = inputs.listeners == nil ? bridgeFile : listenersFile
        try broker.explainingPermission(first.path) { () throws(FileError) in try files.mark(inputs.paths.unfinished) }
        try broker.apply(listenersFile)
        if try !broker.isWritten(durabilityFile) {
            announce(durabilityFile)
            try broker.apply(durabilityFile)
        }
        try broker.apply(bridgeFile)
        try keepSettings()
    }

    /// Says what changes for all clients of mosquitto.
    private func announce(_ durability: BrokerChange.FileChange) {
        guard let text = durability.text else { return }
        let lines = text.split(separator: Character("\n")).filter { !$0.hasPrefix("#") }
        context.console.note(
            "To keep messages, mosquitto as a whole gets these settings (\(durability.path)): "
                + "\(lines.joined(separator: ", ")).")
    }

    private func keepSettings() throws {
        for edit in try settingEdits() {
            guard let contents = edit.contents else { continue }
            try broker.explainingPermission(edit.path) { () throws(FileError) in
                try files.write(
                    edit.path, contents, owner: edit.original == nil ? broker.systemOwner : nil, original: edit.original
                )
            }
        }
    }

    private func startAgent() throws {
        do {
            try services.startAgent()
        } catch ServiceError.notFound {
            context.console.warning("tedge-agent is on PATH, but there is no service of this name.")
            log.end(.skipped)
        } catch ServiceError.masked(.agent, _) {
            context.console.warning("tedge-agent is masked, and so it is not started.")
            log.end(.skipped)
        }
    }
}

import MQTT
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

    private let plan: ConnectPlan
    private let context: Context
    private let log: StepLog
    private let manager: ServiceManager
    private let files: FileTransaction
    private let services: ServiceTransaction
    private let setup: MosquittoSetup?
    private var brokerLog: BrokerLog
    /// The bridge file while mosquitto has not taken it yet.
    private var untaken: [UInt8]?
    /// How long mosquitto may take to answer, in seconds.
    private static let patience = 5

    init(_ plan: ConnectPlan, in context: Context, log: StepLog) {
        self.plan = plan
        self.context = context
        self.log = log
        manager = ServiceManager(plan.system, in: context)
        files = FileTransaction(context.files)
        services = ServiceTransaction(manager, cloud: plan.cloud.name, profile: plan.profile)
        setup = MosquittoSetup.load(from: context)
        brokerLog = BrokerLog(context: context, manager: manager, since: context.now())
    }

    /// Runs the steps. Where one fails, everything is as before when this throws.
    func run() throws -> Outcome {
        do {
            let outcome = try steps()
            try context.interruption.check()
            files.commit()
            context.files.discard(plan.paths.rejected)
            return outcome
        } catch {
            log.end("failed")
            undo()
            if let untaken, Self.isRejection(error) { keep(untaken) }
            throw error
        }
    }

    private func steps() throws -> Outcome {
        let isAvailable = try checkServiceManager()
        try checkExistingBridge()
        let bridge = try validate()
        try save(bridge)
        guard isAvailable else { return .configured }
        try restartMosquitto()
        try awaitMosquitto()
        try begin("enable-mosquitto", "Persisting mosquitto on reboot.")
        try services.enableMosquitto()
        context.console.step("Successfully created bridge connection!")
        try startMapper()
        try startAgent()
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
        services.remember()
        return true
    }

    private func checkExistingBridge() throws {
        try begin("existing-bridge", "Checking if configuration for requested bridge already exists.")
        // Where the caller may not look, writing will tell.
        if context.files.exists(plan.paths.bridge), !context.files.exists(plan.paths.unfinished) {
            throw ConnectError.alreadyConnected(cloud: plan.cloud.name)
        }
    }

    private func validate() throws -> BridgeConfiguration {
        try begin("certificates", "Validating the bridge certificates.")
        let bridge = try plan.builder.bridge(mosquittoMajorVersion: {
            MosquittoVersion.major(self.context.processes, self.context.interruption)
        })
        guard context.now() >= ProgramDate.seconds else {
            throw ConnectError.clockWrong(clock: MailDate.text(context.now()))
        }
        let account = brokerAccount
        if context.accounts.isRoot, let account { try give(bridge, to: account) }
        try CertificateValidation(
            context: context, certificatePath: bridge.certificatePath, keyPath: bridge.keyPath,
            trustRoots: bridge.trustRoots,
            brokerAccount: manager.isDefault || context.accounts.isRoot ? account : nil,
            rootsKey: try plan.builder.settings.name("root_cert_path").text
        ).run()
        if manager.isDefault, let problem = ListenerCheck(plan, context).problem() { throw problem }
        return bridge
    }

    /// The user that mosquitto runs as.
    private var brokerAccount: Account? { context.accounts.user(named: setup?.user ?? "mosquitto") }

    /// Gives certificate and key to mosquitto's user. What cannot be given is found out by the check that follows.
    private func give(_ bridge: BridgeConfiguration, to account: Account) throws {
        for path in [bridge.certificatePath, bridge.keyPath] {
            guard (try? CertificatePlace(path, in: context).check()) != nil else { continue }
            try? files.changeOwner(path, to: account.owner)
        }
    }

    private func save(_ bridge: BridgeConfiguration) throws {
        try begin("save", "Saving configuration for requested bridge.")
        try includeDirectory()
        try saving(plan.paths.directory, directory: true) { () throws(FileError) in
            try files.makeDirectory(plan.paths.directory, mode: 0o775, owner: systemOwner)
        }
        let bridgeText = MosquittoRenderer.text(of: bridge)
        let listenersText = plan.listeners.map { MosquittoRenderer.text(of: $0) }
        try tryOut(bridgeText, listenersText)
        // From here on a run that is killed has left half a connection, which the next one does not take for a whole one.
        try saving(plan.listeners == nil ? plan.paths.bridge : plan.paths.listeners) { () throws(FileError) in
            try files.mark(plan.paths.unfinished)
        }
        if let listenersText {
            try write(plan.paths.listeners, listenersText)
        } else {
            try saving(plan.paths.listeners) { () throws(FileError) in _ = try files.remove(plan.paths.listeners) }
        }
        try write(plan.paths.bridge, bridgeText)
        try keepMapperFromBridging()
    }

    /// Has the device's own mosquitto read what it is to read, before anything of it is written.
    private func tryOut(_ bridge: String, _ listeners: String?) throws {
        untaken = Array(bridge.utf8)
        guard manager.isDefault, context.accounts.isRoot else { return }
        let trial = BrokerTrial(
            context: context, directory: plan.paths.directory,
            planned: [plan.paths.bridge: Array(bridge.utf8), plan.paths.listeners: listeners.map { Array($0.utf8) }])
        let complaints = trial.complaints()
        if !complaints.isEmpty { throw ConnectError.brokerRejects(complaints: complaints) }
    }

    private func write(_ path: String, _ text: String) throws {
        try saving(path) { () throws(FileError) in try files.write(path, Array(text.utf8), mode: 0o644) }
    }

    private func saving(_ path: String, directory: Bool = false, _ body: () throws(FileError) -> Void) throws {
        do {
            try body()
        } catch  where error.reason.isPermission {
            throw directory
                ? ConnectError.directoryPermission(path: path, error.reason)
                : ConnectError.filePermission(path: path, error.reason)
        }
    }

    /// Has mosquitto read our directory, where it is the device's own mosquitto and this is root.
    private func includeDirectory() throws {
        guard manager.isDefault, context.accounts.isRoot, let setup,
            let contents = setup.including(plan.paths.directory)
        else { return }
        try files.write(setup.path, contents)
    }

    /// Writes down that mosquitto holds the bridge, so that the mapper does not start a second one.
    private func keepMapperFromBridging() throws {
        var editor = SettingsEditor(plan.settings)
        try editor.set(try SettingName("mqtt.bridge.built_in"), to: "false")
        for edit in editor.edits {
            guard let contents = edit.contents else { continue }
            try saving(edit.path) { () throws(FileError) in
                try files.write(edit.path, contents, owner: edit.original == nil ? systemOwner : nil)
            }
        }
    }

    /// The owner of files of tedge, where this is root.
    private var systemOwner: Owner? {
        context.accounts.isRoot ? plan.system.owner(in: context.accounts) : nil
    }

    private func restartMosquitto() throws {
        try begin("restart-mosquitto", "Restarting mosquitto service.")
        brokerLog = BrokerLog(context: context, manager: manager, since: context.now())
        do {
            try services.restartMosquitto()
        } catch {
            guard case .failed(let command, let status, let detail) = error else { throw error }
            let said = brokerLog.lastErrors()
            let text = ([detail] + said).filter { !$0.isEmpty }.joined(separator: "\n")
            throw ServiceError.failed(command: command, status: status, detail: text)
        }
    }

    private func awaitMosquitto() throws {
        let seconds = Self.patience
        try begin(
            "await-mosquitto", "Awaiting mosquitto to start. This may take up to \(seconds) seconds.")
        do {
            try waitForMosquitto(context.interruption)
        } catch let error as MQTTError {
            try context.interruption.check()
            throw ConnectError.brokerSilent(
                seconds: seconds, reason: "\(error)", said: brokerLog.lastErrors())
        }
        untaken = nil
    }

    private func waitForMosquitto(_ interruption: Interruption) throws {
        let options = try MQTTOptions.local(
            plan.settings, clientID: randomClientID("tedge-connect"), files: context.files)
        try context.broker.waitForStart(
            options, until: .now + .seconds(Self.patience), interruption: interruption
        ).disconnect()
    }

    private func startMapper() throws {
        try begin("mapper", "Checking if tedge-mapper is installed.")
        guard context.processes.isOnPath("tedge-mapper") || context.processes.isOnPath("tedge_mapper") else {
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
        }
    }

    // MARK: Undoing

    /// Whether mosquitto may not have taken the configuration, so that a person wants to look at it.
    private static func isRejection(_ error: any Error) -> Bool {
        switch error {
        case ConnectError.brokerRejects, ConnectError.brokerSilent, ServiceError.failed, ServiceError.signalled: true
        default: false
        }
    }

    /// Keeps the bridge file that was taken back, for a person to look at.
    private func keep(_ rejected: [UInt8]) {
        let path = plan.paths.rejected
        _ = try? context.files.makeDirectory(plan.paths.directory, mode: 0o775, owner: systemOwner)
        guard (try? context.files.replace(path, with: rejected, mode: 0o644, owner: nil)) != nil else { return }
        log.evidence = path
    }

    /// Puts everything back. Signals wait until this is done.
    private func undo() {
        let failures = services.undoStarts()
        context.putBack(files)
        for failure in failures + services.undoMosquitto() {
            context.console.warning("Could not put services back: \(failure.causes.joined(separator: ": "))")
        }
        if services.mosquittoRunsAgain { try? waitForMosquitto(.never) }
    }
}

import X509

/// A change of what mosquitto reads, and its restart: files and broker that can be put back until the change is final.
final class BrokerTransaction {
    let files: FileTransaction
    let services: ServiceTransaction
    let manager: ServiceManager
    /// The directory of our files, which mosquitto includes.
    let directory: String
    /// The device, with what is known of mosquitto's unit.
    let context: Context
    private let plan: ConnectionInputs
    private let system: SystemSettings
    private let broker: BrokerStart
    /// What is written for the listeners, once it is known that mosquitto has room for them.
    private(set) var listeners = ListenerPlan()
    private var log: BrokerLog
    /// Whether mosquitto has read the files.
    let unread: UnreadFiles
    /// Nobody else changes mosquitto's main file while this does.
    private var mainLock: FileLock?

    /// Prepares a change for the services of a cloud's profile.
    init(_ plan: ConnectionInputs, in context: Context) {
        let context = context.knowingMosquitto()
        self.context = context
        self.plan = plan
        system = plan.system
        directory = plan.paths.directory
        manager = ServiceManager(plan.system, in: context)
        files = FileTransaction(context.files)
        services = ServiceTransaction(manager, cloud: plan.cloud.name, profile: plan.profile)
        broker = BrokerStart(settings: plan.settings, context: context)
        log = BrokerLog(context: context, manager: manager, since: context.now())
        unread = UnreadFiles(in: context, manager, port: plan.listeners?.port)
    }

    /// The user that mosquitto runs as.
    var account: Account? { context.accounts.user(named: context.mosquittoUser) }

    /// The owner of files of tedge, where this is root.
    private(set) lazy var systemOwner = context.ownerOfNew(system)

    // MARK: Files

    /// Finds out what is to be written for the listeners, and whether mosquitto can open them and the programs of this
    /// device reach one. Changes nothing.
    func planListeners() throws {
        let isRoot = context.accounts.isRoot
        listeners = try plan.listenerPlan(manager, mayInclude: isRoot, in: context)
        if mainLock == nil, listeners.main != nil {
            mainLock = try context.lockMainFile(context.mosquittoConfiguration, "tedge")
            listeners = try plan.listenerPlan(manager, mayInclude: isRoot, in: context)
        }
        guard manager.isDefault, let model = listeners.model else { return }
        if isRoot, listeners.main == nil, !context.ownsMosquitto,
            MosquittoFiles(main: context.mosquittoConfiguration, files: context.files)
                .inclusions(of: directory, files: context.files).isEmpty
        {
            throw MosquittoConfigurationError.notIncluded(directory, main: context.mosquittoConfiguration)
        }
        let check = ListenerCheck(model, plan.listeners, plan.paths.listeners, in: context)
        if let problem = check.problem(isService: context.isServedByUnit) { throw problem }
        try check.checkClients(plan.settings)
    }

    /// Has mosquitto read our directory, which must be there. The files of the bridge change only after this.
    func include() throws {
        unread.begin()
        if let main = listeners.main { try files.write(context.mosquittoConfiguration, main) }
    }

    /// Makes our directory if it is missing.
    func makeDirectory() throws {
        try saving(directory, directory: true) { () throws(FileError) in
            try files.makeDirectory(directory, mode: 0o775, owner: systemOwner)
        }
    }

    /// A file that is to be written, or removed.
    struct Change {
        let path: String
        /// The contents; nil to remove it.
        let text: String?
        /// Whether only root and the user that mosquitto runs as may read it.
        var isSecret = false
    }

    /// Has the device's own mosquitto read what it is to read, and what it reads now, before anything is written. Throws what
    /// `RestartDryRun` finds.
    func tryOut(_ changes: [Change]) throws {
        guard manager.isDefault, context.accounts.isRoot else { return }
        var planned: [String: BrokerDryRun.Planned] = [:]
        for change in changes {
            let (mode, owner) = attributes(isSecret: change.isSecret)
            planned[change.path] = BrokerDryRun.Planned(
                contents: change.text.map { Array($0.utf8) }, mode: mode, owner: owner ?? Owner(user: 0, group: 0))
        }
        if let contents = listeners.main {
            let path = context.mosquittoConfiguration
            let status = (try? context.files.status(path)) ?? nil
            planned[path] = BrokerDryRun.Planned(
                contents: contents, mode: status?.mode ?? 0o644, owner: status?.owner ?? Owner(user: 0, group: 0))
        }
        try RestartDryRun(context: context, directory: directory).run(planned)
    }

    private func attributes(isSecret: Bool) -> (mode: UInt16, owner: Owner?) {
        let group = context.accounts.isRoot ? account?.owner.group : nil
        return (
            !isSecret ? 0o644 : group == nil ? 0o600 : 0o640, isSecret ? group.map { Owner(user: 0, group: $0) } : nil
        )
    }

    /// Writes a file of ours.
    ///
    /// - Parameter isSecret: Whether only root and the user that mosquitto runs as may read it: mosquitto itself reads its
    ///   files as root when it starts, and as its user when it reloads them.
    func write(_ path: String, _ text: String, isSecret: Bool = false) throws {
        let (mode, owner) = attributes(isSecret: isSecret)
        try saving(path) { () throws(FileError) in
            try files.write(path, Array(text.utf8), mode: mode, owner: owner)
        }
    }

    /// Writes the file with the listeners, or removes it where none is wanted.
    func writeListeners(_ text: String?, _ path: String) throws {
        if let text { return try write(path, text) }
        try saving(path) { () throws(FileError) in _ = try files.remove(path) }
    }

    /// Does something to a file, with the words of the user's page where the caller may not.
    func saving(_ path: String, directory: Bool = false, _ body: () throws(FileError) -> Void) throws {
        do {
            try body()
        } catch  where error.reason.isPermission {
            throw directory
                ? ConnectError.directoryPermission(path: path, error.reason)
                : ConnectError.filePermission(path: path, error.reason)
        }
    }

    // MARK: The broker

    /// Restarts mosquitto. Where it does not start, the error has what it said.
    func restart() throws {
        log = BrokerLog(context: context, manager: manager, since: context.now())
        do {
            try services.restartMosquitto()
        } catch {
            guard case .failed(let command, let status, let detail) = error else { throw error }
            let text = ([detail] + log.lastErrors()).filter { !$0.isEmpty }.joined(separator: "\n")
            throw ServiceError.failed(command: command, status: status, detail: text)
        }
    }

    /// Waits until mosquitto answers.
    func awaitStart() throws { try broker.wait(log) }

    /// Makes the change final.
    ///
    /// - Parameter isRead: Whether mosquitto was restarted with it.
    func commit(isRead: Bool) {
        if isRead { unread.end() } else { unread.leave() }
        files.commit()
        mainLock?.release()
    }

    /// Puts everything back. Signals wait until this is done.
    func undo() {
        defer { mainLock?.release() }
        let failures = services.undoStarts()
        // A directory that goes takes the mark with it; the bridge in it has one of its own.
        if files.hasMade(directory) { unread.end() }
        context.rollBack(files)
        let unrestarted = services.undoMosquitto()
        if !services.mosquittoWasTouched {
            unread.takeBack()
        } else if unrestarted.isEmpty {
            unread.end()
        } else {
            unread.takeBackUnlessRestarted()
        }
        for failure in failures + unrestarted {
            context.console.unrestored("Could not put services back: \(failure.causes.joined(separator: ": "))")
        }
        if services.mosquittoRunsAgain { broker.finishInterrupted() }
    }

    /// Keeps a bridge file that mosquitto did not take, for a person to look at, where the error says so. Returns its path.
    func keep(_ rejected: [UInt8], at path: String, after error: any Error) -> String? {
        switch error {
        case ConnectError.brokerRejects, ConnectError.brokerSilent, ServiceError.failed, ServiceError.signalled: break
        default: return nil
        }
        _ = try? context.files.makeDirectory(directory, mode: 0o775, owner: systemOwner)
        guard (try? context.files.replace(path, with: rejected, mode: 0o600, owner: nil)) != nil else { return nil }
        return path
    }
}

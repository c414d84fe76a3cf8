/// A change of what mosquitto reads, and the restart that makes mosquitto read it, as steps of a transaction.
///
/// If the transaction is undone, mosquitto is restarted once, when the files are as before, or stopped if it did not run.
final class BrokerChange {
    /// Whether mosquitto has read the files.
    let unread: UnreadFiles
    /// What is written for the listeners; empty before `planListeners`.
    private(set) var listeners = ListenerPlan()
    private let context: Context
    private let manager: ServiceManager
    private let services: DeviceServices
    private let transaction: Transaction
    private let system: SystemSettings
    private let settings: Settings
    /// The directory of our files, which mosquitto includes.
    private let directory: String
    private let start: BrokerStart
    private var log: BrokerLog
    private var isPlanned = false
    private var isBegun = false
    /// Whether mosquitto was restarted, or may have been.
    private var isRestarted = false

    /// Prepares a change; changes nothing.
    ///
    /// - Parameter context: The device, with what is known of mosquitto's unit.
    init(
        _ settings: Settings, _ system: SystemSettings, _ manager: ServiceManager, _ services: DeviceServices,
        on transaction: Transaction, in context: Context
    ) {
        (self.context, self.manager, self.services, self.system) = (context, manager, services, system)
        self.settings = settings
        self.transaction = transaction
        directory = BridgePaths.directory(in: context.configurationDirectory)
        start = BrokerStart(settings: settings, context: context)
        log = BrokerLog(context: context, manager: manager, since: context.now())
        unread = UnreadFiles(in: context, manager, port: (try? ListenerConfiguration.from(settings))?.port)
    }

    /// The owner of files of tedge, if this is root.
    private(set) lazy var systemOwner = context.ownerOfNew(system)

    // MARK: Files

    /// Finds out what is to be written for the listeners, and whether mosquitto can open them and the programs of this device
    /// reach one. Changes nothing; does nothing the second time.
    func planListeners(_ inputs: ConnectionInputs) throws {
        guard !isPlanned else { return }
        let isRoot = context.accounts.isRoot
        if isRoot {
            // Reports a link that another user has planted instead of one of our files. The plan would report only its effects.
            for path in OwnFiles(in: directory, context.files).paths { _ = try context.files.readIfPresent(path) }
        }
        listeners = try inputs.listenerPlan(manager, mayInclude: isRoot, in: context)
        if listeners.main != nil || listeners.links != nil || !listeners.stale.isEmpty {
            // Nobody else changes mosquitto's files from here on.
            let lock = try context.lockMainFile(context.mosquittoConfiguration, "tedge")
            if let lock { transaction.hold(lock) }
            listeners = try inputs.listenerPlan(manager, mayInclude: isRoot, in: context)
        }
        isPlanned = true
        guard manager.isDefault, let model = listeners.model else { return warnOfUnknownReader() }
        if isRoot, listeners.main == nil, listeners.links == nil, !context.ownsMosquitto,
            MosquittoFiles(main: context.mosquittoConfiguration, files: context.files)
                .inclusions(of: directory, files: context.files).isEmpty
        {
            throw MosquittoConfigurationError.notIncluded(directory, main: context.mosquittoConfiguration)
        }
        let check = ListenerCheck(model, inputs.listeners, inputs.paths.listeners, in: context)
        if let problem = check.problem(isService: context.isServedByUnit) { throw problem }
        try check.checkClients(inputs.settings)
    }

    /// Warns if another service manager drives mosquitto, and the device's usual main file does not have it read our files.
    private func warnOfUnknownReader() {
        let main = context.mosquittoConfiguration
        guard !manager.isDefault, listeners.model == nil, context.accounts.isRoot, context.ownsMosquitto,
            context.files.exists(main)
        else { return }
        context.console.warning(
            "\(main) does not have mosquitto read \(directory). If mosquitto is started with that file, run 'sudo tedge init', and "
                + "then this command again.")
    }

    /// Whether mosquitto reads our files as they are, without a change of its main file or of links.
    var isIncluded: Bool {
        guard listeners.stale.isEmpty else { return false }
        guard let links = listeners.links else { return listeners.main == nil }
        return listeners.targets.allSatisfy { !context.files.exists($0) || !links.all(to: $0, context.files).isEmpty }
    }

    /// Creates our directory if it is missing.
    func makeDirectory() throws {
        let files = transaction.files
        try transaction.perform {
            try explainingPermission(directory, isDirectory: true) { () throws(FileError) in
                try files.makeDirectory(directory, mode: 0o775, owner: systemOwner)
            }
        } undo: { [unread, directory] _ in
            // A directory with the mark in it could not be removed. The bridge in it has a mark of its own.
            if files.hasMade(directory) { unread.end() }
        }
    }

    /// A file to write, or to remove.
    struct FileChange {
        let path: String
        /// The contents; nil to remove it.
        let text: String?
        /// Whether only root and the user that mosquitto runs as may read it.
        var isSecret = false
    }

    /// The file of the listeners as it is planned.
    func listenersFile(_ inputs: ConnectionInputs) -> FileChange {
        FileChange(path: inputs.paths.listeners, text: listeners.text)
    }

    /// The file with what mosquitto needs for durable bridges, as it is to be.
    ///
    /// - Parameters:
    ///   - bridge: The file of the bridge that is changed; nil if all bridges count as they are.
    ///   - isDurable: Whether that bridge will be there and be durable.
    func durabilityFile(besides bridge: String? = nil, isDurable: Bool = false) throws -> FileChange {
        let isNeeded = try isDurable || durability.isNeeded(besides: bridge)
        return try durability.file(isNeeded: isNeeded)
    }

    /// What mosquitto needs for durable bridges.
    var durability: MessageKeeping { MessageKeeping(settings: settings, context: context, manager: manager) }

    /// Whether a file is as planned already.
    func isWritten(_ change: FileChange) throws(FileError) -> Bool {
        try context.files.readIfPresent(change.path) == change.text.map { Array($0.utf8) }
    }

    /// Has the device's own mosquitto read what it is to read, and what it reads now, before anything is written. Throws what
    /// `RestartDryRun` finds.
    func dryRun(_ changes: [FileChange]) throws {
        guard manager.isDefault, context.accounts.isRoot else { return }
        try allowReading()
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
        var links: [String: String?] = [:]
        for link in listeners.stale { links[link] = .some(nil) }
        if let directory = listeners.links {
            let present = listeners.targets.filter(context.files.exists)
            for target in present + changes.map(\.path) {
                let isRemoved = changes.contains { $0.path == target && $0.text == nil }
                links[directory.path(for: target, context.files)] = isRemoved ? .some(nil) : target
            }
        }
        try RestartDryRun(context: context, directory: directory).run(planned, links: links)
    }

    /// Has AppArmor let mosquitto read what the settings name.
    private func allowReading() throws {
        guard let undo = try AppArmorProfile(in: context)?.allow(settings) else { return }
        transaction.afterFiles(undo)
    }

    /// Marks that files which mosquitto reads are about to change.
    func begin() {
        unread.begin()
        registerRestoration()
    }

    /// Has mosquitto read our directory, which must be there. The files of the bridge change only after this.
    func include() throws {
        begin()
        try listeners.include(in: context.mosquittoConfiguration, transaction.files, context.files)
    }

    /// Writes a file of ours, or removes it.
    ///
    /// mosquitto itself reads its files as root when it starts, and as its user when it reloads them.
    func apply(_ change: FileChange) throws {
        let (mode, owner) = attributes(isSecret: change.isSecret)
        try explainingPermission(change.path) { () throws(FileError) in
            if let text = change.text {
                try transaction.files.write(change.path, Array(text.utf8), mode: mode, owner: owner)
                if let links = listeners.links { try links.add(change.path, transaction.files, context.files) }
            } else {
                try removeLinks(to: change.path)
                _ = try transaction.files.remove(change.path)
            }
        }
    }

    /// The links by which mosquitto reads a file of ours.
    func links(to path: String) -> [String] {
        LinkDirectory.beside(context.mosquittoConfiguration).all(to: path, context.files)
    }

    /// Removes the links to a file of ours, because mosquitto does not start with one that leads nowhere.
    func removeLinks(to path: String) throws(FileError) {
        for link in links(to: path) { _ = try transaction.files.remove(link) }
    }

    private func attributes(isSecret: Bool) -> (mode: UInt16, owner: Owner?) {
        guard isSecret else { return (0o644, nil) }
        guard context.accounts.isRoot, let account = context.mosquittoAccount else { return (0o600, nil) }
        return (0o640, Owner(user: 0, group: account.owner.group))
    }

    /// Changes a file, with the error of the user's page if the caller may not.
    func explainingPermission(
        _ path: String, isDirectory: Bool = false, _ body: () throws(FileError) -> Void
    ) throws {
        do throws(FileError) {
            try body()
        } catch {
            guard error.reason.isPermission else { throw error }
            throw isDirectory
                ? ConnectError.directoryPermission(path: path, error.reason)
                : ConnectError.filePermission(path: path, error.reason)
        }
    }

    // MARK: The broker

    /// Restarts mosquitto. If it does not start, the error has what it said.
    func restart() throws {
        registerRestoration()
        log = BrokerLog(context: context, manager: manager, since: context.now())
        isRestarted = true
        try transaction.perform {
            do throws(ServiceError) {
                try services.restartMosquitto()
            } catch {
                guard case .failed(let command, let status, let detail) = error else { throw error }
                let text = ([detail] + log.lastErrors()).filter { !$0.isEmpty }.joined(separator: "\n")
                throw ServiceError.failed(command: command, status: status, detail: text)
            }
        } undo: { [unread] _ in
            // The files are about to change again, and mosquitto may have read those that are there now.
            unread.begin()
        }
    }

    /// Waits until mosquitto answers.
    func awaitStart() throws { try start.wait(log) }

    /// Makes the change final.
    ///
    /// - Parameter isRead: Whether mosquitto was restarted with it.
    func commit(isRead: Bool) {
        if isRead { unread.end() } else { unread.leave() }
        transaction.commit()
    }

    /// Has the transaction restart mosquitto at most once, however many steps restarted it.
    private func registerRestoration() {
        guard !isBegun else { return }
        isBegun = true
        transaction.afterFiles { try self.restore() }
    }

    /// Has mosquitto run as before, with the files as before.
    private func restore() throws {
        guard isRestarted else { return unread.endAfterRollBack() }
        defer { if services.mosquittoWasActive == true { start.waitUninterrupted() } }
        do {
            try services.restoreMosquitto()
            unread.end()
        } catch {
            unread.endAfterRollBackUnlessRestarted()
            throw error
        }
    }

    /// Keeps a bridge file that mosquitto did not accept, for a person to look at, if the error says so. Returns its path.
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

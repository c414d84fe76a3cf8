/// `init`: creates the directories that this program and the mapper need, and adds the line by which mosquitto reads ours.
public struct DeviceInitializer {
    private let context: Context
    private let user: String?
    private let group: String?
    private let mosquittoConfiguration: String?
    private static let mode: UInt16 = 0o775

    /// Creates the command for a context.
    ///
    /// - Parameters:
    ///   - user: The owner of the directories; the one of `system.toml` if nil.
    ///   - group: The group of the directories; the one of `system.toml` if nil.
    ///   - mosquittoConfiguration: The main file of mosquitto to add the line to, as the user named it; if nil, mosquitto's
    ///     own file, and only for the default configuration directory.
    public init(user: String?, group: String?, mosquittoConfiguration: String? = nil, in context: Context) {
        self.context = context
        self.user = user
        self.group = group
        self.mosquittoConfiguration = mosquittoConfiguration
    }

    /// Creates what is missing. Prints only warnings, and the error if something fails.
    ///
    /// - Parameters:
    ///   - links: Whether the user asks for links from the components to this program, which it does not have.
    ///   - replacesLine: Whether the line that an earlier release wrote into mosquitto's main file is replaced by links, if
    ///     mosquitto then reads the same.
    public func run(links: Bool = false, replacesLine: Bool = false) -> CommandReport {
        if links {
            context.console.note("No links were created: mapper, agent and plugins are not part of this program.")
        }
        // No lock for the directories: services run this command at their start, also while connect holds the lock.
        let files = FileTransaction(context.files)
        do {
            try makeDirectories(files)
            try linkComponents(files)
            let isReplaced = try replacesLine && replaceLine()
            let isIncluded = try includeFiles()
            let changed = try allowReading() || isIncluded || isReplaced || files.hasChanges
            files.commit()
            context.sweepLocks(mainFile: main)
            return .done("init", changed: changed)
        } catch {
            context.rollBack(files)
            let failure = CommandFailure("failed to Initialize tedge", explained(error))
            return context.failed("init", failure)
        }
    }

    private func makeDirectories(_ files: FileTransaction) throws {
        let settings = try Settings.load(from: context.settingsSource)
        var system = try SystemSettings.load(from: context)
        if let user { system.user = user }
        if let group { system.group = group }
        try checkAccounts(system)
        let owner = context.accounts.isRoot ? system.owner(in: context.accounts) : nil
        let root = context.configurationDirectory
        let own = [
            "", "/mosquitto-conf", "/device-certs", "/mappers", "/operations", "/operations/c8y", "/plugins",
            "/sm-plugins", "/.tedge-mapper-c8y",
        ].map { root + $0 }
        for directory in try own + agentDirectories(settings) + stateDirectories(settings) {
            try context.interruption.check()
            try files.makeDirectory(directory, mode: Self.mode, owner: owner)
        }
        for path in try own + ["\(root)/.agent", "\(root)/system.toml", entityStore(settings)] {
            try adopt(path, system, files)
        }
    }

    /// Gives the components of thin-edge.io their links to the command, because its packages call `tedge init` for that. The
    /// links stay right if one of the two programs is removed. Nothing that exists is changed.
    private func linkComponents(_ files: FileTransaction) throws {
        guard context.accounts.isRoot, context.ownsMosquitto, context.files.exists(context.thinEdgeProgram) else {
            return
        }
        for name in ThinEdgeProgram.links {
            let link = "\(context.programDirectory)/\(name)"
            guard try context.files.status(link, followLinks: false) == nil else { continue }
            try files.link(link, to: "\(context.programDirectory)/tedge")
        }
    }

    /// The directories for logs and data. The default ones belong to the machine and are not created for another configuration
    /// directory.
    private func stateDirectories(_ settings: Settings) throws -> [String] {
        try ["logs.path", "data.path"].filter {
            try context.ownsMosquitto || settings.value(of: SettingName($0))?.origin != .fallback
        }.map { try settings.path($0) }
    }

    /// The agent's directory below the configuration; none if the directory of `agent.state.path` exists.
    private func agentDirectories(_ settings: Settings) throws -> [String] {
        context.files.exists(try settings.path("agent.state.path")) ? [] : ["\(context.configurationDirectory)/.agent"]
    }

    /// The file in which the agent stores what is registered.
    private func entityStore(_ settings: Settings) throws -> String {
        let directory = try agentDirectories(settings).first ?? settings.path("agent.state.path")
        return "\(directory)/entity_store.jsonl"
    }

    /// Has mosquitto read our files: by links in its directory for other packages, else by a line of its main file. Returns false
    /// if nothing changed, as for another configuration directory unless the user names the main file.
    private func includeFiles() throws -> Bool {
        guard context.accounts.isRoot, context.ownsMosquitto || mosquittoConfiguration != nil, try inclusion() != nil
        else { return false }
        // A bridge among the files is for refresh-bridges to have read.
        return try include(isUnread: hasBridges) { try inclusion() }
    }

    /// Replaces the line of an earlier release by links. A running mosquitto need not read anything for that. Returns false, and
    /// says why, if it is not possible.
    private func replaceLine() throws -> Bool {
        guard context.accounts.isRoot, try planner().mayLink else { return false }
        return try include(isUnread: { false }) {
            let planner = try planner()
            guard planner.isReadable else { return nil }
            switch try LinkMigration(planner: planner).decide() {
            case .unneeded: return nil
            case .refused(let reason):
                context.console.note("The include line in \(planner.main) stays: \(reason).")
                return nil
            case .plan(let plan): return plan
            }
        }
    }

    /// Does what is planned while nobody else changes mosquitto's files; all or nothing. Returns false if nothing is planned.
    ///
    /// - Parameter isUnread: Whether the running mosquitto has to read the files afterwards.
    private func include(isUnread: () throws -> Bool, _ plan: () throws -> ListenerPlan?) throws -> Bool {
        let main = main
        return try context.changing("tedge init") {
            let lock = try context.lockMainFile(main, "tedge init")
            defer { lock?.release() }
            guard let plan = try plan() else { return false }
            let files = FileTransaction(context.files)
            let unread = try isUnread() ? unread() : nil
            unread?.begin()
            do {
                try plan.include(in: main, files, context.files)
                files.commit()
                return true
            } catch {
                context.rollBack(files)
                unread?.endAfterRollBack()
                throw error
            }
        }
    }

    /// Has AppArmor let mosquitto read what the settings name, if there is a profile of mosquitto. Returns whether anything changed.
    private func allowReading() throws -> Bool {
        guard context.accounts.isRoot, let profile = AppArmorProfile(in: context) else { return false }
        return try profile.allow(try Settings.load(from: context.settingsSource)) != nil
    }

    private var ourDirectory: String { BridgePaths.directory(in: context.configurationDirectory) }

    private func hasBridges() throws -> Bool {
        try context.files.list(ourDirectory).contains(where: BridgePaths.isBridge)
    }

    private func manager() throws -> ServiceManager {
        ServiceManager(try SystemSettings.load(from: context), in: context)
    }

    private func unread() throws -> UnreadFiles {
        let settings = try Settings.load(from: context.settingsSource)
        let manager = try manager()
        return UnreadFiles(in: context, manager, port: (try? ListenerConfiguration.from(settings))?.port)
    }

    private var main: String { mosquittoConfiguration ?? context.knowingMosquitto().mosquittoConfiguration }

    /// A planner for the main file. Links are used only where connect adds further ones.
    private func planner() throws -> ListenerPlanner {
        let (settings, main, device) = (
            try Settings.load(from: context.settingsSource), main, context.knowingMosquitto()
        )
        var planner = try ListenerPlanner(
            settings, try? ListenerConfiguration.from(settings), main: main, dialect: MosquittoDialect(in: device),
            mayInclude: true, in: context)
        planner.mayLink = try context.ownsMosquitto && main == device.mosquittoConfiguration && manager().isDefault
        return planner
    }

    /// How mosquitto is made to read our files, so that our listeners can follow; nil if it reads them already.
    private func inclusion() throws -> ListenerPlan? {
        let planner = try planner()
        guard planner.isReadable else { return nil }
        var plan: ListenerPlan
        do {
            plan = try planner.plan()
        } catch {
            // Problems with the listeners are for connect to report.
            plan = try planner.planWithoutListeners()
        }
        plan.targets.removeAll { target in
            !context.files.exists(target) || plan.links.map { !$0.all(to: target, context.files).isEmpty } ?? true
        }
        return plan.main == nil && plan.stale.isEmpty && plan.targets.isEmpty ? nil : plan
    }

    /// Changes the owner of an existing file or directory to the user and group, if they are given and known. Links are not
    /// followed.
    private func adopt(_ path: String, _ system: SystemSettings, _ files: FileTransaction) throws {
        guard context.accounts.isRoot, let status = try context.files.status(path, followLinks: false),
            status.kind == .file || status.kind == .directory
        else { return }
        let numbers = system.numbers(in: context.accounts)
        let owner = Owner(user: numbers.user ?? status.owner.user, group: numbers.group ?? status.owner.group)
        // Another user may have given this name to a file that they cannot read.
        let isClosed = status.kind == .file && (status.mode & 0o004 == 0 || status.mode & 0o6000 != 0)
        if isClosed, owner.user != status.owner.user { return }
        if owner != status.owner { try files.changeOwner(path, to: owner, of: status) }
    }

    /// Throws if a user or group of an option does not exist. Warns if one of `system.toml` does not exist.
    private func checkAccounts(_ system: SystemSettings) throws {
        guard context.accounts.isRoot else { return }
        for (kind, name) in system.unknownAccounts(in: context.accounts) {
            if (kind == "user" ? user : group) != nil {
                throw InitializationError.unknownAccount(kind: kind, name: name)
            }
            context.console.warning("There is no \(kind) '\(name)' on this device; root owns the directories of tedge.")
        }
    }

    private func explained(_ error: any Error) -> any ExplainedError {
        if let error = error as? FileError, error.reason.isPermission {
            return InitializationError.permission(error, isRoot: context.accounts.isRoot)
        }
        return error as? any ExplainedError ?? UnexpectedError("\(error)")
    }
}

/// Why the device cannot be initialized.
enum InitializationError: ExplainedError, Equatable {
    /// The given user or group does not exist.
    case unknownAccount(kind: String, name: String)
    /// The caller lacks the permission.
    case permission(FileError, isRoot: Bool)

    var id: ReasonID {
        switch self {
        case .unknownAccount: .accountUnknown
        case .permission: .permissionDenied
        }
    }

    var causes: [String] {
        switch self {
        case .unknownAccount(let kind, let name): ["There is no \(kind) '\(name)' on this device."]
        case .permission(let error, let isRoot):
            (isRoot ? [] : ["Failed to initialize tedge. You have to run tedge with sudo."]) + error.causes
        }
    }

    /// The directory, if not even root may create it.
    var forbiddenPath: String? {
        if case .permission(let error, isRoot: true) = self { error.forbiddenPath } else { nil }
    }
}

/// `init`: the directories that this program and the mapper need, and the line by which mosquitto reads ours.
public struct DeviceInitializer {
    private let context: Context
    private let user: String?
    private let group: String?
    private let mosquittoConfiguration: String?
    private static let mode: UInt16 = 0o775

    /// Names the owner of the directories; `system.toml` does if they are nil.
    ///
    /// - Parameter mosquittoConfiguration: The main file of mosquitto that is to include the configuration, named by the
    ///   user; nil to change mosquitto's own only for the default configuration directory.
    public init(user: String?, group: String?, mosquittoConfiguration: String? = nil, in context: Context) {
        self.context = context
        self.user = user
        self.group = group
        self.mosquittoConfiguration = mosquittoConfiguration
    }

    /// Makes what is missing, prints nothing but warnings, and an error where something cannot be made.
    ///
    /// - Parameter links: Whether links of the components to this program are asked for, which it has none of.
    public func run(links: Bool = false) -> CommandReport {
        if links {
            context.console.note("No links are made: mapper, agent and plugins are no part of this program.")
        }
        // No lock for the directories: services run this before they start, also while connect has it and waits for them.
        let files = FileTransaction(context.files)
        do {
            try makeDirectories(files)
            let changed = try includeDirectory() || files.hasChanges
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

    /// Where logs and data go. The defaults are the machine's own: another configuration directory does not make them.
    private func stateDirectories(_ settings: Settings) throws -> [String] {
        try ["logs.path", "data.path"].filter {
            try context.ownsMosquitto || settings.value(of: SettingName($0))?.origin != .fallback
        }.map { try settings.path($0) }
    }

    /// Where the agent keeps its state: below the configuration unless the directory of `agent.state.path` is there.
    private func agentDirectories(_ settings: Settings) throws -> [String] {
        context.files.exists(try settings.path("agent.state.path")) ? [] : ["\(context.configurationDirectory)/.agent"]
    }

    /// The file in which the agent remembers what is registered.
    private func entityStore(_ settings: Settings) throws -> String {
        let directory = try agentDirectories(settings).first ?? settings.path("agent.state.path")
        return "\(directory)/entity_store.jsonl"
    }

    /// Has mosquitto read our directory; false if it does so already, or if nobody has said that its main file may be
    /// changed for another configuration directory than the default one.
    private func includeDirectory() throws -> Bool {
        guard context.accounts.isRoot, context.ownsMosquitto || mosquittoConfiguration != nil,
            try mainFileWithInclusion() != nil
        else { return false }
        let main = main
        return try context.changing("tedge init") {
            let lock = try context.lockMainFile(main, "tedge init")
            defer { lock?.release() }
            guard let contents = try mainFileWithInclusion() else { return false }
            let files = FileTransaction(context.files)
            do {
                try files.write(main, contents)
                files.commit()
                return true
            } catch {
                context.rollBack(files)
                throw error
            }
        }
    }

    private var main: String { mosquittoConfiguration ?? context.knowingMosquitto().mosquittoConfiguration }

    /// The main file with a line that includes our directory, in a place where our listeners can follow; nil if it has one.
    private func mainFileWithInclusion() throws -> [UInt8]? {
        let settings = try Settings.load(from: context.settingsSource)
        let planner = try ListenerPlanner(
            settings, try? ListenerConfiguration.from(settings), main: main,
            dialect: MosquittoDialect(in: context.knowingMosquitto()), mayInclude: true, in: context)
        guard planner.isReadable, !planner.isIncluded else { return nil }
        // Whether our listeners find room is for connect to say.
        if let plan = try? planner.plan() { return plan.main }
        return try IncludeLine(main, context.files).placements(of: planner.directory).first
    }

    /// Gives what was there already to user and group, as far as they are named and known. What a link leads to is left alone.
    private func adopt(_ path: String, _ system: SystemSettings, _ files: FileTransaction) throws {
        guard context.accounts.isRoot, let status = try context.files.status(path, followLinks: false),
            status.kind == .file || status.kind == .directory
        else { return }
        let numbers = system.numbers(in: context.accounts)
        let owner = Owner(user: numbers.user ?? status.owner.user, group: numbers.group ?? status.owner.group)
        // Somebody may have given the name to a file that is closed to them.
        let isClosed = status.kind == .file && (status.mode & 0o004 == 0 || status.mode & 0o6000 != 0)
        if isClosed, owner.user != status.owner.user { return }
        if owner != status.owner { try files.changeOwner(path, to: owner, of: status) }
    }

    /// Refuses a user or group of an option that does not exist, and warns of one of `system.toml`.
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
    /// The user or group that was named does not exist.
    case unknownAccount(kind: String, name: String)
    /// The caller may not do this.
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

    /// The directory, if root may not make it either.
    var forbiddenPath: String? {
        if case .permission(let error, isRoot: true) = self { error.forbiddenPath } else { nil }
    }
}

/// `init`: the directories that this program and the mapper need, and the line by which mosquitto reads ours.
public struct DeviceInitializer {
    private let context: Context
    private let user: String?
    private let group: String?
    private static let mode: UInt16 = 0o775

    /// Names the owner of the directories; `system.toml` says where nil.
    public init(user: String?, group: String?, in context: Context) {
        self.context = context
        self.user = user
        self.group = group
    }

    /// Makes what is missing, prints nothing but warnings, and an error where something cannot be made.
    public func run() -> CommandReport {
        // No lock for the directories: services run this before they start, also while connect has it and waits for them.
        let files = FileTransaction(context.files)
        do {
            try makeDirectories(files)
            let changed = try includeDirectory() || files.hasChanges
            files.commit()
            return .done("init", changed: changed)
        } catch {
            context.putBack(files)
            let failure = CommandFailure("failed to Initialize tedge", Self.explained(error))
            context.console.report(failure)
            return .failed("init", failure)
        }
    }

    private func makeDirectories(_ files: FileTransaction) throws {
        let settings = try Settings.load(from: context.settingsSource)
        var system = try SystemSettings.load(from: context)
        if let user { system.user = user }
        if let group { system.group = group }
        let owner = try self.owner(system)
        let root = context.configurationDirectory
        let own = [
            "", "/mosquitto-conf", "/device-certs", "/mappers", "/operations", "/operations/c8y", "/plugins",
            "/sm-plugins",
        ]
        var directories = own.map { root + $0 }
        for key in ["logs.path", "data.path"] { directories.append(try settings.path(key)) }
        for directory in directories {
            try context.interruption.check()
            try files.makeDirectory(directory, mode: Self.mode, owner: owner)
            if own.contains(where: { root + $0 == directory }) { try adopt(directory, owner, files) }
        }
    }

    /// Has mosquitto read our directory; false where it does so already.
    private func includeDirectory() throws -> Bool {
        let directory = BridgePaths.directory(in: context.configurationDirectory)
        guard context.accounts.isRoot, MosquittoSetup.load(from: context)?.including(directory) != nil else {
            return false
        }
        return try context.changingFiles("tedge init") { files in
            guard let setup = MosquittoSetup.load(from: context), let contents = setup.including(directory) else {
                return false
            }
            try files.write(setup.path, contents)
            return true
        }
    }

    /// Gives a directory that was there already to the owner.
    private func adopt(_ directory: String, _ owner: Owner?, _ files: FileTransaction) throws {
        guard let owner, let status = try context.files.status(directory), status.owner != owner else { return }
        try files.changeOwner(directory, to: owner)
    }

    /// The owner as numbers; nil where the caller is not root and so owns what it makes.
    private func owner(_ system: SystemSettings) throws -> Owner? {
        guard context.accounts.isRoot else { return nil }
        var owner = context.accounts.caller
        if !system.user.isEmpty {
            if let account = context.accounts.user(named: system.user) {
                owner.user = account.owner.user
            } else {
                try missing("user", system.user, wasAskedFor: user != nil)
            }
        }
        if !system.group.isEmpty {
            if let number = context.accounts.group(named: system.group) {
                owner.group = number
            } else {
                try missing("group", system.group, wasAskedFor: group != nil)
            }
        }
        return owner
    }

    private func missing(_ kind: String, _ name: String, wasAskedFor: Bool) throws {
        if wasAskedFor { throw InitializationError.unknownAccount(kind: kind, name: name) }
        context.console.warning("There is no \(kind) '\(name)' on this device; root owns the directories of tedge.")
    }

    private static func explained(_ error: any Error) -> any ExplainedError {
        if let error = error as? FileError, error.reason.isPermission {
            return InitializationError.permission(error)
        }
        return error as? any ExplainedError ?? UnexpectedError("\(error)")
    }
}

/// Why the device cannot be initialized.
enum InitializationError: ExplainedError, Equatable {
    /// The user or group that was named does not exist.
    case unknownAccount(kind: String, name: String)
    /// The caller may not do this.
    case permission(FileError)

    var id: String {
        switch self {
        case .unknownAccount: "account-unknown"
        case .permission: "permission-denied"
        }
    }

    var causes: [String] {
        switch self {
        case .unknownAccount(let kind, let name): ["There is no \(kind) '\(name)' on this device."]
        case .permission(let error):
            ["Failed to initialize tedge. You have to run tedge with sudo."] + error.causes
        }
    }
}

/// The bridge to a cloud taken away, with the mapper behind it: files and services that can be put back until it is final.
final class Disconnection {
    /// How far it came.
    enum Outcome {
        /// There was no bridge.
        case absent
        /// The bridge is gone, and what belongs to it was stopped.
        case complete
        /// The bridge file is gone, and there is nothing to stop services with.
        case withoutServices
    }

    private let cloud: Cloud
    private let profile: ProfileName?
    private let context: Context
    private let paths: BridgePaths
    private let manager: ServiceManager
    private let broker: BrokerStart
    private let isFollowed: Bool
    private let mosquittoIsToRun: Bool
    private let files: FileTransaction
    private let unread: UnreadFiles
    /// Whether mosquitto reads no bridge any more.
    private var isRead = false
    private var services: ServiceRemoval?

    /// Reads the settings and `system.toml`; changes nothing.
    ///
    /// - Parameters:
    ///   - isFollowed: Whether other steps follow, so that an empty line is to part them from these.
    ///   - mosquittoIsToRun: Whether mosquitto is started where it does not run.
    init(
        _ cloud: Cloud, _ profile: ProfileName?, isFollowed: Bool = false, mosquittoIsToRun: Bool = false,
        in context: Context
    ) throws {
        self.mosquittoIsToRun = mosquittoIsToRun
        self.cloud = cloud
        self.profile = profile
        let context = context.knowingMosquitto()
        self.context = context
        self.isFollowed = isFollowed
        paths = BridgePaths(in: context.configurationDirectory, cloud.name, profile)
        manager = ServiceManager(try SystemSettings.load(from: context), in: context)
        let settings = try Settings.load(from: context.settingsSource)
        broker = BrokerStart(settings: settings, context: context)
        unread = UnreadFiles(in: context, manager, port: (try? ListenerConfiguration.from(settings))?.port)
        files = FileTransaction(context.files)
    }

    /// Runs the steps. Where one fails, everything is as before when this throws; else `commit` or `undo` must follow.
    func run() throws -> Outcome {
        do {
            let outcome = try steps()
            try context.interruption.check()
            return outcome
        } catch {
            undo()
            throw error
        }
    }

    private func steps() throws -> Outcome {
        context.console.step("Removing \(cloud.displayName) bridge.")
        try rehearse()
        guard try remove() else { return .absent }
        do {
            try manager.checkAvailability()
        } catch ServiceError.unavailable {
            context.console.warning(
                "Service manager '\(manager.commands.name)' is not available, skipping stopping/disabling of tedge "
                    + "components. Restart mosquitto to close the bridge.")
            return .withoutServices
        }
        let services = try ServiceRemoval(
            manager, cloud: cloud.name, profile: profile, mosquittoIsToRun: mosquittoIsToRun)
        self.services = services
        try apply(services)
        return .complete
    }

    /// Takes the bridge file from mosquitto; false where there is none, and no run was killed that had taken it already.
    private func remove() throws -> Bool {
        do {
            if try context.files.status(paths.bridge, followLinks: false) != nil { unread.begin() }
            if try files.remove(paths.bridge, aside: paths.unfinished) { return true }
            if try context.files.status(paths.unfinished, followLinks: false) != nil { return true }
            // A connect that was killed while it took its bridge back may have left mosquitto with it.
            return unread.finishInterrupted() == .unread
        } catch  where error.reason.isPermission {
            throw ConnectError.removalPermission(path: paths.bridge, error.reason)
        }
    }

    /// Has mosquitto read what it is to read without the bridge, if it runs and is to be restarted.
    private func rehearse() throws {
        guard manager.isDefault, context.accounts.isRoot, context.mosquittoUnit?.process != nil,
            context.files.exists(paths.bridge)
        else { return }
        try RestartDryRun(context: context, directory: paths.directory).run([paths.bridge: .init()])
    }

    private func apply(_ services: ServiceRemoval) throws {
        context.console.step("Applying changes to mosquitto.")
        let log = BrokerLog(context: context, manager: manager, since: context.now())
        if try services.restartMosquitto() { try broker.wait(log) }
        isRead = true
        context.console.step("\(cloud.displayName) Bridge successfully disconnected!")
        try context.interruption.check()
        guard context.processes.isOnPath("tedge-mapper") || context.processes.isOnPath("tedge_mapper") else { return }
        let others = try otherBridges
        if services.isMapperShared, !others.isEmpty {
            context.console.note(
                "tedge-mapper goes on, because it serves other bridges too: \(others.joined(separator: ", ")).")
            return
        }
        context.console.step("Stopping tedge-mapper service.")
        try services.stopMapper()
        try context.interruption.check()
        context.console.step("Disabling tedge-mapper service.")
        // A connect that follows enables it: one that is killed in between leaves a mapper that starts with the device. Other
        // service managers do not say whether it was enabled, which that connect has to know.
        if !isFollowed || !manager.isDefault { try services.disableMapper() }
        context.console.line("tedge-mapper service successfully stopped and disabled!" + (isFollowed ? "\n" : ""))
    }

    /// The bridge files of other clouds and profiles.
    private var otherBridges: [String] {
        get throws(FileError) {
            try context.files.list(paths.directory).filter {
                $0.hasSuffix("-bridge.conf") && $0 != Path.name(of: paths.bridge)
            }
        }
    }

    /// Makes it final.
    func commit() {
        // A connect that followed has noted the same.
        if isRead { unread.end() } else if !isFollowed { unread.leave() }
        files.commit()
        // A connect that follows does this once for both.
        if !isFollowed { services?.finish() }
        // It does not come back after a power cut.
        _ = try? context.files.remove(paths.unfinished)
        context.files.discard(paths.rejected)
    }

    /// Puts everything back. Signals wait until this is done.
    func undo() {
        if services?.mosquittoRunsAgain == true { unread.begin() }
        context.rollBack(files)
        let failures = services?.undo() ?? []
        if services?.mosquittoRunsAgain != true {
            unread.takeBack()
        } else if failures.isEmpty {
            unread.end()
        } else {
            unread.takeBackUnlessRestarted()
        }
        for failure in failures {
            context.console.unrestored("Could not put services back: \(failure.causes.joined(separator: ": "))")
        }
        if services?.mosquittoRunsAgain == true { broker.finishInterrupted() }
    }
}

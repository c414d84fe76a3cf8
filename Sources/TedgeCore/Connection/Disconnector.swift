/// Removes the bridge to a cloud.
public struct Disconnector {
    private let context: Context
    private let cloud: Cloud
    private let profile: ProfileName?

    /// Creates the command for a cloud. If no profile is given, `TEDGE_CLOUD_PROFILE` may name one.
    public init(_ cloud: CloudName, profile: ProfileName?, in context: Context) {
        self.context = context
        self.cloud = Cloud.named(cloud)
        self.profile = profile
    }

    /// Disconnects. Prints the steps, and an error if one failed.
    public func run() -> CommandReport {
        do {
            try context.require(.mosquitto)
            let profile = try ProfileName.choose(profile, in: context)
            return try context.changing("tedge disconnect \(cloud.name.words(profile))") {
                if case .absent = try Self.disconnect(cloud, profile, in: context) {
                    context.console.line("Bridge doesn't exist. Operation finished!")
                    return .done("disconnect", cloud: cloud.name, changed: false)
                }
                return .done("disconnect", cloud: cloud.name, changed: true)
            }
        } catch {
            let failure = CommandFailure(
                command: "tedge disconnect", "failed to remove the bridge to disconnect \(cloud.displayName) cloud",
                error)
            return context.failed("disconnect", cloud: cloud.name, failure)
        }
    }

    /// Removes a bridge for good, for somebody who has the configuration to himself.
    ///
    /// - Parameter startsMosquitto: Whether mosquitto is started if it does not run.
    @discardableResult
    static func disconnect(
        _ cloud: Cloud, _ profile: ProfileName?, startsMosquitto: Bool = false, in context: Context
    ) throws -> DisconnectSteps.Outcome {
        let system = try SystemSettings.load(from: context)
        let settings = try Settings.load(from: context.settingsSource)
        let change = ConnectionChange(of: cloud.name, profile, settings, system, in: context)
        let steps = DisconnectSteps(change, cloud, startsMosquitto: startsMosquitto)
        let outcome = try change.transaction.run { try steps.run() }
        if outcome != .absent { steps.commit(outcome) }
        return outcome
    }
}

/// The steps of disconnect, in their order, with the line that each prints, on the undo stack of a change.
struct DisconnectSteps {
    /// How far disconnect got.
    enum Outcome {
        /// There was no bridge.
        case absent
        /// The bridge is removed, and its mapper is stopped.
        case complete
        /// The bridge file is removed, and there is no service manager to stop services with.
        case withoutServices
    }

    private let change: ConnectionChange
    private let cloud: Cloud
    private let isFollowed: Bool
    private let startsMosquitto: Bool

    private var context: Context { change.context }
    private var services: DeviceServices { change.services }

    /// - Parameters:
    ///   - isFollowed: Whether connect follows, which makes the change final.
    ///   - startsMosquitto: Whether mosquitto is started if it does not run.
    init(_ change: ConnectionChange, _ cloud: Cloud, isFollowed: Bool = false, startsMosquitto: Bool = false) {
        (self.change, self.cloud) = (change, cloud)
        (self.isFollowed, self.startsMosquitto) = (isFollowed, startsMosquitto)
    }

    /// Removes the bridge from mosquitto and stops the mapper. A comment after a change says what the undo does.
    func run() throws -> Outcome {
        context.console.step("Removing \(cloud.displayName) bridge.")
        try dryRun()
        let durability = try durabilityToRemove()
        if !isFollowed, context.files.exists(change.paths.bridge) {
            // undo: files, and systemd reads its units again
            try change.keys.apply(change.keys.references(without: change.paths.bridge), on: change.transaction)
        }
        guard try removeBridge() else { return .absent }  // undo: rename the file back
        if let durability { try change.broker.apply(durability) }  // undo: files

        guard try change.isManaged() else {
            context.console.warning(
                "Service manager '\(change.manager.commands.name)' is not available, skipping stopping/disabling of tedge "
                    + "components. Restart mosquitto to close the bridge.")
            return .withoutServices
        }
        try services.look(mosquittoIsToRun: startsMosquitto)
        try services.requireMosquittoIfActive()

        context.console.step("Applying changes to mosquitto.")
        if services.mosquittoWasActive == true {
            try change.broker.restart()  // undo: restart with the files as before
            try change.broker.awaitStart()
        }
        context.console.step("\(cloud.displayName) Bridge successfully disconnected!")
        try context.interruption.check()

        guard context.mapperProgram != nil else { return .complete }
        let others = try otherBridges()
        if services.isMapperShared, !others.isEmpty {
            context.console.note(
                "tedge-mapper is not stopped, because it also serves other bridges: \(others.joined(separator: ", ")).")
            return .complete
        }
        context.console.step("Stopping tedge-mapper service.")
        try services.stopMapper()  // undo: start, after mosquitto
        try context.interruption.check()
        context.console.step("Disabling tedge-mapper service.")
        // A connect that follows enables it: one that is killed in between leaves a mapper that starts with the device. Other
        // service managers do not say whether it was enabled, which that connect has to know.
        if !isFollowed || !change.manager.isDefault { try services.disableMapper() }  // undo: enable
        context.console.line("tedge-mapper service successfully stopped and disabled!" + (isFollowed ? "\n" : ""))
        return .complete
    }

    /// Makes the removal final.
    func commit(_ outcome: Outcome) {
        change.broker.commit(isRead: outcome == .complete)
        services.finish()
        change.keys.discardDirectory()
        // One that a killed run left is gone for good, also after a power cut.
        _ = try? context.files.remove(change.paths.unfinished)
        context.files.discard(change.paths.rejected)
    }

    /// Has mosquitto read what it is to read without the bridge, if it runs and is to be restarted.
    private func dryRun() throws {
        guard change.manager.isDefault, context.accounts.isRoot, context.mosquittoUnit?.process != nil,
            context.files.exists(change.paths.bridge)
        else { return }
        let removed = try [change.paths.bridge] + (durabilityToRemove().map { [$0.path] } ?? [])
        let links = removed.flatMap(change.broker.links).map { ($0, String?.none) }
        try RestartDryRun(context: context, directory: change.paths.directory).run(
            Dictionary(uniqueKeysWithValues: removed.map { ($0, .init()) }),
            links: Dictionary(uniqueKeysWithValues: links))
    }

    /// The file with what durable bridges need, if this is the last one and no connect follows.
    private func durabilityToRemove() throws -> BrokerChange.FileChange? {
        guard !isFollowed else { return nil }
        let file = try change.broker.durabilityFile(besides: change.paths.bridge)
        return try file.text == nil && !change.broker.isWritten(file) ? file : nil
    }

    /// Removes the bridge file; false if there is none, and no run was killed that had removed it already.
    private func removeBridge() throws -> Bool {
        let (bridge, unfinished) = (change.paths.bridge, change.paths.unfinished)
        do throws(FileError) {
            if try context.files.status(bridge, followLinks: false) != nil { change.broker.begin() }
            try change.broker.removeLinks(to: bridge)
            if try change.transaction.files.remove(bridge, aside: unfinished) { return true }
            if try context.files.status(unfinished, followLinks: false) != nil { return true }
            // A connect that was killed while it undid its steps may have left mosquitto with the bridge.
            return change.broker.unread.answerRemovingOutdatedMark() == .unread
        } catch {
            guard error.reason.isPermission else { throw error }
            throw ConnectError.removalPermission(path: bridge, error.reason)
        }
    }

    /// The bridge files of other clouds and profiles.
    private func otherBridges() throws(FileError) -> [String] {
        try context.files.list(change.paths.directory).filter {
            BridgePaths.isBridge($0) && $0 != Path.name(of: change.paths.bridge)
        }
    }
}

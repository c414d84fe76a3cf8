import MQTT

/// Takes the bridge to a cloud away.
public struct Disconnector {
    private let context: Context
    private let cloud: Cloud
    private let profile: ProfileName?
    private static let patience = 5

    /// Names the cloud.
    public init(_ cloud: CloudName, profile: ProfileName?, in context: Context) {
        self.context = context
        self.cloud = Cloud.named(cloud)
        self.profile = profile
    }

    /// Disconnects. Prints the steps, and an error where one failed.
    public func run() -> CommandReport {
        do {
            return try context.changing("tedge disconnect \(cloud.name.rawValue)") { try disconnect() }
        } catch {
            let failure = CommandFailure(
                command: "tedge disconnect", "failed to remove the bridge to disconnect \(cloud.displayName) cloud",
                error)
            context.console.report(failure)
            return .failed("disconnect", cloud: cloud.name, failure)
        }
    }

    private func disconnect() throws -> CommandReport {
        let settings = try Settings.load(from: context.settingsSource)
        let manager = ServiceManager(try SystemSettings.load(from: context), in: context)
        let paths = BridgePaths(in: context.configurationDirectory, cloud.name, profile)
        context.console.step("Removing \(cloud.displayName) bridge.")
        let files = FileTransaction(context.files)
        do {
            guard try remove(paths, files) else {
                context.console.line("Bridge doesn't exist. Operation finished!")
                return .done("disconnect", cloud: cloud.name, changed: false)
            }
            try manager.checkAvailability()
        } catch {
            guard case ServiceError.unavailable = error else {
                context.putBack(files)
                throw error
            }
            finish(paths, files)
            context.console.warning(
                "Service manager '\(manager.commands.name)' is not available, skipping stopping/disabling of tedge "
                    + "components. Restart mosquitto to close the bridge.")
            return .done("disconnect", cloud: cloud.name, changed: true)
        }
        let services = ServiceRemoval(manager, cloud: cloud.name, profile: profile)
        do {
            try apply(services, settings)
            finish(paths, files)
        } catch {
            putBack(files, services, settings)
            throw error
        }
        return .done("disconnect", cloud: cloud.name, changed: true)
    }

    /// Takes the bridge file from mosquitto; false where there is none, and no run was killed that had taken it already.
    private func remove(_ paths: BridgePaths, _ files: FileTransaction) throws -> Bool {
        do {
            if try files.remove(paths.bridge, aside: paths.unfinished) { return true }
            return try context.files.status(paths.unfinished, followLinks: false) != nil
        } catch  where error.reason.isPermission {
            throw ConnectError.removalPermission(path: paths.bridge, error.reason)
        }
    }

    private func finish(_ paths: BridgePaths, _ files: FileTransaction) {
        files.commit()
        context.files.discard(paths.unfinished)
        context.files.discard(paths.rejected)
    }

    private func apply(_ services: ServiceRemoval, _ settings: Settings) throws {
        context.console.step("Applying changes to mosquitto.")
        let brokerLog = BrokerLog(context: context, manager: services.manager, since: context.now())
        if try services.restartMosquitto() {
            do {
                try waitForMosquitto(settings, context.interruption)
            } catch let error as MQTTError {
                try context.interruption.check()
                throw ConnectError.brokerSilent(
                    seconds: Self.patience, reason: "\(error)",
                    said: brokerLog.lastErrors())
            }
        }
        context.console.step("\(cloud.displayName) Bridge successfully disconnected!")
        try context.interruption.check()
        guard context.processes.isOnPath("tedge-mapper") || context.processes.isOnPath("tedge_mapper") else { return }
        context.console.step("Stopping tedge-mapper service.")
        try services.stopMapper()
        try context.interruption.check()
        context.console.step("Disabling tedge-mapper service.")
        try services.disableMapper()
        context.console.line("tedge-mapper service successfully stopped and disabled!")
    }

    private func waitForMosquitto(_ settings: Settings, _ interruption: Interruption) throws {
        let options = try MQTTOptions.local(
            settings, clientID: randomClientID("tedge-disconnect"), files: context.files)
        try context.broker.waitForStart(
            options, until: .now + .seconds(Self.patience), interruption: interruption
        ).disconnect()
    }

    private func putBack(_ files: FileTransaction, _ services: ServiceRemoval, _ settings: Settings) {
        context.putBack(files)
        for failure in services.undo() {
            context.console.warning("Could not put services back: \(failure.causes.joined(separator: ": "))")
        }
        if services.mosquittoRunsAgain { try? waitForMosquitto(settings, .never) }
    }
}

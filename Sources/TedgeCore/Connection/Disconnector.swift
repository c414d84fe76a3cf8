/// Takes the bridge to a cloud away.
public struct Disconnector {
    private let context: Context
    private let cloud: Cloud
    private let profile: ProfileName?

    /// Names the cloud. Where no profile is given, `TEDGE_CLOUD_PROFILE` may name one.
    public init(_ cloud: CloudName, profile: ProfileName?, in context: Context) {
        self.context = context
        self.cloud = Cloud.named(cloud)
        self.profile = profile
    }

    /// Disconnects. Prints the steps, and an error where one failed.
    public func run() -> CommandReport {
        do {
            try context.require(.mosquitto)
            let profile = try ProfileName.choose(profile, in: context)
            return try context.changing("tedge disconnect \(cloud.name.words(profile))") { try disconnect(profile) }
        } catch {
            let failure = CommandFailure(
                command: "tedge disconnect", "failed to remove the bridge to disconnect \(cloud.displayName) cloud",
                error)
            return context.failed("disconnect", cloud: cloud.name, failure)
        }
    }

    private func disconnect(_ profile: ProfileName?) throws -> CommandReport {
        let disconnection = try Disconnection(cloud, profile, in: context)
        let outcome = try disconnection.run()
        if case .absent = outcome {
            context.console.line("Bridge doesn't exist. Operation finished!")
            return .done("disconnect", cloud: cloud.name, changed: false)
        }
        disconnection.commit()
        return .done("disconnect", cloud: cloud.name, changed: true)
    }
}

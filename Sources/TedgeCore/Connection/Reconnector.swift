/// Disconnects from a cloud and connects again, as one change.
public struct Reconnector {
    private let command: ConnectionCommand

    /// Creates the command for a cloud. If no profile is given, `TEDGE_CLOUD_PROFILE` may name one.
    public init(_ cloud: CloudName, profile: ProfileName?, options: Connector.Options, in context: Context) {
        command = ConnectionCommand(name: "reconnect", cloud: Cloud.named(cloud), profile, options, in: context)
    }

    /// Reconnects and checks the connection. Prints the steps, and an error if one failed: then the connection is as before.
    public func run() -> CommandReport { command.run(reconnect) }

    private func reconnect(_ steps: ConnectSteps) throws -> ConnectSteps.Outcome {
        // What would make connect fail is found before anything is removed.
        try validate(steps)
        try steps.change.broker.planListeners(steps.inputs)
        try steps.refusePointlessDurability()

        try steps.begin("disconnect")
        let removal = DisconnectSteps(steps.change, steps.inputs.cloud, isFollowed: true)
        if case .absent = try removal.run() { steps.context.console.step("Bridge doesn't exist.") }

        return try steps.connect()
    }

    private func validate(_ steps: ConnectSteps) throws {
        let bridge = try steps.inputs.bridge(in: steps.context)
        // A renewed certificate may replace one that is not valid any more.
        guard !steps.context.files.exists(RenewedCertificate.path(besides: bridge.certificatePath)) else { return }
        try steps.inputs.validate(bridge, for: nil, in: steps.context)
    }
}

/// `connect --test`: the check alone, which changes nothing.
public struct ConnectionTest {
    private let context: Context
    private let cloud: Cloud
    private let profile: ProfileName?
    private let timeout: Int

    /// Creates the test of a connection, with the seconds that the check may take.
    public init(_ cloud: CloudName, profile: ProfileName?, timeout: Int, in context: Context) {
        self.context = context
        self.cloud = Cloud.named(cloud)
        self.profile = profile
        self.timeout = timeout
    }

    /// Runs the check and prints the result, with the cause of a failure.
    public func run() -> CommandReport {
        do {
            try context.require(.mosquitto)
            let inputs = try ConnectionInputs(cloud, try ProfileName.choose(profile, in: context), in: context)
            guard context.files.exists(inputs.paths.bridge) else {
                try inputs.refuseUnsupported()
                throw ConnectError.notConnected(cloud: cloud.name, profile: inputs.profile)
            }
            do {
                try ConnectionCheck.run(inputs, timeout: timeout, in: context)
            } catch let failure as CheckFailure {
                return failed(Diagnosis.of(failure, inputs, in: context))
            }
            let message = "Connection check to \(cloud.name.rawValue) cloud is successful."
            context.console.line(message)
            UnreadFiles.warn(in: context, hint: "sudo tedge refresh-bridges")
            return .done("connect --test", cloud: cloud.name, changed: false, message: message)
        } catch {
            let failure = CommandFailure(
                command: "tedge connect", "failed to test connection to \(cloud.displayName) cloud.", error)
            return context.failed("connect --test", cloud: cloud.name, failure)
        }
    }

    private func failed(_ diagnosis: Diagnosis) -> CommandReport {
        context.console.error("Error: failed to test connection to \(cloud.displayName) cloud.\n\n")
        context.console.explain(diagnosis, cloud: cloud.name, profile)
        return CommandReport(
            command: "connect --test", cloud: cloud.name, result: .failed, changed: false, reason: diagnosis.id,
            message: diagnosis.message, causes: diagnosis.causes, hint: diagnosis.hint, status: .failure)
    }
}

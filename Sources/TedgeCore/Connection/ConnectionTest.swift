/// `connect --test`: the check alone, which changes nothing.
public struct ConnectionTest {
    private let context: Context
    private let cloud: Cloud
    private let typedProfile: ProfileName?
    private let timeout: Int
    private let wait: Duration?
    private let log = StepLog()
    static let command = "connect --test"

    /// Creates the test of a connection. If no profile is given, `TEDGE_CLOUD_PROFILE` may name one.
    ///
    /// - Parameters:
    ///   - timeout: How many seconds a check may take.
    ///   - wait: How long to repeat the check until it succeeds; nil to check once. The last check ends when this time is over;
    ///     looking for the cause of its failure takes at most 5 seconds more.
    public init(
        _ cloud: CloudName, profile: ProfileName?, timeout: Int, wait: Duration? = nil, in context: Context
    ) {
        self.context = context
        self.cloud = Cloud.named(cloud)
        (typedProfile, self.timeout, self.wait) = (profile, timeout, wait)
    }

    /// Runs the check and prints the result, with the cause of a failure.
    public func run() -> CommandReport {
        var report: CommandReport
        do {
            log.begin("existing-bridge")
            try context.require(.mosquitto)
            let profile = try ProfileName.choose(typedProfile, in: context)
            let inputs = try ConnectionInputs(cloud, profile, in: context)
            guard context.files.exists(inputs.paths.bridge) else {
                try inputs.refuseUnsupported()
                throw ConnectError.notConnected(cloud: cloud.name, profile: inputs.profile)
            }
            log.begin("check")
            report = try checked(inputs)
            report.profile = profile
            if let certificate = DeviceCertificate(cloud.name, profile, inputs.settings, in: context)?.json {
                report.details.append(.init("certificate", certificate))
            }
        } catch {
            log.end(.failed)
            let failure = CommandFailure(
                command: "tedge connect", "failed to test connection to \(cloud.displayName) cloud.", error)
            report = context.failed(Self.command, cloud: cloud.name, failure)
        }
        log.end(.ok)
        report.steps = log.steps
        return report
    }

    private func checked(_ inputs: ConnectionInputs) throws -> CommandReport {
        do {
            if let wait {
                try ConnectionWait(inputs: inputs, timeout: timeout, limit: wait, context: context).run()
            } else {
                try ConnectionCheck.run(inputs, for: .test, timeout: timeout, in: context)
            }
        } catch let failure as CheckFailure {
            return failed(Diagnosis.of(failure, inputs, in: context), inputs.profile)
        } catch let failure as ConnectionWait.Failure {
            return failed(failure.diagnosis, inputs.profile, attempts: failure.attempts)
        }
        let message = "Connection check to \(cloud.name.rawValue) cloud is successful."
        context.console.line(message)
        UnreadFiles.warn(in: context, hint: "sudo tedge refresh-bridges")
        return .done(Self.command, cloud: cloud.name, changed: false, message: message)
    }

    /// - Parameter attempts: How often the check was made; nil if it was made once.
    private func failed(
        _ diagnosis: Diagnosis, _ profile: ProfileName?, attempts: Int? = nil
    ) -> CommandReport {
        log.end(.failed)
        let made = attempts.map { "The check was made \($0 == 1 ? "once" : "\($0) times").\n" } ?? ""
        context.console.error("Error: failed to test connection to \(cloud.displayName) cloud.\n\(made)\n")
        context.console.explain(diagnosis, cloud: cloud.name, profile)
        return CommandReport(
            command: Self.command, cloud: cloud.name, result: .failed, changed: false, reason: diagnosis.id,
            message: diagnosis.message, causes: diagnosis.causes, hint: diagnosis.hint, status: .failure)
    }
}

/// `tedge status`: what is configured, and whether it is up. Changes nothing.
public struct Status {
    private let cloud: CloudName?
    private let typedProfile: ProfileName?
    private let wait: Duration?
    private let width: Int?
    private let context: Context
    private static let command = "status"

    /// Names the connection; without a cloud, all of this profile, or all. If no profile is given, `TEDGE_CLOUD_PROFILE` may
    /// name one.
    ///
    /// - Parameters:
    ///   - wait: How long to wait until the connections are proven and everything is up; nil to look once.
    ///   - width: The columns of the terminal; nil if there is none.
    public init(
        _ cloud: CloudName?, profile: ProfileName?, wait: Duration? = nil, width: Int? = nil, in context: Context
    ) {
        (self.cloud, typedProfile, self.wait, self.width, self.context) = (cloud, profile, wait, width, context)
    }

    /// Prints the status. The exit status is 0 if all that is configured is up, 1 if not, and 3 if nothing is configured.
    public func run() -> CommandReport {
        do {
            let profile = try ProfileName.choose(typedProfile, in: context)
            let connections = try StatusReader.connections(.init(cloud: cloud, profile: profile), in: context)
            var report = try report(connections, profile)
            report.profile = profile
            return report
        } catch {
            let failure = CommandFailure("failed to find out the status of this device.", explained(error))
            return context.failed(Self.command, cloud: cloud, failure, isUndone: false)
        }
    }

    private func explained(_ error: any Error) -> any ExplainedError {
        error as? any ExplainedError ?? UnexpectedError("\(error)")
    }

    private func report(
        _ connections: [(cloud: CloudName, profile: ProfileName?)], _ profile: ProfileName?
    ) throws -> CommandReport {
        guard !connections.isEmpty else { return unconfigured(profile) }
        let status: DeviceStatus
        var unproven: Diagnosis?
        if let wait {
            (status, unproven) = try waited(connections, until: .now + wait)
        } else {
            status = StatusReader(in: context).read(connections)
        }
        try context.interruption.check()
        context.console.result(StatusText(status: status, width: width).lines)
        var report = CommandReport.done(Self.command, cloud: cloud, changed: false)
        if let problem = unproven ?? status.problem {
            (report.result, report.status) = (.failed, .failure)
            (report.reason, report.message, report.hint) = (problem.id, problem.sentence, problem.hint)
            report.causes = problem.causes
            if unproven != nil { context.console.note("\nNot proven: \(problem.sentence)") }
            if let hint = problem.hint { context.console.note("\(unproven == nil ? "\n" : "")Hint: \(hint)") }
        }
        report.details = status.members
        return report
    }

    private func unconfigured(_ profile: ProfileName?) -> CommandReport {
        let status = StatusReader(in: context).read([])
        context.console.result(StatusText(status: status, width: width).lines)
        let name = cloud.map { Cloud.named($0).displayName } ?? "any cloud"
        let message = "This device is not connected to \(name)\(profile.map { " (profile \($0))" } ?? "")."
        let hint = "Run 'sudo tedge connect \(cloud?.words(profile) ?? "<cloud>")' to connect this device."
        context.console.note("\nHint: \(hint)")
        var report = CommandReport.failed(
            Self.command, cloud: cloud, status: .nothingConfigured, reason: .notConnected, causes: [message], hint: hint
        )
        report.details = status.members
        return report
    }

    // MARK: Waiting

    /// Proves each connection by a message, and then waits until everything is up. Returns the last status, and why a
    /// connection is not proven.
    private func waited(
        _ connections: [(cloud: CloudName, profile: ProfileName?)], until deadline: ContinuousClock.Instant
    ) throws -> (DeviceStatus, Diagnosis?) {
        try context.require(.mosquitto)
        for (cloud, profile) in connections {
            do {
                let inputs = try ConnectionInputs(Cloud.named(cloud), profile, in: context)
                let rest = max(.seconds(1), ContinuousClock.now.duration(to: deadline))
                try ConnectionWait(inputs: inputs, timeout: 10, limit: rest, context: context).run()
            } catch let failure as ConnectionWait.Failure {
                return (StatusReader(in: context).read(connections), failure.diagnosis)
            } catch CheckFailure.interrupted(let interrupted) {
                throw interrupted
            }
        }
        while true {
            try context.interruption.check()
            let status = StatusReader(in: context).read(connections)
            guard status.problem != nil, .now + context.retryPause < deadline else { return (status, nil) }
            try context.interruption.pause(context.retryPause)
        }
    }
}

/// `bootstrap`: brings a device to stated connections, however often it is run.
public struct Bootstrapper {
    private let runs: [BootstrapRun]
    private let options: BootstrapOptions
    private let context: Context
    private static let command = "bootstrap"

    /// Creates the command for runs, which are done in their order.
    public init(_ runs: [BootstrapRun], _ options: BootstrapOptions, in context: Context) {
        (self.runs, self.options, self.context) = (runs, options, context)
    }

    /// Does all runs; one that fails does not keep the next from being tried. Prints a line for each step, and the errors.
    public func run() -> CommandReport {
        let secrets = BootstrapSecrets(options)
        var ended: [(session: BootstrapSession, report: CommandReport)] = []
        for run in runs {
            let prefix = runs.count > 1 ? "\(run.name) " : ""
            let session = BootstrapSession(run, options, secrets, prefix: prefix, in: context)
            session.perform()
            ended.append((session, report(session)))
            if context.interruption.isRequested { break }
        }
        let first = ended.first { $0.report.status != .success } ?? ended.first
        var report = first?.report ?? .done(Self.command, changed: false)
        report.changed = ended.contains { $0.session.changed }
        report.details = [.init("connections", .array(ended.map { json($0.session, $0.report) }))]
        report.details += skipped(after: ended.count)
        return report
    }

    /// Reads the runs of a document. The report says why it is refused.
    public static func read(_ path: String, in context: Context) -> Result<[BootstrapRun], BootstrapReadingFailure> {
        let isInput = path == "-"
        let source = isInput ? "/dev/stdin" : Path.absolute(path, relativeTo: context.currentDirectory())
        do {
            let bytes = try context.files.readInput(source, limit: FileLimit.usual)
            return .success(try BootstrapDocument(parsing: bytes, source: isInput ? "the standard input" : path).runs)
        } catch {
            let failure = CommandFailure(command: "tedge bootstrap", "failed to read what shall be connected.", error)
            return .failure(BootstrapReadingFailure(report: context.failed(command, failure)))
        }
    }

    /// Asks on the terminal what shall be connected; nil if there is none.
    public static func ask(in context: Context) -> Result<[BootstrapRun], BootstrapReadingFailure>? {
        guard context.terminal.exists, !context.console.isJSON else { return nil }
        do {
            return .success([try BootstrapDialogue(in: context).ask()])
        } catch {
            let failure = CommandFailure(command: "tedge bootstrap", "nothing was connected.", error)
            return .failure(BootstrapReadingFailure(report: context.failed(command, failure)))
        }
    }

    /// Writes runs as a document, which only its owner can change. Nil if it worked.
    public static func save(_ runs: [BootstrapRun], to path: String, in context: Context) -> CommandReport? {
        let target = Path.absolute(path, relativeTo: context.currentDirectory())
        do {
            let files = FileTransaction(context.files)
            try files.write(target, Array(BootstrapDocument(runs).text.utf8), mode: 0o644)
            files.commit()
            context.console.note(
                "What was typed is saved in \(path): 'tedge bootstrap --from \(ShellWord.quoted(path))' does the same.")
            return nil
        } catch {
            let failure = CommandFailure(command: "tedge bootstrap", "failed to save what was typed.", error)
            return context.failed(command, failure)
        }
    }

    // MARK: The end

    /// The report of a run. Prints why it failed.
    private func report(_ session: BootstrapSession) -> CommandReport {
        let run = session.run
        guard let failure = session.failure else {
            var report = CommandReport.done(Self.command, cloud: run.cloud, changed: session.changed)
            report.profile = run.profile
            report.steps = steps(session)
            return report
        }
        let title =
            failure.isPartial
            ? "\(run.name) is connected, and something is not as it should be."
            : failure.isUnproven
                ? "\(run.name) is configured, and it is not proven that the connection works."
                : "failed to bootstrap \(run.name)\(session.failedStep.map { ": the step '\($0.rawValue)' failed." } ?? ".")"
        context.console.error(ErrorFrame.text(title: title, causes: failure.causes, hint: failure.hint))
        if failure.reason == .interrupted {
            context.console.note("\nRun the same command again: it goes on where it was.")
        }
        var report = CommandReport(
            command: Self.command, cloud: run.cloud,
            result: failure.isPartial ? .partial : failure.isUnproven ? .unproven : .failed,
            changed: session.changed, reason: failure.reason, message: failure.message, causes: failure.causes,
            hint: failure.hint, status: failure.status)
        report.profile = run.profile
        report.mayPass = failure.mayPass
        report.steps = steps(session)
        return report
    }

    private func steps(_ session: BootstrapSession) -> [CommandReport.Step] {
        session.steps.map {
            CommandReport.Step(id: $0.step.rawValue, outcome: $0.outcome, milliseconds: $0.milliseconds)
        }
    }

    /// A note about runs that an interruption has kept from being tried.
    private func skipped(after count: Int) -> [JSONValue.Member] {
        guard count < runs.count else { return [] }
        return [.init("not_tried", .array(runs[count...].map { .string($0.name) }))]
    }

    private func json(_ session: BootstrapSession, _ report: CommandReport) -> JSONValue {
        let run = session.run
        let settings = try? session.cloudSettings()
        let deviceID = run.deviceID ?? settings.flatMap { try? $0.string("device.id") }
        let url = run.url ?? settings.flatMap { try? $0.string("url") ?? $0.string("http") }
        var members: [JSONValue.Member] = [
            .init("cloud", .string(run.cloud.rawValue)), .init("profile", .optional(run.profile?.text)),
            .init("device_id", .optional(deviceID)), .init("url", .optional(url)),
            .init("register", .optional((session.plan?.method ?? run.method)?.rawValue)),
            .init("result", .string(report.result.rawValue)), .init("changed", .bool(session.changed)),
        ]
        members += report.reasonMembers
        members.append(.init("steps", .array(session.steps.map(json))))
        if let certificate = session.certificateForReport {
            members.append(.init("certificate", certificate))
        }
        if let registration = session.registration {
            let page = DeviceRegistration.json(address: registration.url, deviceID: registration.deviceID)
            members.append(.init("registration", page))
        }
        return .object(members)
    }

    private func json(_ result: BootstrapSession.StepResult) -> JSONValue {
        .object([
            .init("id", .string(result.step.rawValue)), .init("outcome", .string(result.outcome.rawValue)),
            .init("changed", .bool(result.changed)), .init("milliseconds", .number(result.milliseconds)),
        ])
    }
}

/// A document that could not be read, as it was reported.
public struct BootstrapReadingFailure: Error {
    /// The report.
    public let report: CommandReport

    /// Keeps a report.
    public init(report: CommandReport) { self.report = report }
}

extension BootstrapSession {
    /// The certificate of the device, for programs; nil if it has none.
    var certificateForReport: JSONValue? {
        guard plan?.method != .basic, let settings = try? settings() else { return nil }
        return DeviceCertificate(run.cloud, run.profile, settings, in: quiet)?.json
    }
}

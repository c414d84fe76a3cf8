/// One run: its steps, in their order. Each keeps what is there and is as it must be.
///
/// The state of a run is what is on the device, so that a run that was interrupted goes on where it was.
final class BootstrapSession {
    /// How a step ended.
    struct StepResult {
        let step: BootstrapStep
        var outcome: CommandReport.Step.Outcome
        var changed = false
        var milliseconds = 0
    }

    let run: BootstrapRun
    let options: BootstrapOptions
    /// The device, with the variables of the run.
    let context: Context
    /// The same for commands that are steps of this one.
    let quiet: Context
    let lines: BootstrapLines
    let patience: BootstrapPatience
    let secrets: BootstrapSecrets
    private(set) var steps: [StepResult] = []
    private(set) var failure: BootstrapFailure?
    /// The address at which a person approves the device, if it was told.
    var registration: (url: String, deviceID: String)?
    /// The address with a one-time password that was made here, while its registration is pending.
    var pendingAddress: String?
    /// The address of the tenant for MQTT, where it says one.
    var mqttHost: String?
    /// What the settings are to be; known after `prepare`.
    var plan: BootstrapPlan?
    /// The settings files before the run changed them.
    var changedFiles: [FileEdit] = []
    /// What is not as it should be on a device that is connected.
    var partialFailure: BootstrapFailure?
    /// What only a run that may ask the cloud can do; nil if nothing is left.
    var deferral: BootstrapError?
    /// Whether the current step has changed something that stays if it fails.
    var hasChanged = false
    /// What replaces the certificate and key, with what was there before.
    var exchange: BootstrapExchange?

    init(
        _ run: BootstrapRun, _ options: BootstrapOptions, _ secrets: BootstrapSecrets, prefix: String,
        in context: Context
    ) {
        var context = context
        context.environment["TEDGE_CLOUD_PROFILE"] = nil
        for variable in run.variables where BootstrapRun.Purpose(rawValue: variable.purpose) != nil {
            context.environment[variable.purpose] = context.environment[variable.name]
        }
        (self.run, self.options, self.context, self.secrets) = (run, options, context, secrets)
        quiet = context.quiet
        lines = BootstrapLines(console: context.console, isTerminal: options.isTerminal, prefix: prefix)
        patience = BootstrapPatience(options: options, begin: .now, context: context, lines: lines)
    }

    /// Whether anything on the device was changed.
    var changed: Bool { steps.contains(where: \.changed) }

    /// The step that failed; nil if none did.
    var failedStep: BootstrapStep? { steps.first { $0.outcome == .failed }?.step }

    /// Does all steps. What fails is kept as `failure`.
    func perform() {
        do {
            try step(.prepare) { try prepare() }
            try step(.configure) { try configure() }
            try step(.register) { try register() }
            if let deferral {
                var failure = BootstrapFailure(deferral, in: context)
                failure.isUnproven = true
                self.failure = failure
            } else {
                try connect()
                failure = partialFailure
            }
            if exchange != nil { removeOldRegistration() }
            if plan?.method != .basic, let pair = try? pair(in: quiet) { BootstrapExchange.forget(pair) }
        } catch {
            failure = BootstrapFailure(error, in: context)
            restore()
        }
        for step in BootstrapStep.allCases where !steps.contains(where: { $0.step == step }) {
            steps.append(StepResult(step: step, outcome: .skipped))
        }
    }

    /// What a step did.
    struct Done {
        /// What it did, in plain words.
        let text: String
        let changed: Bool
        var isSkipped = false
        /// What a person has to do now; nil for nothing.
        var advice: String?

        static func kept(_ text: String) -> Done { Done(text: text, changed: false) }
        static func changed(_ text: String) -> Done { Done(text: text, changed: true) }
        static func skipped(_ text: String) -> Done { Done(text: text, changed: false, isSkipped: true) }
    }

    func step(_ step: BootstrapStep, _ body: () throws -> Done) throws {
        let begin = ContinuousClock.now
        hasChanged = false
        do {
            try context.interruption.check()
            let done = try body()
            record(step, done, since: begin)
        } catch {
            steps.append(
                StepResult(
                    step: step, outcome: .failed, changed: hasChanged,
                    milliseconds: Self.milliseconds(since: begin)))
            throw error
        }
    }

    func record(_ step: BootstrapStep, _ done: Done, since begin: ContinuousClock.Instant) {
        lines.line(step, done.text)
        if let advice = done.advice { context.console.line(advice) }
        steps.append(
            StepResult(
                step: step, outcome: done.isSkipped ? .skipped : .ok, changed: done.changed,
                milliseconds: Self.milliseconds(since: begin)))
    }

    static func milliseconds(since begin: ContinuousClock.Instant) -> Int {
        Int(begin.duration(to: .now) / .milliseconds(1))
    }

    /// The settings as they are now.
    func settings() throws -> Settings { try Settings.load(from: context.settingsSource) }

    /// The settings of the run's cloud as they are now.
    func cloudSettings() throws -> CloudSettings { try settings().cloud(run.cloud, profile: run.profile) }

    /// The files of certificate and key.
    func pair(in context: Context) throws -> CertificatePair {
        try CertificatePair(
            try Settings.load(from: context.settingsSource), cloud: run.cloud, profile: run.profile, in: context)
    }

    var paths: BridgePaths { BridgePaths(in: context.configurationDirectory, run.cloud, run.profile) }

    /// Whether the device has a connection that a failed run must leave alone.
    var isConnected: Bool { context.files.exists(paths.bridge) && !context.files.exists(paths.unfinished) }

    /// Takes back what a failed run has changed, if the device is connected: that connection goes on as it was.
    private func restore() {
        guard failedStep != .verify, failure?.reason != .serviceManagerUnavailable else { return }
        if let exchange {
            exchange.takeBack()
            // mosquitto was started with the new pair while connect was undone.
            var options = Connector.Options()
            options.isOffline = true
            if isConnected { _ = Reconnector(run.cloud, profile: run.profile, options: options, in: quiet).run() }
        }
        guard isConnected, !changedFiles.isEmpty else { return }
        let edits = changedFiles.map { FileEdit(path: $0.path, original: $0.contents, contents: $0.original) }
        do {
            _ = try context.changingFiles("tedge bootstrap \(run.name)") { files in
                try SettingsStore(context, files).write(edits)
            }
            lines.console.note("The settings are as before, for the connection that exists.")
            steps = steps.map { result in
                var result = result
                if result.step == .configure { result.changed = false }
                return result
            }
        } catch {
            lines.console.unrestored("Could not restore the settings: \(BootstrapFailure(error, in: context).message)")
        }
    }
}

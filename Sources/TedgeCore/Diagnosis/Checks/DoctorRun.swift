import MQTT
import X509

/// One run of the checks for a cloud: the outcomes so far, and the values that several checks share.
///
/// It changes nothing, and never connects with the bridge's client id, because that would end the session of the bridge.
final class DoctorRun {
    let context: Context
    let cloud: Cloud
    let profile: ProfileName?
    /// The time at which all checks must have ended.
    let deadline: ContinuousClock.Instant
    /// The outcomes by check id.
    private(set) var outcomes: [CheckID: CheckOutcome] = [:]
    /// Whether the checks of services also ask whether they start with the device, which is a question for each.
    var asksWhatIsEnabled = true

    // Values that one check finds and others need.
    var certificate: Certificate?
    var conversation: CloudFindings?

    /// Creates a run for a cloud. It stops waiting for programs, name servers and servers at the deadline and at a
    /// signal.
    init(_ cloud: CloudName, profile: ProfileName?, until deadline: ContinuousClock.Instant, in context: Context) {
        self.context = context.asking(until: deadline)
        self.cloud = Cloud.named(cloud)
        self.profile = profile
        self.deadline = deadline
    }

    /// The outcome of a check. A check runs only once, after the checks that it needs.
    func outcome(of id: CheckID) -> CheckOutcome {
        if let outcome = outcomes[id] { return outcome }
        let check = DoctorCheck.of(id)
        if let outcome = irrelevance(of: id) {
            outcomes[id] = outcome
            return outcome
        }
        for need in check.needs where !outcome(of: need).satisfies {
            outcomes[id] = .blocked(by: need)
            return .blocked(by: need)
        }
        var outcome = context.interruption.isRequested ? .outOfTime : check.run(self)
        // An interrupted check has no result.
        if outcome.diagnosis != nil, context.interruption.isRequested { outcome = .outOfTime }
        outcomes[id] = outcome
        return outcome
    }

    /// The outcome of a check that is irrelevant for this device; nil if it is relevant.
    func irrelevance(of check: CheckID) -> CheckOutcome? {
        if check == .agentRunning, !context.processes.isOnPath(Service.agent.unit) {
            return .skipped("tedge-agent is not installed")
        }
        if check == .messageQueue, (try? plan.get().builder.isDurable()) != true {
            return .skipped("the bridge is not durable; '\(reconnectCommand) --durable' makes it so")
        }
        if check == .deviceRegistered, cloud.check != .smartREST || credentialsFile != nil {
            return .skipped("only Cumulocity tells it, to devices with a certificate")
        }
        return exemption(from: check)
    }

    /// The deadline of a step that may take this many seconds.
    func end(after seconds: Double) -> ContinuousClock.Instant { min(deadline, .now + .seconds(seconds)) }

    // MARK: Shared by the checks

    /// The settings.
    private(set) lazy var settings: Result<Settings, any Error> = Result {
        try Settings.load(from: context.settingsSource)
    }
    /// The inputs that connect would use.
    private(set) lazy var plan: Result<ConnectionInputs, any Error> = Result {
        try ConnectionInputs(cloud, profile, in: context)
    }
    /// The service manager.
    private(set) lazy var manager: Result<ServiceManager, any Error> = Result {
        ServiceManager(try SystemSettings.load(from: context), in: context)
    }
    /// The states of mosquitto, the mapper and the agent in systemd; nil if something else manages services.
    private(set) lazy var states: Result<[Service: ServiceState]?, any Error> = Result {
        try manager.get().states(of: [.mosquitto] + mapperServices + [.agent])
    }
    /// The context with systemd's data about mosquitto. It is read once: asking takes a moment, and longer if systemd
    /// does not answer.
    private(set) lazy var brokerContext = context.knowingMosquitto()
    /// mosquitto's version.
    private(set) lazy var mosquittoVersion = MosquittoVersion.text(
        context.processes, context.interruption, program: brokerContext.mosquittoUnit?.program)

    /// The services that can be the mapper of this cloud.
    var mapperServices: [Service] { [.mapper(cloud.name, profile)] + (profile == nil ? [.singleMapper] : []) }

    /// The paths of the bridge's files.
    var paths: BridgePaths { BridgePaths(in: context.configurationDirectory, cloud.name, profile) }

    /// The settings of the cloud.
    func cloudSettings() throws -> CloudSettings { try settings.get().cloud(cloud.name, profile: profile) }

    /// The name of a setting of the cloud.
    func key(_ suffix: String) -> String {
        (try? cloudSettings().name(suffix).text) ?? "\(cloud.name.rawValue).\(suffix)"
    }

    /// The command that connects this cloud.
    var connectCommand: String {
        "sudo tedge connect \(cloud.name.words(profile))"
    }

    /// The command that disconnects this cloud.
    var disconnectCommand: String { "sudo tedge disconnect \(cloud.name.words(profile))" }

    /// The command that disconnects this cloud and connects it again.
    var reconnectCommand: String { "sudo tedge reconnect \(cloud.name.words(profile))" }

    /// Whether the caller is root. Other callers cannot read everything.
    var isRoot: Bool { context.accounts.isRoot }

    /// The outcome of a check that only root can run.
    static let needsRoot = CheckOutcome.skipped("only root may look; run 'sudo tedge doctor'")
}

extension Context {
    /// The same context for checks: programs are stopped at the deadline and at a signal.
    ///
    /// - Parameter limit: How long each program may take.
    func asking(until deadline: ContinuousClock.Instant, limit: Duration = AskingProcesses.limit) -> Context {
        var context = self
        context.interruption = interruption.bounded(by: deadline)
        context.processes = AskingProcesses(processes, context.interruption, limit: limit)
        return context
    }
}

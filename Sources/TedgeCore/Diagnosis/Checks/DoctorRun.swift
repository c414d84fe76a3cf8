import MQTT
import TLS
import X509

/// One visit of the doctor: the outcomes so far, and what several checks look at.
///
/// It changes nothing, and takes no identity of the bridge: a session under the bridge's client id would end the bridge's.
final class DoctorRun {
    let context: Context
    let cloud: Cloud
    let profile: ProfileName?
    /// When everything must have ended.
    let deadline: ContinuousClock.Instant
    /// The outcomes by the ids of their checks.
    private(set) var outcomes: [CheckID: CheckOutcome] = [:]

    // What one check finds and others use.
    var certificate: Certificate?
    var tlsFailure: TLSError?
    var conversation: CloudFindings?

    /// Looks at one cloud. Programs have their own time each; programs, name servers and servers that do not answer are left
    /// at the deadline, and when a signal comes.
    init(_ cloud: CloudName, profile: ProfileName?, until deadline: ContinuousClock.Instant, in context: Context) {
        self.context = context.asking(until: deadline)
        self.cloud = Cloud.named(cloud)
        self.profile = profile
        self.deadline = deadline
    }

    /// The outcome of a check, which is run only once, after those that it stands on.
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
        // What was cut off found nothing, whatever it says.
        if outcome.diagnosis != nil, context.interruption.isRequested { outcome = .outOfTime }
        outcomes[id] = outcome
        return outcome
    }

    /// What a check says without looking, because it does not concern the device.
    func irrelevance(of check: CheckID) -> CheckOutcome? {
        if check == .agentRunning, !context.processes.isOnPath(Service.agent.unit) {
            return .skipped("tedge-agent is not installed")
        }
        return exemption(from: check)
    }

    /// The end of a step that may take some seconds.
    func end(after seconds: Double) -> ContinuousClock.Instant { min(deadline, .now + .seconds(seconds)) }

    // MARK: What the checks look at

    /// The settings.
    private(set) lazy var settings: Result<Settings, any Error> = Result {
        try Settings.load(from: context.settingsSource)
    }
    /// What connect would do.
    private(set) lazy var plan: Result<ConnectionInputs, any Error> = Result {
        try ConnectionInputs(cloud, profile, in: context)
    }
    /// What drives services.
    private(set) lazy var manager: Result<ServiceManager, any Error> = Result {
        ServiceManager(try SystemSettings.load(from: context), in: context)
    }
    /// What systemd knows of mosquitto, the mapper and the agent; nil if something else manages services.
    private(set) lazy var states: Result<[Service: ServiceState]?, any Error> = Result {
        try manager.get().states(of: [.mosquitto] + mapperServices + [.agent])
    }
    /// The ways to the device with what systemd knows of mosquitto, for the checks that look at it: it takes a moment, and a
    /// systemd that does not answer its time.
    private(set) lazy var brokerContext = context.knowingMosquitto()
    /// mosquitto's version.
    private(set) lazy var mosquittoVersion = MosquittoVersion.text(
        context.processes, context.interruption, program: brokerContext.mosquittoUnit?.program)

    /// The services that may be the mapper of this cloud.
    var mapperServices: [Service] { [.mapper(cloud.name, profile)] + (profile == nil ? [.singleMapper] : []) }

    /// The names of the files.
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

    /// The command that disconnects it.
    var disconnectCommand: String { "sudo tedge disconnect \(cloud.name.words(profile))" }

    /// The command that disconnects it and connects it again.
    var reconnectCommand: String { "sudo tedge reconnect \(cloud.name.words(profile))" }

    /// Whether the caller is root. Others cannot see everything.
    var isRoot: Bool { context.accounts.isRoot }

    /// For what only root may look at.
    static let needsRoot = CheckOutcome.skipped("only root may look; run 'sudo tedge doctor'")
}

extension Context {
    /// The same world for somebody who only asks: whatever is asked ends at the deadline, and when a signal comes.
    func asking(until deadline: ContinuousClock.Instant) -> Context {
        var context = self
        context.interruption = interruption.bounded(by: deadline)
        context.processes = AskingProcesses(processes, context.interruption)
        return context
    }
}

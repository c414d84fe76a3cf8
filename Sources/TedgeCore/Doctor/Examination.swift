import MQTT
import TLS
import X509

/// One visit of the doctor: the outcomes so far, and what several checks look at.
///
/// It changes nothing, and takes no identity of the bridge: a session under the bridge's client id would end the bridge's.
final class Examination {
    let context: Context
    let cloud: Cloud
    let profile: ProfileName?
    /// When everything must have ended.
    let deadline: ContinuousClock.Instant
    /// The outcomes by the ids of their checks.
    private(set) var outcomes: [String: CheckOutcome] = [:]

    // What one check finds and others use.
    var certificate: Certificate?
    var tlsFailure: TLSError?
    var conversation: DoctorConversation.Findings?

    /// Looks at one cloud. Programs, name servers and servers that do not answer are left at the deadline.
    init(_ cloud: CloudName, profile: ProfileName?, until deadline: ContinuousClock.Instant, in context: Context) {
        var context = context
        context.interruption = context.interruption.bounded(by: deadline)
        self.context = context.knowingMosquitto()
        self.cloud = Cloud.named(cloud)
        self.profile = profile
        self.deadline = deadline
    }

    /// The outcome of a check, which is run only once, after those that it stands on.
    func outcome(of id: String) -> CheckOutcome {
        if let outcome = outcomes[id] { return outcome }
        guard let check = DoctorCheck.all.first(where: { $0.id == id }) else {
            return .unseen("there is no such check")
        }
        if let outcome = exemption(from: id) {
            outcomes[id] = outcome
            return outcome
        }
        for need in check.needs where !outcome(of: need).carries {
            outcomes[id] = .groundless(need)
            return .groundless(need)
        }
        let outcome: CheckOutcome =
            context.interruption.isRequested ? .unseen("there was no time left for it") : check.run(self)
        outcomes[id] = outcome
        return outcome
    }

    /// The end of a step that may take some seconds.
    func end(after seconds: Double) -> ContinuousClock.Instant { min(deadline, .now + .seconds(seconds)) }

    // MARK: What the checks look at

    /// The settings.
    private(set) lazy var settings: Result<Settings, any Error> = Result {
        try Settings.load(from: context.settingsSource)
    }
    /// What connect would do.
    private(set) lazy var plan: Result<ConnectPlan, any Error> = Result { try ConnectPlan(cloud, profile, in: context) }
    /// What drives services.
    private(set) lazy var manager: Result<ServiceManager, any Error> = Result {
        // One that hangs leaves time for the other checks.
        var context = context
        context.interruption = context.interruption.bounded(by: end(after: 4))
        return ServiceManager(try SystemSettings.load(from: context), in: context)
    }
    /// What systemd knows of mosquitto and the mapper; nil where something else manages services.
    private(set) lazy var states: [Service: ServiceState]? = (try? manager.get())?.states(
        of: [.mosquitto] + mapperServices)
    /// mosquitto's version.
    private(set) lazy var mosquittoVersion = MosquittoVersion.text(
        context.processes, context.interruption, program: context.mosquittoUnit?.program)

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

    /// The command that connects it anew.
    var reconnectCommand: String { connectCommand.replacing("connect", with: "reconnect") }

    /// Whether the caller is root. Others cannot see everything.
    var isRoot: Bool { context.accounts.isRoot }

    /// For what only root may look at.
    static let needsRoot = CheckOutcome.unseen("only root may look; run 'sudo tedge doctor'")
}

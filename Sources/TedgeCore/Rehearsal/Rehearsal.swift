import Synchronization
import X509

/// A run of a command that changes nothing: files change in memory, services and clouds are left alone, and what would have
/// changed is known at the end.
///
/// The command runs as always, so that what it would refuse, it refuses here. Only the answers of others are not known: a
/// broker that is restarted is taken to start, and a cloud to accept what it is sent.
public final class Rehearsal: Sendable {
    private let files: RehearsedFiles
    private let processes: RehearsedProcesses
    private let remarks = Mutex<[String]>([])
    private let mentions = Mutex<[String]>([])
    /// The device as it is.
    private let device: Context
    /// Whether the caller is not root, and the command is rehearsed as root would run it: on the files of the device itself,
    /// nobody else can. What only root may read cannot be read.
    let isWithoutRoot: Bool

    private init(of device: Context) {
        self.device = device
        isWithoutRoot = device.ownsMosquitto && !device.accounts.isRoot
        files = RehearsedFiles(
            over: device.files, owner: isWithoutRoot ? RehearsedAccounts.root : device.accounts.caller)
        let system = try? SystemSettings.load(from: device)
        processes = RehearsedProcesses(over: device.processes, system?.commands ?? .systemd)
    }

    /// Notes what would change elsewhere than on the device, in a whole sentence.
    func note(_ remark: String) { remarks.withLock { $0.append(remark) } }

    /// Notes in a whole sentence what would be done, and does not count as a change.
    func mention(_ text: String) { mentions.withLock { $0.append(text) } }

    /// Whether files would have other contents than on the disk.
    var hasChangedFiles: Bool {
        files.differences.contains { $0.after.status?.kind == .file && $0.before.contents != $0.after.contents }
    }

    /// A certificate that stands for the one that an authority would issue: only its name and its key are right.
    ///
    /// - Parameter authority: Who would issue it.
    func certificate(
        for request: EnrollmentRequest, from authority: String, _ settings: Settings
    ) throws -> IssuedCertificate {
        note("\(authority) would issue a certificate for '\(request.commonName)'.")
        let validity = try CertificateValidity(settings, now: device.now())
        let leaf = try Certificate.selfSigned(commonName: request.commonName, key: request.key, validity, settings)
        return IssuedCertificate(
            leaf: leaf, pem: try CertificateError.mapping { () throws(X509Error) in try leaf.pem() })
    }

    /// The device for the command.
    private var context: Context {
        var context = device
        context.files = files
        context.processes = processes
        context.console = device.console.printing(.problems)
        context.rehearsal = self
        if isWithoutRoot { context.accounts = RehearsedAccounts(base: device.accounts) }
        return context
    }

    /// Rehearses a command, and prints what it would change. If it would fail, it has printed why; what it would change
    /// all the same is printed after that.
    ///
    /// - Returns: The report of the command, with `changed` for what would change. Status 0 unless it would fail.
    public static func run(in device: Context, _ command: (Context) -> CommandReport) -> CommandReport {
        let rehearsal = Rehearsal(of: device)
        var report = command(rehearsal.context)
        let plan = rehearsal.plan
        report.changed = plan.hasChanges
        report.details += plan.members
        guard report.status != .failure, report.status != .misuse else {
            if plan.hasChanges { device.console.result(plan.text(fails: true)) }
            return report
        }
        report.status = .success
        report.result = .ok
        (report.reason, report.message, report.causes, report.hint) = (nil, plan.summary, [], nil)
        device.console.result(plan.text())
        if !plan.services.isEmpty, !device.accounts.isRoot {
            device.console.note("Only root can do this: with sudo, the plan also shows what other users may not read.")
        }
        return report
    }

    /// What would change.
    var plan: Plan {
        let (before, after) = (entries(device), entries(context))
        return Plan(
            settings: Self.changes(before, after), files: files.differences.filter { !Self.isInternal($0.path) },
            services: services,
            remarks: remarks.withLock { $0 }, mentions: mentions.withLock { $0 },
            secrets: Self.secrets(before + after))
    }

    /// Whether a file is only for this program, and says nothing about the configuration.
    private static func isInternal(_ path: String) -> Bool {
        let name = Path.name(of: path)
        return TemporaryName.isName(name) || name.hasSuffix(".conf.unread") || name.hasSuffix(".conf.unfinished")
    }

    // MARK: Settings

    private typealias Entry = (name: SettingName, setting: Setting)

    private func entries(_ context: Context) -> [Entry] {
        guard let settings = try? Settings.load(from: context.settingsSource).withoutEnvironment else { return [] }
        return settings.listing().entries.compactMap { entry in
            guard let setting = entry.setting, case .file = setting.origin else { return nil }
            return (entry.name, setting)
        }
    }

    private static func changes(_ before: [Entry], _ after: [Entry]) -> [Plan.SettingChange] {
        let value = { (entries: [Entry], key: String) in
            entries.first { $0.name.text == key }?.setting
        }
        var keys: [String] = []
        for key in (before + after).map(\.name.text) where !keys.contains(key) { keys.append(key) }
        return keys.compactMap { key in
            let (old, new) = (value(before, key), value(after, key))
            guard old?.value.printed != new?.value.printed else { return nil }
            return Plan.SettingChange(key: key, before: old, after: new)
        }
    }

    /// The values of secret settings, which the contents of files must not show.
    private static func secrets(_ entries: [Entry]) -> [String] {
        entries.filter(\.name.key.isSecret).map(\.setting.value.printed).filter { !$0.isEmpty }
    }

    // MARK: Services

    private var services: [Plan.ServiceChange] {
        let actions = processes.actions
        var units: [String] = []
        for action in actions where !units.contains(action.unit) { units.append(action.unit) }
        guard let system = try? SystemSettings.load(from: device) else { return [] }
        let manager = ServiceManager(system, in: device)
        return units.compactMap { unit in
            let before = state(of: Service(unit: unit, name: unit), manager)
            var after = before
            for action in actions where action.unit == unit {
                switch action.verb {
                case .restart: (after.isActive, after.isRestarted) = (true, true)
                case .start: after.isActive = true
                case .stop: after.isActive = false
                case .enable: after.isEnabled = true
                case .disable: after.isEnabled = false
                }
            }
            return before == after ? nil : Plan.ServiceChange(unit: unit, before: before, after: after)
        }
    }

    private func state(of service: Service, _ manager: ServiceManager) -> Plan.ServiceChange.State {
        if manager.isDefault {
            let state = (try? manager.states(of: [service]))?[service]
            return .init(isActive: state?.isActive, isEnabled: state?.isEnabled)
        }
        return .init(isActive: try? manager.isActive(service), isEnabled: nil)
    }
}

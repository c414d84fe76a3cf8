/// Why a step of a bootstrap failed, ready for printing.
struct BootstrapFailure: Error {
    let reason: ReasonID
    let causes: [String]
    let hint: String?
    /// Whether everything is configured, and it is only not proven that it works.
    var isUnproven = false
    /// Whether the device is connected all the same.
    var isPartial = false
    /// Whether the same may succeed later although the reason alone does not say so.
    var mayPass = false

    init(_ reason: ReasonID, _ causes: [String], hint: String? = nil, mayPass: Bool = false) {
        (self.reason, self.causes, self.hint, self.mayPass) = (reason, causes, hint, mayPass)
    }

    init(_ error: any Error, in context: Context) {
        if let failure = error as? BootstrapFailure {
            self = failure
            return
        }
        let explained = error as? any ExplainedError ?? UnexpectedError("\(error)")
        self.init(explained.id, explained.causes, hint: context.hint(for: explained))
    }

    init(_ diagnosis: Diagnosis, isUnproven: Bool = false) {
        self.init(diagnosis.id, diagnosis.causes, hint: diagnosis.hint)
        self.isUnproven = isUnproven
    }

    /// The failure that a command reports.
    init(_ report: CommandReport) {
        self.init(
            report.reason ?? .unexpected,
            report.causes.isEmpty ? [report.message ?? "\(report.command) failed."] : report.causes, hint: report.hint)
        isUnproven = report.status == .unproven
    }

    /// Whether the same command may succeed later without anybody changing anything on the device.
    var isRetriable: Bool { mayPass || reason.mayPass }

    /// The exit status.
    var status: ExitStatus {
        if isPartial { return .renewedCertificateRefused }
        return isUnproven ? .unproven : .failure
    }

    var message: String { CommandReport.sentence(causes) }
}

/// What only a bootstrap meets.
enum BootstrapError: ExplainedError, Equatable {
    /// The caller is not root.
    case notRoot
    /// A variable of the environment that the run names has no value.
    case variableMissing(String, purpose: String)
    /// The cloud's address is neither given nor set.
    case noURL(BootstrapRun)
    /// The identity of the device is neither given nor known.
    case noDeviceID(BootstrapRun)
    /// There is a certificate for another device.
    case otherIdentity(path: String, found: String, wanted: String, cloud: CloudName, users: [String])
    /// The method `present` needs a certificate that is not there.
    case nothingPresent(path: String)
    /// The method needs the cloud, which is to be left alone.
    case needsCloud(String)

    var id: ReasonID {
        switch self {
        case .notRoot: .permissionDenied
        case .variableMissing: .variableMissing
        case .noURL: .settingMissing
        case .noDeviceID: .deviceIDMissing
        case .otherIdentity: .certificateOfOther
        case .nothingPresent: .certificateMissing
        case .needsCloud: .bootstrapNeedsCloud
        }
    }

    var causes: [String] {
        switch self {
        case .notRoot: ["Only root may bootstrap a device."]
        case .variableMissing(let name, let purpose):
            [
                "The variable \(name) has no value in the environment"
                    + (name == purpose ? "." : ", and '\(purpose)' is to be taken from it.")
            ]
        case .noURL(let run): ["The address of \(run.cloud.productName) is not known: neither given nor set."]
        case .noDeviceID: ["The id of the device is not known: it is not given, and there is no certificate."]
        case .otherIdentity(let path, let found, let wanted, _, let users):
            ["The certificate \(path) is for the device '\(found)', and '\(wanted)' is wanted."]
                + (users.isEmpty ? [] : ["It is also the certificate of \(users.joined(separator: ", "))."])
        case .nothingPresent(let path): ["There is no certificate \(path), and the method 'present' expects one."]
        case .needsCloud(let what): ["\(what), which is not possible with --offline."]
        }
    }

    var hint: String? {
        switch self {
        case .notRoot: ErrorAdvice.useSudo
        case .variableMissing(let name, _):
            "Set it, and keep it with 'sudo --preserve-env=\(name)'; in a unit of systemd use a credential."
        case .noURL: "Give --url HOST, or 'url' in the document."
        case .noDeviceID: "Give --device-id ID, 'device_id' in the document, or the variable TEDGE_DEVICE_ID."
        case .otherIdentity(_, let found, _, let cloud, let users):
            users.isEmpty
                ? "Give --device-id \(ShellWord.quoted(found)) to keep it, or --re-register to replace it."
                : "Set \(cloud.rawValue).device.cert_path and \(cloud.rawValue).device.key_path to files that only this connection uses."
        case .nothingPresent: "Put certificate and key there, or give another --register."
        case .needsCloud: "Run the command without --offline once the device reaches the cloud."
        }
    }
}

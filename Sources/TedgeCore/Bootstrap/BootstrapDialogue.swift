/// The questions of a bootstrap without arguments: cloud, address, identity and method. An empty answer takes the shown default,
/// and an answer that the options would refuse is asked for again.
public struct BootstrapDialogue {
    private let context: Context

    /// Asks on the terminal.
    public init(in context: Context) { self.context = context }

    /// Asks, shows the command that does the same, and asks whether to go on. Changes nothing.
    public func ask() throws -> BootstrapRun {
        let console = context.console
        console.line(
            "This connects the device to a cloud. Nothing is changed before the last question; Ctrl-C ends it.\n")
        let settings = try Settings.load(from: context.settingsSource)
        var run = try cloud(settings)
        let known = settings.cloud(run.cloud, profile: run.profile)
        run.url = try url(of: run, known)
        let certificateID = try certificateID(of: run, settings)
        if let id = certificateID {
            console.line("The device is '\(id)', because it has a certificate of that name.")
            run.deviceID = id
        } else {
            run.deviceID = try deviceID(known)
        }
        run.method = try method(of: run, hasCertificate: certificateID != nil)
        console.line("\nThe same without questions:\n\n  sudo \(Self.command(run))\n")
        guard try isConfirmed("Go on?") else { throw BootstrapDialogueError.declined }
        console.line("")
        return run
    }

    /// The command line of a run, as it is typed in a shell. It holds no secrets, because a run has none.
    public static func command(_ run: BootstrapRun) -> String {
        var words = ["tedge", "bootstrap", run.name]
        if let url = run.url { words += ["--url", url] }
        if let id = run.deviceID { words += ["--device-id", id] }
        if let method = run.method { words += ["--register", method.rawValue] }
        for setting in run.settings { words += ["--set", "\(setting.key)=\(setting.value)"] }
        if run.registersAgain { words.append("--re-register") }
        if run.isClean { words.append("--clean") }
        return words.map(ShellWord.quoted).joined(separator: " ")
    }

    // MARK: The questions

    private func cloud(_ settings: Settings) throws -> BootstrapRun {
        let configured = CloudName.allCases.first { cloud in
            (try? settings.cloud(cloud, profile: nil).string("url")) ?? nil != nil
        }
        let names = CloudName.allCases.map { "\($0.rawValue) (\($0.productName))" }.joined(separator: ", ")
        return try answer("Cloud: \(names)", default: (configured ?? .c8y).rawValue) {
            typed throws(BootstrapRunProblem) in
            let parts = typed.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let cloud = CloudName(rawValue: parts[0].lowercased()) ?? CloudName(called: parts[0]) else {
                throw BootstrapRunProblem("'\(typed)' is not a cloud", hint: "Type c8y, az or aws.")
            }
            guard parts.count == 2 else { return BootstrapRun(cloud) }
            do throws(ProfileName.Problem) {
                return BootstrapRun(cloud, profile: try ProfileName(parsing: parts[1]))
            } catch {
                throw BootstrapRunProblem("'\(parts[1])' is not the name of a profile: \(error.text)")
            }
        }
    }

    private func url(of run: BootstrapRun, _ known: CloudSettings) throws -> String {
        let stored = [try? known.string("url"), run.cloud == .c8y ? try? known.string("http") : nil]
        let example =
            switch run.cloud {
            case .c8y: "<tenant>.cumulocity.com"
            case .az: "<hub>.azure-devices.net"
            case .aws: "<id>-ats.iot.<region>.amazonaws.com"
            }
        return try answer(
            "Address of \(run.cloud.productName), for example \(example)",
            default: stored.compactMap { $0 ?? nil }.first
        ) { typed throws(BootstrapRunProblem) in
            try BootstrapRun.checkedURL(typed, of: run.cloud)
        }
    }

    private func deviceID(_ known: CloudSettings) throws -> String {
        let proposed = ((try? known.string("device.id")) ?? nil) ?? context.proposedDeviceID
        return try answer("Id of the device", default: proposed) { typed throws(BootstrapRunProblem) in
            try BootstrapRun.checkDeviceID(typed)
            return typed
        }
    }

    /// The name in the certificate that the run would use; nil if there is none.
    private func certificateID(of run: BootstrapRun, _ settings: Settings) throws -> String? {
        let pair = try CertificatePair(settings, cloud: run.cloud, profile: run.profile, in: context)
        guard context.files.exists(pair.certificatePath) else { return nil }
        return try CertificateFile.commonName(at: pair.certificatePath, files: context.files)
    }

    private func method(of run: BootstrapRun, hasCertificate: Bool) throws -> BootstrapRun.Method {
        let offered = BootstrapRun.methods(of: run.cloud)
        context.console.line("How the device proves its identity:")
        for method in offered {
            context.console.line("  \(method.rawValue.padded(to: 11))  \(method.words)")
        }
        return try answer("Method", default: (hasCertificate ? .present : offered[0]).rawValue) {
            typed throws(BootstrapRunProblem) in
            guard let method = BootstrapRun.Method(rawValue: typed) else {
                throw BootstrapRunProblem(
                    "'\(typed)' is not a method",
                    hint: "Type one of \(offered.map(\.rawValue).joined(separator: ", ")).")
            }
            try run.check(method)
            return method
        }
    }

    private func isConfirmed(_ question: String) throws -> Bool {
        while true {
            switch try line("\(question) [Y/n] ").lowercased() {
            case "", "y", "yes": return true
            case "n", "no": return false
            default: context.console.line("  Type y or n.")
            }
        }
    }

    // MARK: Answers

    private func answer<Answer>(
        _ question: String, default proposed: String?, _ check: (String) throws(BootstrapRunProblem) -> Answer
    ) throws -> Answer {
        while true {
            let typed = try line(proposed.map { "\(question) [\(ErrorFrame.printable($0))]: " } ?? "\(question): ")
            guard let text = typed.isEmpty ? proposed : typed else { continue }
            do throws(BootstrapRunProblem) {
                return try check(text)
            } catch {
                context.console.line("  \(error.reason)." + (error.hint.map { " \($0)" } ?? ""))
            }
        }
    }

    /// A line without the spaces around it.
    private func line(_ prompt: String) throws -> String {
        let typed: String?
        do throws(TerminalError) {
            typed = try context.terminal.readLine(prompt: prompt, interruption: context.interruption)
        } catch {
            switch error {
            case .absent: throw BootstrapDialogueError.noTerminal
            case .failed(let reason): throw CredentialError.terminal(reason: reason.description)
            case .interrupted(let interrupted): throw interrupted
            }
        }
        guard let typed else { throw BootstrapDialogueError.ended }
        return String(typed.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}

/// Why the questions were not answered to the end.
enum BootstrapDialogueError: ExplainedError, Equatable {
    /// There is nobody to ask.
    case noTerminal
    /// The input ended.
    case ended
    /// The last answer was no.
    case declined

    var id: ReasonID { .dialogueEnded }

    var causes: [String] {
        switch self {
        case .noTerminal: ["There is no terminal to ask on."]
        case .ended: ["The input ended before the last question. Nothing was changed."]
        case .declined: ["You have chosen not to go on. Nothing was changed."]
        }
    }

    var hint: String? {
        self == .declined
            ? nil : "Give for example 'c8y --url <tenant>.cumulocity.com --device-id <id>', or '--from FILE'."
    }
}

extension BootstrapRun.Method {
    /// What it does, for a list.
    fileprivate var words: String {
        switch self {
        case .tenantAuthority: "the tenant issues a certificate when you have registered the device there"
        case .selfSigned: "the device signs its own certificate, which the cloud must be told to trust"
        case .basic: "a user name and a password instead of a certificate"
        case .present: "the certificate and its key are on the device already"
        }
    }
}

extension Context {
    /// The host name, if it can tell devices apart; else the serial number of the board; nil if neither can be an id.
    var proposedDeviceID: String? {
        let names = ["sys/kernel/hostname", "device-tree/serial-number"].compactMap { name -> String? in
            guard let bytes = (try? files.readIfPresent(Path.join(processDirectory, name))) ?? nil else { return nil }
            return String(decoding: bytes.prefix { $0 > 0x20 && $0 < 0x7F }, as: UTF8.self)
        }
        return names.first { DeviceIDRule.problem(of: $0) == nil && !Self.commonHostNames.contains($0.lowercased()) }
    }

    /// What images call every device.
    private static let commonHostNames: Set = [
        "localhost", "localhost.localdomain", "debian", "raspberrypi", "ubuntu", "armbian", "localhost6", "(none)",
        "linux",
        "buildroot", "yocto", "openwrt", "beaglebone",
    ]
}

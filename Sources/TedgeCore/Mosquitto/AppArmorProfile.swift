/// The AppArmor profile of mosquitto, which Ubuntu's package has since 25.04, with the file for the owner's additions. It keeps
/// mosquitto from reading what is not below `/etc/mosquitto`.
struct AppArmorProfile {
    let context: Context
    /// The profile.
    let path: String
    /// The file for the owner's additions, which need not exist.
    let local: String

    /// The names that packages give the profile.
    private static let names = ["mosquitto", "usr.sbin.mosquitto"]

    /// The profile of a device; nil if there is none, or if it is not this device's mosquitto that is configured.
    init?(in context: Context) {
        let directory = context.appArmorDirectory
        guard context.ownsMosquitto, context.files.isDirectory("\(directory)/local") else { return nil }
        let name = Self.names.first { name in
            // Without this line the additions have no effect.
            guard let bytes = try? context.files.read("\(directory)/\(name)") else { return false }
            return String(decoding: bytes, as: UTF8.self).split(separator: Character("\n")).contains { line in
                line.contains("include") && line.contains("local/\(name)")
            }
        }
        guard let name else { return nil }
        self.context = context
        (path, local) = ("\(directory)/\(name)", "\(directory)/local/\(name)")
    }

    /// Whether the kernel enforces it; false also if only its messages are written, or if the caller may not know.
    var isInForce: Bool {
        state?.hasSuffix(" (enforce)") == true
    }

    private var isLoaded: Bool { state != nil }

    /// The line of the kernel's list of profiles, such as `mosquitto (enforce)`.
    private var state: String? {
        guard let bytes = try? context.files.read("\(context.appArmorKernelDirectory)/profiles") else { return nil }
        let names = Self.names + ["/usr/sbin/mosquitto"]
        return String(decoding: bytes, as: UTF8.self).split(separator: Character("\n")).map(String.init).first { line in
            names.contains { line.hasPrefix("\($0) (") }
        }
    }

    // MARK: What mosquitto needs

    /// The rules for all that the settings have mosquitto read.
    func wanted(_ settings: Settings) -> [String] {
        let root = context.configurationDirectory
        let own = ["\(root)/mosquitto-conf", "\(root)/device-certs"]
        let directories = Set(own.flatMap(names))
        var rules = Set(directories.flatMap(AppArmorRules.directory))
        for path in paths(settings) where !directories.contains(where: { Path.isInside(path, $0) }) {
            for name in names(path) {
                rules.formUnion(
                    context.files.isDirectory(path) ? AppArmorRules.directory(name) : AppArmorRules.file(name))
            }
        }
        return rules.sorted()
    }

    /// The files and directories outside ours that the settings name.
    private func paths(_ settings: Settings) -> Set<String> {
        var paths: Set<String> = []
        for cloud in CloudName.allCases {
            for profile in [nil] + settings.profiles(of: cloud).map(Optional.some) {
                let cloud = settings.cloud(cloud, profile: profile)
                for key in ["root_cert_path", "device.cert_path", "device.key_path"] {
                    guard let path = try? cloud.path(key) else { continue }
                    paths.formUnion([path] + linked(from: path))
                }
            }
        }
        let external = (try? ListenerConfiguration.from(settings))?.external?.files.map(\.path) ?? []
        return paths.union(external)
    }

    /// A path, and the same without symbolic links, by which AppArmor knows it.
    private func names(_ path: String) -> Set<String> { [path, MosquittoFiles.canonical(path, context.files)] }

    /// The directories with the files to which links in a directory lead: the trusted certificates are usually links.
    private func linked(from directory: String) -> Set<String> {
        guard context.files.isDirectory(directory) else { return [] }
        let links = ((try? context.files.list(directory)) ?? []).map { Path.join(directory, $0) }
        let targets = links.map { MosquittoFiles.canonical($0, context.files) }
        return Set(targets.map(Path.directory(of:)).filter { $0 != "/" })
    }

    /// What rules have, but neither our block nor other lines of the owner's file, nor the profile.
    func missing(_ rules: [String]) -> [String] {
        let lines = Set(present)
        return rules.filter { !lines.contains($0) }
    }

    /// All lines of the profile and of the owner's file.
    var present: [String] { [path, local].flatMap(lines) }

    /// All lines of a file, without the blanks around them.
    private func lines(_ path: String) -> [String] {
        let bytes = (try? context.files.readIfPresent(path)) ?? nil
        return String(decoding: bytes ?? [], as: UTF8.self).split(separator: Character("\n")).map { line in
            String(line.drop { $0 == " " || $0 == "\t" })
        }
    }

    // MARK: The block

    /// Has the kernel let mosquitto read what the settings name. A parser that refuses leaves the file as before, and a warning.
    ///
    /// - Returns: Undoes the change; nil if nothing changed.
    func allow(_ settings: Settings) throws -> (() -> Void)? {
        let rules = wanted(settings)
        let before = try context.files.readIfPresent(local)
        let text = String(decoding: before ?? [], as: UTF8.self)
        guard text.utf8.elementsEqual(before ?? []), AppArmorBlock.rules(in: text) != rules else { return nil }
        // Rules that are not needed any more are no reason to load the profile again.
        if AppArmorBlock.rules(in: text) != nil, missing(rules).isEmpty { return nil }
        let files = FileTransaction(context.files)
        try files.write(local, Array(AppArmorBlock.replacing(text, with: rules).utf8))
        guard let problem = reload() else {
            files.commit()
            return { restore(before) }
        }
        context.rollBack(files)
        _ = reload()
        context.console.warning(
            "AppArmor does not take the rules that let mosquitto read the files of tedge: \(problem) Run 'sudo "
                + "apparmor_parser --replace \(path)' to see whether the profile is correct without them.")
        return nil
    }

    private func restore(_ before: [UInt8]?) {
        let files = FileTransaction(context.files)
        do throws(FileError) {
            if let before { try files.write(local, before) } else { _ = try files.remove(local) }
            files.commit()
        } catch {
            context.console.unrestored("Could not restore \(error.path): \(error.reason)")
        }
        _ = reload()
    }

    /// Loads the profile again if the kernel has it: one that the owner has disabled stays so. Returns why it could not.
    func reload() -> String? {
        guard isLoaded, context.processes.isOnPath("apparmor_parser") else { return nil }
        do {
            let result = try context.processes.run(
                ["apparmor_parser", "--replace", path], interruption: context.interruption)
            if result.succeeded { return nil }
            let said = result.error.split(separator: Character("\n")).map(String.init)
            return said.suffix(2).joined(separator: " ") + "."
        } catch {
            return "apparmor_parser could not be run."
        }
    }
}

extension DoctorRun {
    /// Whether AppArmor lets mosquitto read what it needs.
    func appArmor() -> CheckOutcome {
        guard let profile = AppArmorProfile(in: context) else {
            return .ok("there is no AppArmor profile of mosquitto")
        }
        guard isRoot else { return Self.needsRoot }
        guard profile.isInForce else { return .ok("the profile of mosquitto is not in force") }
        let rules = ((try? settings.get()).map(profile.wanted) ?? [])
        if let first = profile.missing(rules).first {
            return .error(
                Diagnosis(
                    .appArmorDenied, "AppArmor does not let mosquitto read all that it needs.",
                    seen: "\(profile.local) does not have the rule '\(first)'",
                    hint: "Run 'sudo tedge init && sudo systemctl restart mosquitto'."))
        }
        let present = profile.present
        let denial = AppArmorDenial.last(in: audit()) { denial in
            present.contains(denial.rule) || (denial.access == "r" && AppArmorRules.allow(denial.path, present))
        }
        guard let denial else { return .ok("the profile allows what it needs") }
        return .warning(
            Diagnosis(
                .appArmorDenied, "AppArmor denied mosquitto the access to a file since the device was started.",
                seen: "\(denial.path) (\(denial.access))",
                hint: "If mosquitto is to have it, add the line '\(denial.rule)' to \(profile.local), then "
                    + "run 'sudo apparmor_parser --replace \(profile.path) && sudo systemctl restart mosquitto'."))
    }

    /// What the kernel's audit said since the start of the device.
    private func audit() -> [String] {
        let words = [
            "journalctl", "--boot", "--quiet", "--no-pager", "--output=cat", "--lines=500", "_TRANSPORT=kernel", "+",
            "_TRANSPORT=audit",
        ]
        let answer = try? context.processes.ask(words, within: .seconds(3), interruption: context.interruption)
        guard let answer, answer.succeeded else { return [] }
        return answer.output.split(separator: Character("\n")).map(String.init)
    }
}

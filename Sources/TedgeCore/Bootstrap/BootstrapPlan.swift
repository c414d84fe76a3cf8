/// The settings that a run wants, in memory.
struct BootstrapPlan {
    /// The settings that the run wants, without variables of the environment for what the run itself sets.
    let editor: SettingsEditor
    /// The settings that the run changes.
    let changed: [SettingName]
    /// The method, also if the run names none.
    let method: BootstrapRun.Method

    var settings: Settings { editor.settings }

    /// Decides what is set; reads nothing but the settings.
    ///
    /// - Parameters:
    ///   - mqttHost: The tenant's own address for MQTT, as it was discovered; nil if that is not known.
    ///   - context: The files and the environment of the run.
    init(_ run: BootstrapRun, _ settings: Settings, mqttHost: String?, in context: Context) throws {
        var draft = Draft(SettingsEditor(settings))
        try draft.apply(try Self.addresses(run, settings, mqttHost: mqttHost))
        try draft.apply(try run.settings.map { (try run.settingName($0.key), $0.value) })
        try draft.apply(try Self.secrets(run, in: context))
        let method = try Self.method(of: run, draft.editor.settings, in: context)
        try draft.apply(try Self.authentication(run, draft.editor.settings, method, in: context))
        if run.isClean {
            let rest = SettingTable.keys(of: run.cloud).map { SettingName($0, profile: run.profile) }
            try draft.apply(rest.filter { !draft.wanted.contains($0) }.map { ($0, nil) })
        }
        var (editor, changed) = (draft.editor, draft.changed)
        for name in changed { editor.warnOfOverride(of: name) }
        (self.editor, self.changed, self.method) = (editor, changed, method)
    }

    /// Changes settings in memory, and knows which of them are other than before.
    private struct Draft {
        var editor: SettingsEditor
        private(set) var wanted: Set<SettingName> = []
        private(set) var changed: [SettingName] = []

        init(_ editor: SettingsEditor) { self.editor = editor }

        mutating func apply(_ pairs: [(SettingName, String?)]) throws {
            for (name, value) in pairs {
                wanted.insert(name)
                let before = try editor.settings.withoutEnvironment.stored(name)?.value
                if let value { try editor.set(name, to: value) } else { try editor.unset(name) }
                let isSame = try editor.settings.withoutEnvironment.stored(name)?.value == before
                if !isSame, !changed.contains(name) { changed.append(name) }
            }
        }
    }

    /// The settings whose values are in variables of the environment.
    private static func secrets(_ run: BootstrapRun, in context: Context) throws -> [(SettingName, String?)] {
        try run.variables.compactMap { variable in
            guard variable.purpose != variable.name, BootstrapRun.Purpose(rawValue: variable.purpose) == nil,
                let value = context.environment[variable.name]
            else { return nil }
            return (try run.settingName(variable.purpose), value)
        }
    }

    /// The method of the run; else the one that the device uses already; else the usual one of the cloud.
    private static func method(
        of run: BootstrapRun, _ settings: Settings, in context: Context
    ) throws -> BootstrapRun.Method {
        if let method = run.method { return method }
        let cloud = settings.cloud(run.cloud, profile: run.profile)
        if case .password? = try? DeviceAuthentication(cloud, exists: context.files.exists) { return .basic }
        let usual: BootstrapRun.Method = run.cloud == .c8y ? .tenantAuthority : .selfSigned
        if run.registersAgain { return usual }
        let pair = try CertificatePair(settings, cloud: run.cloud, profile: run.profile, in: context)
        return context.files.exists(pair.certificatePath) ? .present : usual
    }

    /// The addresses. What the settings say of the same tenant stays, so that a run without an answer of the tenant does not
    /// undo what another one has found.
    private static func addresses(
        _ run: BootstrapRun, _ settings: Settings, mqttHost: String?
    ) throws -> [(SettingName, String?)] {
        guard let url = run.url else { return [] }
        let address = SettingName(try SettingName("\(run.cloud.rawValue).url").key, profile: run.profile)
        guard run.cloud == .c8y else { return [(address, url)] }
        let (http, mqtt) = (
            try SettingName("c8y.http", profile: run.profile), try SettingName("c8y.mqtt", profile: run.profile)
        )
        let host = try HostPort(parsing: url, defaultPort: 443)
        let stored = settings.withoutEnvironment
        let storedURL = try stored.stored(address)?.value.printed
        func endpoint(_ name: SettingName) throws -> HostPort? {
            if case .hostPort(let found)? = try stored.stored(name)?.value { found } else { nil }
        }
        let (storedHTTP, hasMQTT) = (try endpoint(http), try endpoint(mqtt) != nil)
        let hasHTTP = storedHTTP?.host == host.host && storedHTTP?.port == host.port
        // With --clean nothing is kept.
        let isSameTenant = !run.isClean && (storedURL == host.host || (storedURL == nil && hasHTTP))
        let isSplit =
            host.stored != host.host || mqttHost.map { $0 != host.host } ?? (isSameTenant && storedURL == nil)
        func isGiven(_ name: SettingName) -> Bool {
            run.settings.contains { (try? run.settingName($0.key)) == name }
        }
        var wanted: [(SettingName, String?)] = [(address, isSplit ? nil : url)]
        if !isGiven(http), isSplit ? !hasHTTP || run.isClean : !isSameTenant {
            wanted.append((http, isSplit ? url : nil))
        }
        // What is set for the same tenant may have been set by hand.
        guard !isGiven(mqtt), !(isSameTenant && hasMQTT) else { return wanted }
        if isSplit {
            wanted.append((mqtt, mqttHost ?? host.host))
        } else if !isSameTenant {
            wanted.append((mqtt, nil))
        }
        return wanted
    }

    /// How the device proves who it is, where the settings say otherwise.
    private static func authentication(
        _ run: BootstrapRun, _ settings: Settings, _ method: BootstrapRun.Method, in context: Context
    ) throws -> [(SettingName, String?)] {
        guard run.cloud == .c8y else { return [] }
        let name = try SettingName("c8y.auth_method", profile: run.profile)
        let cloud = settings.cloud(.c8y, profile: run.profile)
        let current = try DeviceAuthentication(cloud, exists: context.files.exists)
        guard method == .basic else { return current == .certificate ? [] : [(name, "certificate")] }
        // `auto` with credentials means the same.
        var wanted: [(SettingName, String?)] = current == .certificate || run.isClean ? [(name, "basic")] : []
        let id = try SettingName(run.profile == nil ? "device.id" : "c8y.device.id", profile: run.profile)
        let known = try? cloud.string("device.id")
        let isStored = run.isClean ? try settings.withoutEnvironment.stored(id) != nil : false
        if let deviceID = run.deviceID ?? known, known != deviceID || isStored { wanted.append((id, deviceID)) }
        return wanted
    }
}

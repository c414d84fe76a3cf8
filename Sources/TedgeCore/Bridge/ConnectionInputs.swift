import MQTT
import X509

/// Everything that connect and its check take from the settings, read before anything is printed or done.
struct ConnectionInputs {
    let cloud: Cloud
    let profile: ProfileName?
    let settings: Settings
    let builder: BridgeBuilder
    let listeners: ListenerConfiguration?
    let system: SystemSettings
    let paths: BridgePaths
    let authentication: DeviceAuthentication
    /// The version of mosquitto.
    let mosquittoVersion = MosquittoVersion.Known()

    /// Reads the settings. Throws for the first that is missing or cannot be used.
    ///
    /// - Parameter becomesDurable: Whether the bridge keeps messages whatever the setting says.
    init(_ cloud: Cloud, _ profile: ProfileName?, becomesDurable: Bool = false, in context: Context) throws {
        self.cloud = cloud
        self.profile = profile
        KeyProviderSetup.takeTCTI(in: context)
        settings = try Settings.load(from: context.settingsSource)
        let files = context.files
        builder = BridgeBuilder(
            cloud: cloud, settings: settings.cloud(cloud.name, profile: profile),
            isDirectory: { files.isDirectory($0) }, becomesDurable: becomesDurable)
        _ = try builder.endpoint()
        _ = try builder.deviceID()
        listeners = try ListenerConfiguration.from(settings)
        system = try SystemSettings.load(from: context)
        paths = BridgePaths(in: context.configurationDirectory, cloud.name, profile)
        authentication = try DeviceAuthentication(builder.settings, exists: files.exists)
    }

    /// Throws if a setting cannot be used with a bridge of mosquitto, or clashes with another connection.
    func refuseUnsupported() throws {
        try ProfileClash(builder.settings).check()
        if try settings.bool("mqtt.bridge.built_in") {
            throw BridgeError.builtInBridge(path: Settings.mainPath(in: settings.directory))
        }
        let key = "device.cryptoki.mode"
        let mode = try settings.required(key)
        guard authentication == .certificate, mode != "off" else { return }
        throw BridgeError.unsupported(
            key: key, value: mode,
            instead:
                "mosquitto's bridge uses a key in a token through OpenSSL's provider 'pkcs11', and needs a file that stands "
                + "for it: run 'tedge config set \(key) off' and 'sudo tedge cert create-csr --key \(try keyAddress())', which "
                + "makes the file. If there is one at 'device.key_path' already, move it away first.")
    }

    /// The address of the key in the token that the settings name, without its PIN, for a command line.
    private func keyAddress() throws -> String {
        let own = try builder.settings.string("device.key_uri") ?? settings.string("device.key_uri")
        let text = try own ?? settings.string("device.cryptoki.uri") ?? ""
        return TokenURI(text).map { ShellWord.quoted($0.name) } ?? "pkcs11:…"
    }

    /// The device's user name and password; nil if it uses its certificate.
    func credentials(in context: Context) throws(CredentialsError) -> DeviceCredentials? {
        guard case .password(let file) = authentication else { return nil }
        return try DeviceCredentials(contentsOf: file, files: context.files)
    }

    /// The bridge that the settings describe.
    func bridge(in context: Context) throws -> BridgeConfiguration {
        try builder.bridge(
            credentials: try credentials(in: context),
            mosquittoVersion: { mosquittoVersion.text(in: context) })
    }

    /// The file of a bridge.
    func file(of bridge: BridgeConfiguration) -> BrokerChange.FileChange {
        BrokerChange.FileChange(
            path: paths.bridge, text: MosquittoRenderer.text(of: bridge), isSecret: bridge.credentials != nil)
    }

    /// Checks the certificate of the bridge, if it uses one, and the root certificates.
    ///
    /// - Parameter account: The user that mosquitto runs as, if that user must be able to read the files.
    func validate(_ bridge: BridgeConfiguration, for account: Account?, in context: Context) throws {
        let validation = try validation(of: bridge, for: account, in: context)
        if bridge.credentials == nil { return try validation.run() }
        try validation.checkRoots()
        if let account { try validation.checkReadabilityOfRoots(for: account) }
    }

    /// The check of the bridge's certificate.
    ///
    /// - Parameter account: The user that mosquitto runs as, if that user must be able to read the files.
    func validation(
        of bridge: BridgeConfiguration, for account: Account?, in context: Context
    ) throws -> CertificateValidation {
        CertificateValidation(
            context: context, certificatePath: bridge.certificatePath, keyPath: bridge.keyPath,
            trustRoots: bridge.trustRoots, brokerAccount: account,
            rootsKey: try builder.settings.name("root_cert_path").text)
    }

    /// What the check needs.
    func checkValues(limit: Duration, files: any Files) throws -> CheckValues {
        let clientID = randomClientID("check_connection_\(cloud.name.rawValue)")
        return CheckValues(
            cloud: cloud, deviceID: try builder.deviceID(),
            deviceType: cloud.check == .smartREST ? try settings.required("device.type") : "",
            usesCertificate: authentication == .certificate,
            prefix: try builder.topicPrefix(), healthTopic: try builder.healthTopic(), hosts: try hosts(),
            broker: try MQTTOptions.local(settings, clientID: clientID, files: files), limit: limit)
    }

    /// The hosts of the tenant, in lower case.
    private func hosts() throws -> [String] {
        guard cloud.check == .smartREST else { return [] }
        var hosts = [try builder.endpoint().host.lowercased()]
        for host in [try builder.settings.string("url"), try? builder.settings.hostPort("http").host] {
            if let host = host?.lowercased(), !hosts.contains(host) { hosts.append(host) }
        }
        return hosts
    }
}

/// A row in the doctor's table.
struct DoctorCheck: Sendable {
    /// The name, for `--only`, `--skip` and programs.
    let id: String
    /// What is looked at, for `--list`.
    let title: String
    /// The checks it stands on.
    let needs: [String]
    /// Looks.
    let run: @Sendable (DoctorRun) -> CheckOutcome

    init(_ id: String, _ title: String, needs: [String] = [], run: @escaping @Sendable (DoctorRun) -> CheckOutcome) {
        (self.id, self.title, self.needs, self.run) = (id, title, needs, run)
    }

    /// All checks, in the order in which they are done: first what is on the device, then the way to the cloud, last what
    /// comes over it.
    static let all: [DoctorCheck] = settings + certificates + broker + services + network + connection

    private static let settings = [
        DoctorCheck("libraries", "libmosquitto and OpenSSL are installed") { $0.libraries() },
        DoctorCheck("settings", "the settings can be read and are well formed") { $0.settingsCheck() },
        DoctorCheck("known-settings", "no setting is misspelled", needs: ["settings"]) { $0.knownSettings() },
        DoctorCheck("cloud-address", "the address of the cloud is set and plausible", needs: ["settings"]) {
            $0.cloudAddress()
        },
        DoctorCheck("directory-writable", "the configuration can be written") { $0.directoryWritable() },
        DoctorCheck("disk-space", "there is room on the disk") { $0.diskSpace() },
        DoctorCheck("clock", "the clock is not before this program") { $0.clock() },
    ]

    private static let certificates = [
        DoctorCheck("certificate", "the device certificate is there and can be read", needs: ["libraries", "settings"])
        {
            $0.certificateCheck()
        },
        DoctorCheck("private-key", "the private key is there and can be read", needs: ["libraries", "settings"]) {
            $0.privateKey()
        },
        DoctorCheck("key-pair", "key and certificate belong together", needs: ["certificate", "private-key"]) {
            $0.keyPair()
        },
        DoctorCheck("certificate-dates", "the certificate is valid now", needs: ["certificate", "clock"]) {
            $0.certificateDates()
        },
        DoctorCheck("certificate-expiry", "the certificate does not expire soon", needs: ["certificate-dates"]) {
            $0.certificateExpiry()
        },
        DoctorCheck("certificate-subject", "the cloud can accept the subject", needs: ["certificate"]) {
            $0.certificateSubject()
        },
        DoctorCheck("broker-reads-key", "mosquitto's user can read all that it has to", needs: ["certificate"]) {
            $0.brokerReadsKey()
        },
        DoctorCheck(
            "credentials", "user name and password can be read, where the device has no certificate",
            needs: ["settings"]
        ) { $0.credentialsCheck() },
        DoctorCheck("trust-roots", "the certificates that are trusted can be used", needs: ["libraries", "settings"]) {
            $0.trustRoots()
        },
    ]

    private static let broker = [
        DoctorCheck("service-manager", "services can be driven", needs: ["settings"]) { $0.serviceManager() },
        DoctorCheck("mosquitto-installed", "mosquitto is installed") { $0.mosquittoInstalled() },
        DoctorCheck(
            "mosquitto-running", "mosquitto runs, and is started with the device",
            needs: ["mosquitto-installed"]
        ) { $0.mosquittoRunning() },
        DoctorCheck(
            "mosquitto-configuration", "mosquitto would start with its configuration", needs: ["mosquitto-installed"]
        ) { $0.mosquittoConfiguration() },
        DoctorCheck("bridge-file", "the device is connected: the bridge file is there", needs: ["settings"]) {
            $0.bridgeFile()
        },
        DoctorCheck("include-line", "mosquitto reads the bridge file", needs: ["bridge-file"]) { $0.includeLine() },
        DoctorCheck("bridge-current", "the files say what the settings say", needs: ["bridge-file", "cloud-address"]) {
            $0.bridgeCurrent()
        },
        DoctorCheck("bridge-read", "mosquitto has read the files", needs: ["bridge-file"]) { $0.bridgeRead() },
        DoctorCheck("listener", "the port of the local broker is free or mosquitto's", needs: ["settings"]) {
            $0.listener()
        },
        DoctorCheck("local-mqtt", "the local broker answers", needs: ["libraries", "mosquitto-running"]) {
            $0.localMQTT()
        },
    ]

    private static let services = [
        DoctorCheck("mapper-installed", "the mapper is installed") { $0.mapperInstalled() },
        DoctorCheck(
            "mapper-running", "the mapper runs, and is started with the device",
            needs: ["mapper-installed", "bridge-file"]
        ) { $0.mapperRunning() },
        DoctorCheck("agent-running", "the agent runs, and is started with the device", needs: ["bridge-file"]) {
            $0.agentRunning()
        },
    ]

    private static let network = [
        DoctorCheck("name-resolution", "the name of the cloud resolves", needs: ["cloud-address"]) {
            $0.nameResolution()
        },
        DoctorCheck("tcp", "the cloud's MQTT port can be reached", needs: ["name-resolution"]) { $0.tcp() },
        DoctorCheck("proxy", "no proxy is needed that a bridge cannot use", needs: ["settings"]) { $0.proxy() },
        DoctorCheck(
            "server-certificate", "the cloud's certificate is trusted, for its name and valid",
            needs: ["tcp", "trust-roots"]
        ) { $0.serverCertificate() },
        DoctorCheck("server-clock", "the clock is that of the cloud", needs: ["tcp"]) { $0.serverClock() },
        DoctorCheck(
            "client-certificate", "the cloud accepts the device certificate",
            needs: ["server-certificate", "key-pair", "certificate-dates"]
        ) { $0.clientCertificate() },
        DoctorCheck(
            "credentials-accepted", "the cloud accepts user name and password",
            needs: ["server-certificate", "credentials"]
        ) { $0.credentialsAccepted() },
    ]

    private static let connection = [
        DoctorCheck("bridge-up", "the bridge is up", needs: ["bridge-file", "include-line", "local-mqtt"]) {
            $0.bridgeUp()
        },
        DoctorCheck("round-trip", "a message to the cloud is answered", needs: ["bridge-up"]) { $0.roundTrip() },
        DoctorCheck("tenant", "the tenant that answers is the configured one", needs: ["round-trip"]) { $0.tenant() },
    ]
}

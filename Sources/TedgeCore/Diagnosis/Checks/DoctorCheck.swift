/// A row in the doctor's table.
struct DoctorCheck: Sendable {
    /// The id, for `--only`, `--skip` and programs.
    let id: CheckID
    /// The subject of the check, for `--list`.
    let title: String
    /// The checks that it needs.
    let needs: [CheckID]
    /// Runs the check.
    let run: @Sendable (DoctorRun) -> CheckOutcome

    init(_ id: CheckID, _ title: String, needs: [CheckID] = [], run: @escaping @Sendable (DoctorRun) -> CheckOutcome) {
        (self.id, self.title, self.needs, self.run) = (id, title, needs, run)
    }

    /// All checks in order: the device, then the network, then the connection.
    static let all: [DoctorCheck] = settings + certificates + broker + services + network + connection

    private static let byID = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })

    /// The row of a check.
    static func of(_ id: CheckID) -> DoctorCheck {
        guard let check = byID[id] else { preconditionFailure("the table of checks has no row for \(id.rawValue)") }
        return check
    }

    private static let settings = [
        DoctorCheck(.libraries, "libmosquitto and OpenSSL are installed") { $0.libraries() },
        DoctorCheck(.settings, "the settings can be read and are well formed") { $0.settingsCheck() },
        DoctorCheck(.knownSettings, "no setting is misspelled", needs: [.settings]) { $0.knownSettings() },
        DoctorCheck(.cloudAddress, "the address of the cloud is set and plausible", needs: [.settings]) {
            $0.cloudAddress()
        },
        DoctorCheck(.directoryWritable, "the configuration can be written") { $0.directoryWritable() },
        DoctorCheck(.diskSpace, "there is room on the disk") { $0.diskSpace() },
        DoctorCheck(.clock, "the clock is not earlier than the date of this program") { $0.clock() },
    ]

    private static let certificates = [
        DoctorCheck(.certificate, "the device certificate exists and can be read", needs: [.libraries, .settings]) {
            $0.certificateCheck()
        },
        DoctorCheck(.privateKey, "the private key exists and can be read", needs: [.libraries, .settings]) {
            $0.privateKey()
        },
        DoctorCheck(.keyPair, "key and certificate belong together", needs: [.certificate, .privateKey]) {
            $0.keyPair()
        },
        DoctorCheck(.certificateDates, "the certificate is valid now", needs: [.certificate, .clock]) {
            $0.certificateDates()
        },
        DoctorCheck(.certificateExpiry, "the certificate does not expire soon", needs: [.certificateDates]) {
            $0.certificateExpiry()
        },
        DoctorCheck(.certificateSubject, "the cloud can accept the subject", needs: [.certificate]) {
            $0.certificateSubject()
        },
        DoctorCheck(.brokerReadsKey, "mosquitto's user can read all files that it needs", needs: [.certificate]) {
            $0.brokerReadsKey()
        },
        DoctorCheck(
            .credentials, "user name and password can be read, if the device has no certificate",
            needs: [.settings]
        ) { $0.credentialsCheck() },
        DoctorCheck(.trustRoots, "the trusted certificates can be used", needs: [.libraries, .settings]) {
            $0.trustRoots()
        },
    ]

    private static let broker = [
        DoctorCheck(.serviceManager, "the service manager can be used", needs: [.settings]) { $0.serviceManager() },
        DoctorCheck(.mosquittoInstalled, "mosquitto is installed") { $0.mosquittoInstalled() },
        DoctorCheck(
            .mosquittoRunning, "mosquitto runs, and is started with the device",
            needs: [.mosquittoInstalled]
        ) { $0.mosquittoRunning() },
        DoctorCheck(
            .mosquittoConfiguration, "mosquitto would start with its configuration", needs: [.mosquittoInstalled]
        ) { $0.mosquittoConfiguration() },
        DoctorCheck(.appArmor, "AppArmor lets mosquitto read its files", needs: [.settings]) { $0.appArmor() },
        DoctorCheck(.bridgeFile, "the device is connected: the bridge file exists", needs: [.settings]) {
            $0.bridgeFile()
        },
        DoctorCheck(.includeLine, "mosquitto reads the bridge file", needs: [.bridgeFile]) { $0.includeLine() },
        DoctorCheck(.bridgeCurrent, "the bridge files match the settings", needs: [.bridgeFile, .cloudAddress]) {
            $0.bridgeCurrent()
        },
        DoctorCheck(.bridgeRead, "mosquitto has read the files", needs: [.bridgeFile]) { $0.bridgeRead() },
        DoctorCheck(.messageQueue, "messages are kept while the line is down", needs: [.bridgeFile]) {
            $0.messageQueue()
        },
        DoctorCheck(.listener, "the port of the local broker is free, or mosquitto has it", needs: [.settings]) {
            $0.listener()
        },
        DoctorCheck(.localMQTT, "the local broker answers", needs: [.libraries, .mosquittoRunning]) {
            $0.localMQTT()
        },
    ]

    private static let services = [
        DoctorCheck(.mapperInstalled, "the mapper is installed") { $0.mapperInstalled() },
        DoctorCheck(
            .mapperRunning, "the mapper runs, and is started with the device",
            needs: [.mapperInstalled, .bridgeFile]
        ) { $0.mapperRunning() },
        DoctorCheck(.agentRunning, "the agent runs, and is started with the device", needs: [.bridgeFile]) {
            $0.agentRunning()
        },
    ]

    private static let network = [
        DoctorCheck(.nameResolution, "the name of the cloud resolves", needs: [.cloudAddress]) {
            $0.nameResolution()
        },
        DoctorCheck(.tcp, "the cloud's MQTT port can be reached", needs: [.nameResolution]) { $0.tcp() },
        DoctorCheck(.proxy, "the bridge does not need a proxy", needs: [.settings]) { $0.proxy() },
        DoctorCheck(
            .serverCertificate, "the cloud's certificate is trusted, for its name and valid",
            needs: [.tcp, .trustRoots]
        ) { $0.serverCertificate() },
        DoctorCheck(.serverClock, "the clock agrees with that of the cloud", needs: [.tcp]) { $0.serverClock() },
        DoctorCheck(
            .clientCertificate, "the cloud accepts the device certificate",
            needs: [.serverCertificate, .keyPair, .certificateDates]
        ) { $0.clientCertificate() },
        DoctorCheck(
            .credentialsAccepted, "the cloud accepts user name and password",
            needs: [.serverCertificate, .credentials]
        ) { $0.credentialsAccepted() },
    ]

    private static let connection = [
        DoctorCheck(.bridgeUp, "the bridge is up", needs: [.bridgeFile, .includeLine, .localMQTT]) {
            $0.bridgeUp()
        },
        DoctorCheck(.roundTrip, "a message to the cloud is answered", needs: [.bridgeUp]) { $0.roundTrip() },
        DoctorCheck(.tenant, "the tenant that answers is the configured one", needs: [.roundTrip]) { $0.tenant() },
        DoctorCheck(.deviceRegistered, "the cloud knows the device", needs: [.tenant]) { $0.deviceRegistered() },
    ]
}

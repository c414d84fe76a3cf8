/// The id of a check of the doctor, for `--only`, `--skip` and programs. The ids are an interface.
public enum CheckID: String, Sendable, CaseIterable {
    case libraries
    case settings
    case knownSettings = "known-settings"
    case cloudAddress = "cloud-address"
    case directoryWritable = "directory-writable"
    case diskSpace = "disk-space"
    case clock
    case certificate
    case privateKey = "private-key"
    case keyPair = "key-pair"
    case certificateDates = "certificate-dates"
    case certificateExpiry = "certificate-expiry"
    case certificateSubject = "certificate-subject"
    case brokerReadsKey = "broker-reads-key"
    case credentials
    case trustRoots = "trust-roots"
    case serviceManager = "service-manager"
    case mosquittoInstalled = "mosquitto-installed"
    case mosquittoRunning = "mosquitto-running"
    case mosquittoConfiguration = "mosquitto-configuration"
    case appArmor = "apparmor"
    case bridgeFile = "bridge-file"
    case includeLine = "include-line"
    case bridgeCurrent = "bridge-current"
    case bridgeRead = "bridge-read"
    case messageQueue = "message-queue"
    case listener
    case localMQTT = "local-mqtt"
    case mapperInstalled = "mapper-installed"
    case mapperRunning = "mapper-running"
    case agentRunning = "agent-running"
    case nameResolution = "name-resolution"
    case tcp
    case proxy
    case serverCertificate = "server-certificate"
    case serverClock = "server-clock"
    case clientCertificate = "client-certificate"
    case credentialsAccepted = "credentials-accepted"
    case bridgeUp = "bridge-up"
    case roundTrip = "round-trip"
    case tenant
    case deviceRegistered = "device-registered"
}

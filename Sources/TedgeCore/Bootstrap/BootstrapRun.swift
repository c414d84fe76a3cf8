/// What a device is to be connected to, and how: one object of the document that `bootstrap` reads and writes.
///
/// It holds no secrets, only the names of the variables that hold them.
public struct BootstrapRun: Sendable, Equatable {
    /// How a device gets the certificate or the credentials that prove its identity to the cloud.
    public enum Method: String, Sendable, CaseIterable {
        /// The authority of the Cumulocity tenant issues the certificate for a one-time password.
        case tenantAuthority = "c8y-ca"
        /// The device signs its certificate itself.
        case selfSigned = "self-signed"
        /// A user name and a password, without a certificate.
        case basic
        /// The certificate and its key are there already.
        case present
    }

    /// A setting to store.
    public struct Setting: Sendable, Equatable {
        /// The key as it is typed.
        public var key: String
        /// The value as it is typed.
        public var value: String

        /// Makes a pair.
        public init(_ key: String, _ value: String) { (self.key, self.value) = (key, value) }
    }

    /// A variable of the environment that the run reads.
    public struct Variable: Sendable, Equatable {
        /// What the value is for: `C8Y_USER`, `C8Y_PASSWORD`, `DEVICE_ONE_TIME_PASSWORD`, or the key of a setting.
        public var purpose: String
        /// The name of the variable with the value.
        public var name: String

        /// Makes a pair.
        public init(_ purpose: String, from name: String) { (self.purpose, self.name) = (purpose, name) }

        /// Makes a pair for a variable that has the usual name.
        public init(_ name: String) { self.init(name, from: name) }
    }

    /// The cloud.
    public var cloud: CloudName
    /// The profile; nil for the default one.
    public var profile: ProfileName?
    /// The HTTP address of the cloud, HOST or HOST:PORT; nil keeps what the settings say.
    public var url: String?
    /// The method; nil if the state of the device decides.
    public var method: Method?
    /// The identity of the device; nil keeps what certificate or settings say.
    public var deviceID: String?
    /// Further settings.
    public var settings: [Setting] = []
    /// The variables of the environment that the run needs.
    public var variables: [Variable] = []
    /// Whether to register again: certificate, request and credentials of this connection are replaced.
    public var registersAgain = false
    /// Whether to remove all settings of this connection before they are set.
    public var isClean = false

    /// Makes a run that keeps whatever the device has.
    public init(_ cloud: CloudName, profile: ProfileName? = nil) {
        self.cloud = cloud
        self.profile = profile
    }

    /// The methods that a cloud offers.
    public static func methods(of cloud: CloudName) -> [Method] {
        cloud == .c8y ? Method.allCases : [.selfSigned, .present]
    }

    /// The name of the connection, for example `c8y` or `c8y.test`.
    public var name: String { cloud.rawValue + (profile.map { ".\($0)" } ?? "") }

    /// The name of a setting of this run: a setting of its cloud belongs to its profile.
    func settingName(_ typed: String) throws(SettingsError) -> SettingName {
        let name = try SettingName.parse(typed).name
        guard name.key.cloud == cloud, name.profile == nil else { return name }
        return SettingName(name.key, profile: profile)
    }
}

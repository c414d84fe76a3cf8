/// Where a device's certificate and key are, and who shall own them.
struct CertificatePair {
    let certificatePath: String
    let keyPath: String
    let context: Context

    /// Takes the paths from the settings of the device or of a cloud.
    init(_ settings: Settings, cloud: CloudName?, profile: ProfileName?, in context: Context) throws {
        let prefix = cloud.map { "\($0.rawValue)." } ?? ""
        certificatePath = try settings.path("\(prefix)device.cert_path", profile: cloud == nil ? nil : profile)
        keyPath = try settings.path("\(prefix)device.key_path", profile: cloud == nil ? nil : profile)
        self.context = context
    }

    /// The user that mosquitto runs as, where this is root and can give files away.
    var owner: Owner? {
        guard context.accounts.isRoot else { return nil }
        let user = MosquittoSetup.load(from: context)?.user ?? "mosquitto"
        return context.accounts.user(named: user)?.owner
    }
}

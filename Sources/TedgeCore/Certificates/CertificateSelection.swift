/// Whose certificate a command is about: the device's own, or that of a cloud or of one of its profiles.
public struct CertificateSelection {
    let context: Context
    let cloud: CloudName?
    private let typedProfile: ProfileName?

    /// Names the cloud; nil stands for the device.
    public init(cloud: CloudName?, profile: ProfileName?, in context: Context) {
        self.context = context
        self.cloud = cloud
        typedProfile = profile
    }

    /// Reads the settings, and finds the files that they name.
    func load() throws -> (settings: Settings, pair: CertificatePair) {
        KeyProviderSetup.takeTCTI(in: context)
        let settings = try Settings.load(from: context.settingsSource)
        return (settings, try pair(settings))
    }

    /// The certificate and key that the settings name.
    func pair(_ settings: Settings) throws -> CertificatePair {
        let profile = cloud == nil ? nil : try ProfileName.choose(typedProfile, in: context)
        return try CertificatePair(settings, cloud: cloud, profile: profile, in: context)
    }

    /// Prints why a command failed, and reports it.
    ///
    /// - Parameter command: The words behind `tedge`, such as `cert show`.
    func failed(_ command: String, _ title: String, _ error: any Error, isUndone: Bool = true) -> CommandReport {
        let failure = CommandFailure(command: "tedge \(command)", title, error)
        return context.failed(command, cloud: cloud, failure, isUndone: isUndone)
    }
}

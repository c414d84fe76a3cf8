/// The certificates of this device: its own, and those of its clouds and profiles, each pair of files once.
struct CertificateInventory {
    /// A cloud, and a profile of it.
    typealias Connection = (cloud: CloudName, profile: ProfileName?)

    /// A pair, and who uses it.
    struct Entry {
        let pair: CertificatePair
        /// The cloud in whose settings the pair is found; nil for the device itself.
        let cloud: CloudName?
        /// The clouds and profiles with an address that prove themselves with the pair.
        let users: [Connection]
        /// Whether clouds have these settings, but all of them prove themselves with a password.
        let isUnused: Bool

        /// The profile of the pair.
        var profile: ProfileName? { pair.profile }
    }

    let settings: Settings
    let context: Context

    /// What the settings name, in the order of the clouds and profiles: a pair, or why its paths are unknown. Pairs without
    /// a certificate are among them.
    var entries: [(scope: Connection?, entry: Result<Entry, any Error>)] {
        var found: [(scope: Connection?, entry: Result<Entry, any Error>)] = []
        var known: Set<[String]> = []
        for scope in [nil] + scopes.map(Optional.some) {
            let entry = Result { try self.entry(scope?.cloud, scope?.profile) }
            if case .success(let entry) = entry, !known.insert(identity(entry.pair)).inserted { continue }
            found.append((scope, entry))
        }
        return found
    }

    /// The pair of the device, or of a cloud or profile, and its users.
    func entry(_ cloud: CloudName?, _ profile: ProfileName?) throws -> Entry {
        let pair = try CertificatePair(settings, cloud: cloud, profile: profile, in: context)
        let own = identity(pair)
        let scopes = scopes.filter { scope in
            let cloud = settings.cloud(scope.cloud, profile: scope.profile)
            guard (try? cloud.string("url")) != .some(nil) else { return false }
            return (try? CertificatePair(settings, cloud: scope.cloud, profile: scope.profile, in: context)).map(
                identity)
                == own
        }
        let users = scopes.filter { scope in
            let cloud = settings.cloud(scope.cloud, profile: scope.profile)
            return (try? DeviceAuthentication(cloud, exists: context.files.exists)) ?? .certificate == .certificate
        }
        return Entry(pair: pair, cloud: cloud, users: users, isUnused: users.isEmpty && !scopes.isEmpty)
    }

    /// All clouds and profiles.
    private var scopes: [Connection] {
        CloudName.allCases.flatMap { cloud in
            ([nil] + settings.profiles(of: cloud).map(Optional.some)).map { (cloud, $0) }
        }
    }

    /// The files, which may have several names.
    private func identity(_ pair: CertificatePair) -> [String] {
        [pair.certificatePath, pair.keyPath].map { context.files.resolved(Path.absolute($0, relativeTo: "/")) }
    }

    /// The profile of Cumulocity whose tenant renews a certificate.
    ///
    /// - Parameter cloud: The cloud that was named. If none was, a profile that uses the certificate is taken where the
    ///   default one has no address.
    static func authorityProfile(
        of pair: CertificatePair, _ cloud: CloudName?, _ settings: Settings, in context: Context
    ) throws -> ProfileName? {
        if cloud != nil { return pair.profile }
        let users = try CertificateInventory(settings: settings, context: context).entry(nil, nil).users
        return users.first { $0.cloud == .c8y }?.profile
    }
}

import X509

/// A certificate that the authority of a Cumulocity tenant issues for a one-time password.
extension BootstrapSession {
    func registerWithAuthority(in quiet: Context, _ id: String) throws -> Done {
        let pair = try pair(in: quiet)
        if let certificate = try certificate(of: pair) {
            PendingRegistration.remove(for: pair)
            try hooks(plan).run(.register)
            return .kept("keeps the \(words(certificate)).")
        }
        guard !options.isOffline else {
            try hooks(plan).run(.register)
            deferral = .needsCloud("The tenant's authority issues the certificate")
            return .skipped("is left for a run without --offline.")
        }
        let registration = try registration(of: id, pair)
        var download = DownloadOptions()
        (download.deviceID, download.maxTimeout) = (id, .zero)
        var quiet = quiet
        quiet.environment["DEVICE_ONE_TIME_PASSWORD"] = registration.password.withBytes {
            String(decoding: $0, as: UTF8.self)
        }
        if !isRehearsal { tell(registration) }
        if registration.isGenerated { pendingAddress = registration.address }
        try hooks(plan).run(.register)
        pendingAddress = nil
        try patience.keepTrying(.register, .registration) {
            let report = CertificateDownloader(profile: run.profile, in: quiet).run(download)
            guard report.status != .success else { return }
            switch report.reason {
            case .registrationPending: throw pending(id, report, registration)
            case .enrollmentTimeout:
                throw BootstrapFailure(.enrollmentTimeout, Array(report.causes.suffix(1)), hint: report.hint)
            default: throw BootstrapFailure(report)
            }
        }
        PendingRegistration.remove(for: pair)
        guard let certificate = try certificate(of: pair) else { return .changed("has a certificate.") }
        return .changed("has downloaded the \(words(certificate)).")
    }

    /// Nobody has registered the device yet.
    private func pending(_ id: String, _ report: CommandReport, _ registration: DeviceRegistration) -> BootstrapFailure
    {
        BootstrapFailure(
            .registrationPending,
            ["The device '\(id)' is not registered in Cumulocity with this one-time password yet."]
                + report.causes.suffix(1),
            hint: registration.isGenerated
                ? "Register it at the address above, and run the same command again: the one-time password stays the same."
                : "Register it in Cumulocity with this one-time password, or check both, and run the same command again."
        )
    }

    /// The one-time password that was given, or that an interrupted run has made for the same registration, or a new one.
    private func registration(of id: String, _ pair: CertificatePair) throws -> DeviceRegistration {
        let tenant = try WebTarget(try cloudSettings()).endpoint
        if let given = try secrets.oneTimePassword(in: context) {
            return DeviceRegistration(of: id, at: tenant, password: given)
        }
        if let stored = try PendingRegistration.stored(of: id, at: tenant, for: pair) { return stored }
        let made = DeviceRegistration(of: id, at: tenant)
        try PendingRegistration.store(made, for: pair, by: "tedge bootstrap")
        hasChanged = true
        return made
    }

    /// Says where a person registers the device.
    private func tell(_ registration: DeviceRegistration) {
        self.registration = (registration.address, registration.deviceID)
        lines.clear()
        registration.show(
            on: context.console,
            looks: TerminalLooks(
                context.environment, isTerminal: options.isTerminal, size: { TerminalLooks.columns(of: 1) }),
            isASCII: options.isASCII)
    }
}

/// A one-time password that was made for a registration that is not approved yet. It is kept beside the certificate, readable
/// by root alone, because a person may have entered it in the cloud when the run is interrupted.
enum PendingRegistration {
    private static func path(for pair: CertificatePair) -> String { pair.certificatePath + ".registration" }

    /// The registration of an interrupted run, if it was for the same device and tenant.
    static func stored(
        of deviceID: String, at tenant: HostPort, for pair: CertificatePair
    ) throws -> DeviceRegistration? {
        guard var bytes = try pair.context.files.readIfPresent(path(for: pair)) else { return nil }
        defer { bytes.wipe() }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard lines.count == 4, lines[0].elementsEqual(deviceID.utf8), lines[1].elementsEqual("\(tenant)".utf8),
            lines[2].count >= 16, lines[2].allSatisfy({ $0 > 32 && $0 < 127 })
        else { return nil }
        return DeviceRegistration(of: deviceID, at: tenant, password: Secret(lines[2]), isGenerated: true)
    }

    /// Keeps the password of a registration.
    ///
    /// - Parameter command: The command that does so, for who waits for the lock.
    static func store(_ registration: DeviceRegistration, for pair: CertificatePair, by command: String) throws {
        try pair.context.changingFiles(command) { files in
            try pair.checkPlaces()
            try pair.makeDirectories(files)
            var bytes = Array("\(registration.deviceID)\n\(registration.tenant)\n".utf8)
            bytes += registration.password.withBytes { $0 } + [UInt8(ascii: "\n")]
            defer { bytes.wipe() }
            try files.write(path(for: pair), bytes, mode: 0o600)
        }
    }

    /// Forgets the password.
    static func remove(for pair: CertificatePair) {
        let files = pair.context.files
        if files.exists(path(for: pair)) { files.discard(path(for: pair)) }
    }
}

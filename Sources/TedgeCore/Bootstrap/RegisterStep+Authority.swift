import X509

/// A certificate that the authority of a Cumulocity tenant issues for a one-time password.
extension BootstrapSession {
    func registerWithAuthority(in quiet: Context, _ id: String) throws -> Done {
        let pair = try pair(in: quiet)
        if let certificate = try certificate(of: pair) {
            PendingRegistration.remove(for: pair)
            return .kept("keeps the \(words(certificate)).")
        }
        guard !options.isOffline else {
            deferral = .needsCloud("The tenant's authority issues the certificate")
            return .skipped("is left for a run without --offline.")
        }
        let (password, isMade) = try oneTimePassword(for: id, pair)
        var download = DownloadOptions()
        (download.deviceID, download.maxTimeout) = (id, .zero)
        var quiet = quiet
        quiet.environment["DEVICE_ONE_TIME_PASSWORD"] = password.withBytes { String(decoding: $0, as: UTF8.self) }
        if !options.isRehearsal { tellRegistration(of: id, password: isMade ? password : nil) }
        try patience.keepTrying(.register, .registration) {
            let report = CertificateDownloader(profile: run.profile, in: quiet).run(download)
            guard report.status != .success else { return }
            throw report.reason == .enrollmentTimeout ? pending(id, report, isMade: isMade) : BootstrapFailure(report)
        }
        PendingRegistration.remove(for: pair)
        guard let certificate = try certificate(of: pair) else { return .changed("has a certificate.") }
        return .changed("has downloaded the \(words(certificate)).")
    }

    /// Why a single try has not brought a certificate, if a later one may.
    private func pending(_ id: String, _ report: CommandReport, isMade: Bool) -> BootstrapFailure {
        let last = report.causes.last ?? ""
        guard last.hasPrefix("The device ID is not registered yet") else {
            return BootstrapFailure(.enrollmentTimeout, [last], hint: report.hint, mayPass: true)
        }
        return BootstrapFailure(
            .registrationPending,
            ["The device '\(id)' is not registered in Cumulocity with this one-time password yet.", last],
            hint: isMade
                ? "Register it at the address above, and run the same command again: the one-time password stays the same."
                : "Register it in Cumulocity with this one-time password, or check both, and run the same command again.",
            mayPass: true)
    }

    /// The one-time password that was given, or that an interrupted run has made for the same registration, or a new one.
    private func oneTimePassword(for id: String, _ pair: CertificatePair) throws -> (Secret, isMade: Bool) {
        if let given = try secrets.oneTimePassword(in: context) { return (given, false) }
        let host = "\(try WebTarget(try cloudSettings()).endpoint)"
        let pending = try PendingRegistration.stored(for: pair, deviceID: id, host: host)
        let registration = try pending ?? PendingRegistration.make(for: pair, deviceID: id, host: host)
        return (registration.password, true)
    }

    /// Says where a person registers the device.
    ///
    /// - Parameter password: The one-time password, if this program has made it; one that was given is not shown.
    private func tellRegistration(of id: String, password: Secret?) {
        guard let settings = try? cloudSettings(), let target = try? WebTarget(settings) else { return }
        let port = target.endpoint.port == 443 ? "" : ":\(target.endpoint.port)"
        let address =
            "https://\(target.endpoint.host)\(port)/apps/devicemanagement/index.html#/deviceregistration?externalId="
            + Self.escaped(id)
        let secret = password.map { "&one-time-password=" + $0.withBytes { String(decoding: $0, as: UTF8.self) } } ?? ""
        registration = (address, id)
        lines.line(.register, "register the device '\(id)' in Cumulocity, at this address:")
        context.console.line(address + secret)
    }

    /// The text as a value in the query of an address (RFC 3986).
    private static func escaped(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                result.append(Character(Unicode.Scalar(byte)))
            default:
                result +=
                    "%" + String(byte >> 4, radix: 16, uppercase: true) + String(byte & 15, radix: 16, uppercase: true)
            }
        }
        return result
    }
}

/// A one-time password that was made for a registration that is not approved yet. It is kept beside the certificate, readable
/// by root alone, because a person may have entered it in the cloud when the run is interrupted.
struct PendingRegistration {
    let password: Secret

    private static func path(for pair: CertificatePair) -> String { pair.certificatePath + ".registration" }

    /// The password of an interrupted run, if it was for the same device and tenant.
    static func stored(for pair: CertificatePair, deviceID: String, host: String) throws -> PendingRegistration? {
        guard var bytes = try pair.context.files.readIfPresent(path(for: pair)) else { return nil }
        defer { bytes.wipe() }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard lines.count >= 3, Array(lines[0]) == Array(deviceID.utf8), Array(lines[1]) == Array(host.utf8),
            lines[2].count == length
        else { return nil }
        return PendingRegistration(password: Secret(lines[2]))
    }

    /// Makes a password and keeps it.
    static func make(for pair: CertificatePair, deviceID: String, host: String) throws -> PendingRegistration {
        let password = Secret(newPassword())
        try pair.context.changingFiles("tedge bootstrap") { files in
            try pair.checkPlaces()
            try pair.makeDirectories(files)
            var bytes = Array("\(deviceID)\n\(host)\n".utf8) + password.withBytes { $0 } + [UInt8(ascii: "\n")]
            defer { bytes.wipe() }
            try files.write(path(for: pair), bytes, mode: 0o600)
        }
        return PendingRegistration(password: password)
    }

    /// Forgets the password.
    static func remove(for pair: CertificatePair) {
        let files = pair.context.files
        if files.exists(path(for: pair)) { files.discard(path(for: pair)) }
    }

    private static let length = 32

    private static func newPassword() -> [UInt8] {
        let characters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
        var generator = SystemRandomNumberGenerator()
        return (0..<length).map { _ in characters[Int.random(in: 0..<characters.count, using: &generator)] }
    }
}

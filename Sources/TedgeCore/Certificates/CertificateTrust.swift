import TLS

/// Whether a cloud lets the device in with a certificate, as a TLS handshake with its MQTT endpoint tells. Only Cumulocity
/// judges certificates in the handshake; Azure and AWS do it after that.
enum CertificateTrust: Equatable {
    /// The cloud keeps the connection.
    case trusted
    /// The cloud ends the connection because of the certificate.
    case refused
    /// The cloud cannot be reached, does not ask for a certificate, or the caller may not read the key.
    case unknown

    /// Asks a cloud. Sends no data, so that no device is created. Takes at most ten seconds.
    ///
    /// - Parameter certificatePath: The certificate; its key is that of the settings.
    static func of(
        _ certificatePath: String, _ cloud: CloudName, _ profile: ProfileName?, in context: Context
    ) throws -> CertificateTrust {
        let inputs = try ConnectionInputs(Cloud.named(cloud), profile, in: context)
        let settings = inputs.builder.settings
        let (roots, keyPath) = (try settings.path("root_cert_path"), try settings.path("device.key_path"))
        guard context.files.isReadable(certificatePath), context.files.isReadable(keyPath) else { return .unknown }
        let probe = context.probe(
            inputs.cloud, try inputs.builder.endpoint(), roots: roots,
            identity: .init(certificatePath: certificatePath, keyPath: keyPath), until: .now + .seconds(10))
        try context.interruption.check()
        guard probe.isIdentityWanted, probe.isServerTrusted else { return .unknown }
        return switch probe.failure {
        case nil: .trusted
        case .alert, .closed, .lost: .refused
        default: .unknown
        }
    }
}

extension Context {
    /// Does a TLS handshake in which the device shows a certificate, and waits one second for an objection of the server's, which
    /// comes after the handshake. Sends no data.
    func probe(
        _ cloud: Cloud, _ endpoint: HostPort, roots: String, identity: TLSOptions.Identity,
        until deadline: ContinuousClock.Instant
    ) -> TLSProbe {
        let options = TLSOptions(roots: [.path(roots)], identity: identity, alpn: cloud.alpn(for: endpoint))
        return probe(endpoint, options, timeout: .seconds(1), until: deadline, interruption)
    }
}

import TLS

/// Makes a TLS handshake with a server without sending data.
typealias CloudProbe =
    @Sendable (
        _ endpoint: HostPort, _ options: TLSOptions, _ timeout: Duration, _ deadline: ContinuousClock.Instant,
        _ interruption: Interruption
    ) -> TLSProbe

extension Context {
    /// Makes a TLS handshake with a server as mosquitto's bridge does. `TLSProbe` documents the guarantees.
    func probe(
        _ endpoint: HostPort, _ options: TLSOptions, timeout: Duration, until deadline: ContinuousClock.Instant,
        _ interruption: Interruption
    ) -> TLSProbe {
        cloudProbe(endpoint, options, timeout, deadline, interruption)
    }

    /// The probe over the network.
    static let realProbe: CloudProbe = { endpoint, options, timeout, deadline, interruption in
        TLSProbe.run(
            host: endpoint.bareHost, port: endpoint.port, options: options, timeout: timeout, until: deadline,
            interrupted: { interruption.isRequested })
    }
}

extension TLSError {
    /// Whether the error persists until somebody changes something. If not, the network may be the cause, or the other
    /// end closed the connection without a reason.
    var isVerdict: Bool {
        switch self {
        case .alert, .identityUnfit, .untrusted, .tooWeak, .wrongHost, .serverExpired, .serverNotYetValid,
            .authorityExpired, .notTLS, .flooded,
            .rootsUnusable, .identityUnusable, .libraryMissing:
            true
        default: false
        }
    }
}

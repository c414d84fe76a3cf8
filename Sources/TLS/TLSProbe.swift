import Sockets

/// The result of a handshake with a server. The probe sends no data over the connection.
public struct TLSProbe: Sendable, Equatable {
    /// Why the connection cannot be made or was ended; nil if the server keeps it open.
    public var failure: TLSError?
    /// Whether the server sent a certificate that is trusted and carries its name.
    public var isServerTrusted: Bool
    /// Whether the server asked for a client certificate.
    public var isIdentityWanted: Bool

    /// Creates a result.
    public init(failure: TLSError?, isServerTrusted: Bool = false, isIdentityWanted: Bool = false) {
        self.failure = failure
        self.isServerTrusted = isServerTrusted
        self.isIdentityWanted = isIdentityWanted
    }

    /// Connects to the address that mosquitto's bridge uses, makes the TLS handshake, and waits for what the server sends
    /// next: with TLS 1.3 it judges the client's certificate after the handshake.
    ///
    /// If a server resets the connection, the alert with the reason may get lost. If a server asks for a certificate and
    /// ends the connection without an alert, the probe therefore tries again, at most twice.
    ///
    /// - Parameter timeout: The longest time that the server may take to judge the certificate; zero if its judgement
    ///   does not matter. The server gets five times as long as the connection took, but at least a quarter of a second.
    public static func run(
        host: String, port: UInt16, options: TLSOptions, timeout: Duration, until deadline: ContinuousClock.Instant,
        interrupted: @escaping () -> Bool
    ) -> TLSProbe {
        var probe = TLSProbe(failure: nil)
        for _ in 1...3 {
            probe = once(host, port, options, timeout, deadline, interrupted)
            switch probe.failure {
            case .closed, .lost:
                guard probe.isIdentityWanted, timeout > .zero, ContinuousClock.now < deadline else { return probe }
            default: return probe
            }
        }
        return probe
    }

    private static let shortestWait = Duration.milliseconds(250)

    private static func once(
        _ host: String, _ port: UInt16, _ options: TLSOptions, _ timeout: Duration,
        _ deadline: ContinuousClock.Instant,
        _ interrupted: @escaping () -> Bool
    ) -> TLSProbe {
        let connection: TLSConnection
        let begin = ContinuousClock.now
        do throws(TLSError) {
            connection = try TLSConnection(
                reaching: host, port, choice: .first, nil, options, until: deadline, interrupted: interrupted)
        } catch {
            return TLSProbe(failure: error)
        }
        var failure: TLSError?
        do throws(TLSError) {
            try connection.makeHandshake(until: deadline)
            if timeout > .zero {
                do throws(TLSError) {
                    let judgement = min(timeout, max(Self.shortestWait, begin.duration(to: .now) * 5))
                    _ = try connection.read(until: min(deadline, .now + judgement))
                    failure = .closed(.read)
                } catch {
                    if case .silent = error {} else { failure = error }
                }
            }
        } catch {
            failure = error
        }
        return TLSProbe(
            failure: failure, isServerTrusted: connection.isServerTrusted, isIdentityWanted: connection.isIdentityWanted
        )
    }
}

import Sockets

/// What a handshake with a server shows, with nothing said over the connection.
public struct TLSProbe: Sendable, Equatable {
    /// Why the connection cannot be made or was ended; nil if the server keeps it.
    public var failure: TLSError?
    /// Whether the server has shown a certificate that is trusted and carries its name.
    public var isServerTrusted: Bool
    /// Whether the server asked for a certificate of the client.
    public var isIdentityWanted: Bool

    /// Tells what was found.
    public init(failure: TLSError?, isServerTrusted: Bool = false, isIdentityWanted: Bool = false) {
        self.failure = failure
        self.isServerTrusted = isServerTrusted
        self.isIdentityWanted = isIdentityWanted
    }

    /// Connects to the address that mosquitto's bridge takes, shakes hands, and waits for what the server says then: with
    /// TLS 1.3 it judges the client's certificate after the handshake.
    ///
    /// A server that resets the connection may drop the alert that says why. So one that asked for a certificate and ends
    /// the connection without a word is asked again, twice at most.
    ///
    /// - Parameter timeout: How long the server may take to judge at most; zero if that does not matter. It is given five
    ///   times as long as the connection took, but at least a quarter of a second.
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
            try connection.shakeHands(until: deadline)
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

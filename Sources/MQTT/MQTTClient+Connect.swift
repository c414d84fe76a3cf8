import Glibc
import Sockets
import TLS

extension MQTTClient {
    /// Connects and returns when the broker has accepted the connection. An earlier connection is dropped.
    ///
    /// Tries the host's addresses in the resolver's order, with a share of the time for each.
    ///
    /// Throws `nameNotResolved`, `cannotConnect`, `noRoute`, `tls`, `silent`, `closedBeforeAnswer`, `refused`,
    /// `protocolViolation`, `messageTooLarge`, `flooded`, `unreadable` or `interrupted`.
    public func connect(until deadline: ContinuousClock.Instant) throws(MQTTError) {
        session = nil
        var secure: TLSOptions?
        if let tls = options.tls { secure = try TLSOptions(tls) }
        let descriptor = try TCPConnector.connect(
            host: options.host, port: options.port, until: deadline, waiter, resolver: resolver)
        let wire = try secure.map { options throws(MQTTError) in
            try self.secure(descriptor, options, until: deadline)
        }
        let attempt = try Session(options, library, over: wire ?? Wire(descriptor))
        try handshake(attempt, until: deadline)
        session = attempt
    }

    /// Makes the TLS handshake over a new connection and takes ownership of its descriptor.
    private func secure(
        _ descriptor: Int32, _ tls: TLSOptions, until deadline: ContinuousClock.Instant
    ) throws(MQTTError) -> Wire {
        var hasReceived = false
        do throws(TLSError) {
            let connection = try TLSConnection(
                over: descriptor, host: options.host, options: tls, interrupted: interrupted)
            defer { hasReceived = connection.hasReceived }
            try connection.makeHandshake(until: deadline)
            return Wire(connection, over: descriptor)
        } catch {
            throw MQTTError.beforeAnswer(endpoint, .end(.tls(error)), hasReceived)
        }
    }

    /// Waits for the answer to CONNECT.
    private func handshake(_ session: Session, until deadline: ContinuousClock.Instant) throws(MQTTError) {
        while session.inbox.connack == nil {
            let isLast = ContinuousClock.now >= deadline
            try session.write()
            // Read first: the bytes that have arrived may be the TLS alert that explains why the write failed.
            let mayHaveMore = try session.read()
            if session.inbox.connack != nil { break }
            if isLast { throw .silent(endpoint) }
            if mayHaveMore { try waiter.check() } else { try wait(for: session, until: deadline) }
        }
        session.accept()
    }
}

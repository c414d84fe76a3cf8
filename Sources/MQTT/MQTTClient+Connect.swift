import CMosquitto
import Glibc
import Sockets

extension MQTTClient {
    /// Connects, and returns when the broker has accepted it. A connection that there was before is dropped.
    ///
    /// The host's addresses are tried in the resolver's order, each with its share of the time; with TLS only the first
    /// of each family, because libmosquitto checks the certificate against the text it connects to. libmosquitto looks
    /// the name up a second time then, on a thread that is left behind at the deadline.
    ///
    /// Throws `nameNotResolved`, `cannotConnect`, `noRoute`, `tls`, `silent`, `closedBeforeAnswer`, `refused`,
    /// `protocolViolation`, `unreadable` or `interrupted`.
    public func connect(until deadline: ContinuousClock.Instant) throws(MQTTError) {
        session = nil
        let addresses = try AddressLookup.addresses(of: options.host, until: deadline, waiter, resolver: resolver)
        let targets = options.tls == nil ? Target.numeric(addresses) : Target.named(options.host, addresses)
        var failure = MQTTError.noRoute(endpoint)
        for (index, target) in targets.enumerated() {
            let now = ContinuousClock.now
            let share = now + now.duration(to: deadline) / (targets.count - index)
            let attempt = try Session(options, library)
            do throws(MQTTError) {
                try reach(target, attempt, until: share)
            } catch .interrupted {
                throw .interrupted
            } catch {
                failure = error
                if ContinuousClock.now >= deadline { break }
                continue
            }
            try handshake(attempt, until: deadline)
            session = attempt
            return
        }
        throw failure
    }

    /// What libmosquitto is told to connect to.
    private struct Target: Sendable {
        let host: String
        var local: String?

        static func numeric(_ addresses: [NetworkAddress]) -> [Target] { addresses.map { Target(host: $0.text) } }

        /// A local address of one family keeps libmosquitto to that family.
        static func named(_ host: String, _ addresses: [NetworkAddress]) -> [Target] {
            var families: [Bool] = []
            for address in addresses where !families.contains(address.isIPv6) { families.append(address.isIPv6) }
            guard families.count > 1 else { return [Target(host: host)] }
            return families.map { Target(host: host, local: $0 ? "::" : "0.0.0.0") }
        }
    }

    /// Starts the TCP connection. Returns the error number that was left, 0 if none.
    private func start(
        _ target: Target, _ session: Session, until deadline: ContinuousClock.Instant
    ) throws(MQTTError) -> Int32 {
        guard options.tls != nil else { return try session.startConnecting(to: target.host, boundTo: target.local) }
        // The session goes with the thread if that is left behind: this attempt does not touch it again.
        nonisolated(unsafe) let session = session
        let outcome = try SideThread.run(until: deadline, waiter) { () -> Result<Int32, MQTTError> in
            Result { () throws(MQTTError) in try session.startConnecting(to: target.host, boundTo: target.local) }
        }
        switch outcome {
        case .ended(let result): return try result.get()
        case .late: throw .nameNotResolved(host: options.host, reason: AddressLookup.noAnswer)
        case .notBegun(let code): throw .nameNotResolved(host: options.host, reason: SystemWords.text(code))
        }
    }

    /// Makes the TCP connection.
    private func reach(_ target: Target, _ session: Session, until deadline: ContinuousClock.Instant) throws(MQTTError)
    {
        let left = try start(target, session, until: deadline)
        let descriptor = session.descriptor
        guard try waiter.ready(descriptor, Int16(POLLOUT), until: deadline) != 0 else { throw .noRoute(endpoint) }
        // libmosquitto has begun the handshake already, and may be through with it.
        session.listenForSigns()
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
        if code != 0 { throw session.failureBeforeAnswer(code) }
        // With TLS a refusal that comes at once has been taken off the socket by OpenSSL's first write, and nothing later
        // in libmosquitto reports it.
        var peer = sockaddr_storage()
        size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let hasPeer = withUnsafeMutablePointer(to: &peer) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &size) == 0 }
        }
        if !hasPeer {
            // Without a trace of a refusal the connection was made and has ended since.
            throw session.failureBeforeAnswer([0, EAGAIN, EINPROGRESS, ENOTCONN].contains(left) ? ECONNRESET : left)
        }
    }

    /// Waits for the answer to CONNECT, and for the TLS handshake before it.
    private func handshake(_ session: Session, until deadline: ContinuousClock.Instant) throws(MQTTError) {
        var found = Int32(try waiter.slice(session.descriptor, Int16(POLLIN | POLLOUT), until: deadline))
        while session.inbox.connack == nil {
            let isLast = ContinuousClock.now >= deadline
            if found & ~POLLOUT != 0 {
                // libmosquitto keeps silent about a peer that closes during the TLS handshake.
                var byte: UInt8 = 0
                let count = recv(session.descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
                let code = count < 0 ? errno : 0
                session.listenForSigns()
                if count == 0 { throw session.closedBeforeAnswer }
                if count < 0, code != EAGAIN { throw session.failureBeforeAnswer(code) }
            }
            // What has come goes first: it may be the TLS alert that explains why the next write is going to fail.
            if found & ~POLLOUT != 0 {
                _ = try session.read()
            } else if found != 0, session.wantsToWrite {
                try session.write()
                session.listenForSigns()
            }
            if session.inbox.connack != nil { break }
            if isLast { throw .silent(endpoint) }
            found = Int32(try wait(for: session, until: deadline))
        }
        session.accept()
    }
}

import CMosquitto
import Glibc
import Sockets

extension MQTTClient {
    /// Connects, and returns when the broker has accepted it. A connection that there was before is dropped.
    ///
    /// The host's addresses are tried in the resolver's order, each with its share of the time; with TLS only the first
    /// of each family, because libmosquitto checks the certificate against the text it connects to. libmosquitto looks
    /// the name up a second time then, which is the one step that the deadline cannot cut short.
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
    private struct Target {
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

    /// Makes the TCP connection.
    private func reach(_ target: Target, _ session: Session, until deadline: ContinuousClock.Instant) throws(MQTTError)
    {
        let left = try session.startConnecting(to: target.host, boundTo: target.local)
        let descriptor = session.descriptor
        guard try waiter.ready(descriptor, Int16(POLLOUT), until: deadline) != 0 else { throw .noRoute(endpoint) }
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
        while session.inbox.connack == nil {
            let isLast = ContinuousClock.now >= deadline
            let descriptor = session.descriptor
            let events = session.wantsToWrite ? POLLIN | POLLOUT : POLLIN
            let found = Int32(try waiter.slice(descriptor, Int16(events), until: deadline))
            if found & ~POLLOUT != 0 {
                // libmosquitto keeps silent about a peer that closes during the TLS handshake.
                var byte: UInt8 = 0
                let count = recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
                let code = count < 0 ? errno : 0
                if count == 0 { throw .closedBeforeAnswer(endpoint) }
                if count < 0, code != EAGAIN { throw session.failureBeforeAnswer(code) }
            }
            // What has come goes first: it may be the TLS alert that explains why the next write is going to fail.
            if found & ~POLLOUT != 0 {
                _ = try session.read()
            } else if found != 0, session.wantsToWrite {
                try session.write()
            }
            if isLast, session.inbox.connack == nil { throw .silent(endpoint) }
        }
        session.accept()
    }
}

import Glibc

extension MQTTClient {
    /// Waits for a broker that is starting: connects again and again, within milliseconds, until the broker accepts.
    ///
    /// Throws an error that waiting cannot change, such as a wrong password, at once; at the deadline throws the error of
    /// the last attempt.
    public func waitForBroker(until deadline: ContinuousClock.Instant) throws(MQTTError) {
        var pause: Int32 = 1
        while true {
            do throws(MQTTError) {
                return try connect(until: deadline)
            } catch {
                guard error.mayPass, ContinuousClock.now < deadline else { throw error }
            }
            try waiter.check()
            poll(nil, 0, pause)
            pause = min(pause * 2, 5)
        }
    }

    /// Connects again after a lost connection, as often as needed, for example until a broker has restarted or a network
    /// is back. The pauses before each attempt grow from 100 ms to a second; without a deadline it keeps trying.
    ///
    /// Throws an error that waiting cannot change, such as a wrong password, at once; at the deadline throws the error of
    /// the last attempt.
    public func reconnect(until deadline: ContinuousClock.Instant?) throws(MQTTError) {
        var pause = Duration.milliseconds(100)
        while true {
            let next = ContinuousClock.now + pause
            // Without a descriptor this waits only for the time.
            _ = try waiter.ready(-1, 0, until: min(deadline ?? next, next))
            let limit = ContinuousClock.now + .seconds(10)
            do throws(MQTTError) {
                return try connect(until: min(deadline ?? limit, limit))
            } catch {
                guard error.mayPassAfterLoss, deadline.map({ ContinuousClock.now < $0 }) ?? true else { throw error }
            }
            pause = min(pause * 2, .seconds(1))
        }
    }
}

extension MQTTError {
    /// Whether a network or a broker that is coming back may cause this error.
    public var mayPassAfterLoss: Bool {
        switch self {
        case .socket(.cannotConnect), .socket(.nameNotResolved), .socket(.nameServerSilent), .disconnected,
            .keepAliveExpired:
            true
        default: mayPass
        }
    }

    /// Whether a broker that is still starting, or a network that is still coming up, causes this error.
    var mayPass: Bool {
        switch self {
        case .socket(.cannotConnect(_, _, let code)):
            [ECONNREFUSED, ECONNABORTED, ENETUNREACH, EHOSTUNREACH, ENETDOWN, EADDRNOTAVAIL].contains(code)
        case .closedBeforeAnswer, .socket(.noAnswer), .silent, .refused(_, .serverUnavailable): true
        default: false
        }
    }
}

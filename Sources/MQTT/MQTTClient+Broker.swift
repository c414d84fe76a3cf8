import Glibc

extension MQTTClient {
    /// Waits for a broker that is being started: connects again and again, within milliseconds, until it accepts.
    ///
    /// Returns the connected client. Throws at once what waiting cannot change, such as a wrong password, and at the
    /// deadline what the last attempt met.
    public static func waitForBroker(
        _ options: MQTTOptions, until deadline: ContinuousClock.Instant,
        interrupted: @escaping () -> Bool = { false }
    ) throws(MQTTError) -> MQTTClient {
        let client = try MQTTClient(options, interrupted: interrupted)
        var pause: Int32 = 1
        while true {
            do throws(MQTTError) {
                try client.connect(until: deadline)
                return client
            } catch {
                guard error.mayPass, ContinuousClock.now < deadline else { throw error }
            }
            try client.waiter.check()
            poll(nil, 0, pause)
            pause = min(pause * 2, 5)
        }
    }
}

extension MQTTError {
    /// Whether a broker that is still starting, or a network that is still coming up, shows itself like this.
    var mayPass: Bool {
        switch self {
        case .cannotConnect(_, let code):
            [ECONNREFUSED, ECONNABORTED, ENETUNREACH, EHOSTUNREACH, ENETDOWN, EADDRNOTAVAIL].contains(code)
        case .closedBeforeAnswer, .noRoute, .silent, .refused(_, .serverUnavailable): true
        default: false
        }
    }
}

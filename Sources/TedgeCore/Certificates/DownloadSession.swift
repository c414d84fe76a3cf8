import TLS

/// The requests of a download: the same one until the cloud knows the device, the time is over, or no further try can help.
struct DownloadSession {
    /// The tenant; its user is the device.
    let tenant: TenantSession
    /// Whether the server was typed, and is not that of the settings.
    let isTyped: Bool
    /// Whether the one-time password was made here.
    let isGenerated: Bool

    /// Why there is no certificate yet.
    private struct Obstacle {
        let text: String
        let hint: String?
        /// Whether the tenant does not know the device.
        var isUnregistered = false
    }

    /// Asks until there is a certificate: `POST /.well-known/est/simpleenroll`.
    ///
    /// - Parameters:
    ///   - pause: How long to wait after a try that failed.
    ///   - limit: After how long no further try is made; the last one is made just then.
    func certificate(
        for request: EnrollmentRequest, pause: Duration, limit: Duration
    ) throws -> IssuedCertificate {
        let http = request.http(
            "/.well-known/est/simpleenroll",
            headers: [tenant.authorization])
        let deadline = ContinuousClock.now + limit
        while true {
            try tenant.context.interruption.check()
            let obstacle: Obstacle
            switch answer(to: http) {
            case .success(let response) where response.status == 200: return try request.issued(in: response.body)
            case .success(let response): obstacle = try self.obstacle(response)
            case .failure(let error):
                try tenant.context.interruption.check()
                obstacle = try self.obstacle(error)
            }
            tenant.context.console.note("error: \(obstacle.text)")
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else {
                throw EnrollmentError.timeout(
                    last: obstacle.text, hint: obstacle.hint, isUnregistered: obstacle.isUnregistered)
            }
            try wait(min(pause, left))
        }
    }

    private func answer(to request: HTTPRequest) -> Result<HTTPResponse, HTTPError> {
        do throws(HTTPError) {
            return .success(try tenant.send(request))
        } catch {
            return .failure(error)
        }
    }

    private func wait(_ pause: Duration) throws(Interrupted) {
        let seconds = pause.components.seconds + (pause.components.attoseconds > 0 ? 1 : 0)
        tenant.context.console.note("warning: Will retry in \(seconds) \(seconds == 1 ? "second" : "seconds")")
        try tenant.context.interruption.pause(pause)
    }

    /// What an answer without certificate means for the next try. Throws if that cannot help.
    private func obstacle(_ response: HTTPResponse) throws(EnrollmentError) -> Obstacle {
        let status = response.statusText
        let message = response.message
        let words = message.map { "\(status): \($0)" } ?? status
        switch response.status {
        case 401, 403:
            return Obstacle(
                text: "The device ID is not registered yet on \(tenant.target.endpoint): \(words)",
                hint: isGenerated
                    ? "Register the device with what is printed above, and run the same command again: the one-time password stays "
                        + "the same."
                    : "Register the device '\(tenant.user)' in Cumulocity with this one-time password, and check both.",
                isUnregistered: true)
        case 408, 425, 429, 500...599:
            return Obstacle(
                text: "\(tenant.target.endpoint) cannot answer now: \(words)", hint: "Try again in a few minutes.")
        case 404, 405: throw .notOffered(status: status, endpoint: tenant.target.endpoint.description)
        default: throw .refused(status: status, message: message, endpoint: tenant.target.endpoint.description)
        }
    }

    /// What a failure means for the next try. Throws if that cannot help: the server is another one or not trusted, or the
    /// way to it is shut.
    private func obstacle(_ error: HTTPError) throws(EnrollmentError) -> Obstacle {
        let failure = EnrollmentError.exchange(tenant.failure(error, of: .enrollment, isTyped: isTyped))
        guard error == .truncated || Self.mayPass(error) else { throw failure }
        return Obstacle(
            text: "Fail to connect to \(tenant.target.endpoint): \(CommandReport.sentence(failure.causes))",
            hint: failure.hint
        )
    }

    /// Whether a failure of the connection may be over soon.
    private static func mayPass(_ error: HTTPError) -> Bool {
        guard case .connection(let error) = error else { return false }
        return switch error {
        case .socket, .silent, .closed, .lost, .alert, .proxySilent, .proxyClosed:
            true
        // The clock of a device that starts may be set only after it.
        case .serverNotYetValid: true
        default: false
        }
    }
}

import TLS

/// The requests of a download: the same one until the cloud knows the device, the time is over, or no further try can help.
struct DownloadSession {
    let context: Context
    let target: WebTarget
    let deviceID: String
    let password: Secret
    let rootsKey: String
    /// The setting that the server comes from; nil if it was given on the command line.
    let urlKey: String?
    /// How many seconds each request may take.
    private static let timeout = 30

    /// Why there is no certificate yet.
    private struct Obstacle {
        let text: String
        let hint: String?
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
            headers: [(name: "Authorization", value: BasicAuthorization.value(user: deviceID, password: password))])
        let deadline = ContinuousClock.now + limit
        while true {
            try context.interruption.check()
            let obstacle: Obstacle
            switch answer(to: http) {
            case .success(let response) where response.status == 200: return try request.issued(in: response.body)
            case .success(let response): obstacle = try self.obstacle(response)
            case .failure(let error):
                try context.interruption.check()
                obstacle = try self.obstacle(error)
            }
            context.console.note("error: \(obstacle.text)")
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { throw EnrollmentError.timeout(last: obstacle.text, hint: obstacle.hint) }
            try wait(min(pause, left))
        }
    }

    private func answer(to request: HTTPRequest) -> Result<HTTPResponse, HTTPError> {
        do throws(HTTPError) {
            return .success(try context.send(request, to: target, within: Self.timeout))
        } catch {
            return .failure(error)
        }
    }

    private func wait(_ pause: Duration) throws(Interrupted) {
        let seconds = pause.components.seconds + (pause.components.attoseconds > 0 ? 1 : 0)
        context.console.note("warning: Will retry in \(seconds) \(seconds == 1 ? "second" : "seconds")")
        try context.interruption.pause(pause)
    }

    /// What an answer without certificate means for the next try. Throws where that cannot help.
    private func obstacle(_ response: HTTPResponse) throws(EnrollmentError) -> Obstacle {
        let status = response.statusText
        let message = UploadSession.message(in: response.body)
        let words = message.map { "\(status): \($0)" } ?? status
        switch response.status {
        case 401, 403:
            return Obstacle(
                text: "The device ID is not registered yet on \(target.endpoint): \(words)",
                hint: "Register the device '\(deviceID)' in Cumulocity with this one-time password, and check both.")
        case 408, 425, 429, 500...599:
            return Obstacle(text: "\(target.endpoint) cannot answer now: \(words)", hint: "Try again in a few minutes.")
        case 404, 405: throw .notOffered(status: status, endpoint: target.endpoint.description)
        default: throw .refused(status: status, message: message, endpoint: target.endpoint.description)
        }
    }

    /// What a failure means for the next try. Throws where that cannot help: the server is another one or not trusted, or the
    /// way to it is shut.
    private func obstacle(_ error: HTTPError) throws(EnrollmentError) -> Obstacle {
        let failure = EnrollmentError.exchange(
            target.failure(error, of: .enrollment, rootsKey: rootsKey, urlKey: urlKey))
        guard error == .truncated || Self.mayPass(error) else { throw failure }
        return Obstacle(
            text: "Fail to connect to \(target.endpoint): \(CommandReport.sentence(failure.causes))", hint: failure.hint
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

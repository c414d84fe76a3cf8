import TLS

/// The cloud's HTTPS service with a log of each request, without headers and bodies, because they contain credentials.
struct LoggedWebService: WebService {
    let base: any WebService
    let log: EventLog

    func send(
        _ request: HTTPRequest, to target: WebTarget, until deadline: ContinuousClock.Instant,
        interruption: Interruption
    ) throws(HTTPError) -> HTTPResponse {
        let way = target.proxy == nil ? "" : " through a proxy"
        return try log.record(
            .debug, "\(request.method) \(target.scheme)://\(target.endpoint)\(request.target)\(way)",
            outcome: { "status \($0.status), \($0.body.count) bytes" }
        ) { () throws(HTTPError) in
            try base.send(request, to: target, until: deadline, interruption: interruption)
        }
    }
}

import TLS

/// The HTTPS service of a cloud.
protocol WebService: Sendable {
    /// Sends a request and reads the answer.
    func send(
        _ request: HTTPRequest, to target: WebTarget, until deadline: ContinuousClock.Instant,
        interruption: Interruption
    ) throws(HTTPError) -> HTTPResponse
}

/// Where requests go, and what is trusted there.
struct WebTarget: Sendable, Equatable {
    /// The server.
    var endpoint: HostPort
    /// The proxy on the way.
    var proxy: TLSProxy?
    /// What the server's certificate is checked against.
    var options: TLSOptions
    /// Whether the service is on this device and spoken to without TLS.
    var isPlain = false

    /// The proxy as `host:port`; nil if there is none.
    var proxyName: String? {
        proxy.map { $0.host.contains(":") ? "[\($0.host)]:\($0.port)" : "\($0.host):\($0.port)" }
    }

    /// The scheme of its addresses.
    var scheme: String { isPlain ? "http" : "https" }
}

extension Context {
    /// Sends a request and waits for the answer for some seconds. After two of them it says so on stderr.
    func send(_ request: HTTPRequest, to target: WebTarget, within seconds: Int) throws(HTTPError) -> HTTPResponse {
        let way = target.proxyName.map { " through the proxy \($0)" } ?? ""
        let words = "Waiting for \(target.endpoint)\(way), for at most \(seconds) seconds."
        return try web.send(
            request, to: target, until: .now + .seconds(seconds),
            interruption: interruption.announcing(words, on: console))
    }
}

/// The real service, over OpenSSL.
struct HTTPSClient: WebService {
    /// Makes the service; nothing is opened.
    init() {}

    func send(
        _ request: HTTPRequest, to target: WebTarget, until deadline: ContinuousClock.Instant,
        interruption: Interruption
    ) throws(HTTPError) -> HTTPResponse {
        try HTTPExchange.send(
            request, to: target.endpoint.host, port: target.endpoint.port, proxy: target.proxy, options: target.options,
            isPlain: target.isPlain, until: deadline, interrupted: { interruption.isRequested })
    }
}

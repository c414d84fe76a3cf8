import TLS

/// The HTTPS service of a cloud.
protocol WebService: Sendable {
    /// Sends a request and returns the response.
    func send(
        _ request: HTTPRequest, to target: WebTarget, until deadline: ContinuousClock.Instant,
        interruption: Interruption
    ) throws(HTTPError) -> HTTPResponse
}

/// The server of a request, and how to reach and verify it.
struct WebTarget: Sendable, Equatable {
    /// The server.
    var endpoint: HostPort
    /// The proxy, or nil.
    var proxy: TLSProxy?
    /// How the server's certificate is verified.
    var options: TLSOptions
    /// Whether the service is on this device and is used without TLS.
    var isPlain = false

    /// The proxy as `host:port`; nil if there is none.
    var proxyName: String? {
        proxy.map { $0.host.contains(":") ? "[\($0.host)]:\($0.port)" : "\($0.host):\($0.port)" }
    }

    /// The scheme of its addresses.
    var scheme: String { isPlain ? "http" : "https" }
}

extension Context {
    /// Sends a request and waits some seconds for the response. After two seconds a note on stderr says so.
    func send(_ request: HTTPRequest, to target: WebTarget, within seconds: Int) throws(HTTPError) -> HTTPResponse {
        let way = target.proxyName.map { " through the proxy \($0)" } ?? ""
        let words = "Waiting for \(target.endpoint)\(way), for at most \(seconds) seconds."
        return try web.send(
            request, to: target, until: .now + .seconds(seconds),
            interruption: interruption.announcing(words, on: console))
    }
}

/// The real HTTPS client, over OpenSSL.
struct HTTPSClient: WebService {
    /// Makes a client; connects to nothing.
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

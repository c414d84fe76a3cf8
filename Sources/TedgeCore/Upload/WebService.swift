import TLS

/// The HTTPS service of a cloud.
public protocol WebService: Sendable {
    /// Sends a request and reads the answer.
    func send(
        _ request: HTTPRequest, to target: WebTarget, until deadline: ContinuousClock.Instant,
        interruption: Interruption
    ) throws(HTTPError) -> HTTPResponse
}

/// Where requests go, and what is trusted there.
public struct WebTarget: Sendable, Equatable {
    /// The server.
    var endpoint: HostPort
    /// The proxy on the way.
    var proxy: TLSProxy?
    /// What the server's certificate is checked against.
    var options: TLSOptions
    /// Whether the service is on this device and spoken to without TLS.
    var isPlain = false

    /// The scheme of its addresses.
    var scheme: String { isPlain ? "http" : "https" }
}

/// The real service, over OpenSSL.
struct SecureWebService: WebService {
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

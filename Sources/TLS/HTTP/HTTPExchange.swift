/// One request and its response, on a separate connection.
public enum HTTPExchange {
    /// Sends a request and reads the response.
    ///
    /// - Parameters:
    ///   - host: The server; its certificate must carry this name.
    ///   - isPlain: Whether to connect without TLS and without a proxy, for a service on this device.
    ///   - deadline: The time at which the response must be complete.
    public static func send(
        _ request: HTTPRequest, to host: String, port: UInt16, proxy: TLSProxy? = nil,
        options: TLSOptions = TLSOptions(), isPlain: Bool = false,
        until deadline: ContinuousClock.Instant, interrupted: @escaping () -> Bool = { false }
    ) throws(HTTPError) -> HTTPResponse {
        let bytes = try request.bytes(host: hostHeader(host, port, isPlain: isPlain))
        let connection = try connect {
            () throws(TLSError) -> any HTTPConnection in
            let connection: any HTTPConnection =
                isPlain
                ? try PlainConnection(host: host, port: port, until: deadline, interrupted: interrupted)
                : try TLSConnection(
                    host: host, port: port, proxy: proxy, options: options, until: deadline, interrupted: interrupted)
            try connection.write(bytes, until: deadline)
            return connection
        }
        var parser = HTTPResponseParser()
        while true {
            let part: [UInt8]
            do throws(TLSError) {
                // If bytes arrive without a pause, no wait checks the deadline and the interruption, so check them here.
                if ContinuousClock.now >= deadline { throw TLSError.silent(.read) }
                if interrupted() { throw TLSError.interrupted }
                part = try connection.read(until: deadline)
            } catch {
                // Many servers close without a TLS closing alert. The parser detects whether the response is complete;
                // for a body without a length, the caller must decide.
                guard case .closed = error else { throw .connection(error) }
                return try parser.finish()
            }
            if part.isEmpty { return try parser.finish() }
            if try parser.add(part) {
                connection.shutDown()
                return try parser.finish()
            }
        }
    }

    /// The value of the header `Host` (RFC 9110, section 7.2).
    static func hostHeader(_ host: String, _ port: UInt16, isPlain: Bool = false) -> String {
        HostName.bracketed(host) + (port == (isPlain ? 80 : 443) ? "" : ":\(port)")
    }

    private static func connect(
        _ body: () throws(TLSError) -> any HTTPConnection
    ) throws(HTTPError) -> any HTTPConnection {
        do throws(TLSError) {
            return try body()
        } catch {
            throw .connection(error)
        }
    }
}

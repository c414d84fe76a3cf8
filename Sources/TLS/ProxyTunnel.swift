import Glibc
import Sockets

/// A tunnel through an HTTP proxy (RFC 9110, section 9.3.6), on a non-blocking socket.
struct ProxyTunnel {
    private let descriptor: Int32
    private let waiter: Waiter<TLSError>
    private static let longestAnswer = 16_384

    init(_ descriptor: Int32, _ waiter: Waiter<TLSError>) {
        self.descriptor = descriptor
        self.waiter = waiter
    }

    /// Asks the proxy for a tunnel. Throws `proxyRefused` if the proxy refuses, and `proxyNotHTTP` if its answer is not
    /// HTTP.
    func open(to target: String, _ proxy: TLSProxy, until deadline: ContinuousClock.Instant) throws(TLSError) {
        var request = "CONNECT \(target) HTTP/1.1\r\nHost: \(target)\r\n"
        if let authorization = proxy.authorization { request += "Proxy-Authorization: \(authorization)\r\n" }
        try send(Array((request + "\r\n").utf8), until: deadline)
        var parser = HTTPResponseParser(answersConnect: true)
        do throws(HTTPError) {
            // Read single bytes: the bytes after the head belong to TLS.
            for _ in 0..<Self.longestAnswer {
                if try parser.add([try byte(until: deadline)]) { break }
            }
            let response = try parser.finish()
            guard response.status / 100 == 2 else {
                throw HTTPError.connection(.proxyRefused(status: response.status, reason: response.reason))
            }
        } catch {
            if case .connection(let error) = error { throw error }
            throw .proxyNotHTTP
        }
    }

    private func send(_ bytes: [UInt8], until deadline: ContinuousClock.Instant) throws(TLSError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                guard try waiter.ready(descriptor, Int16(POLLOUT), until: deadline) != 0 else { throw .proxySilent }
            } else if errno != EINTR {
                throw lost(errno)
            }
        }
    }

    private func lost(_ code: Int32) -> TLSError {
        code == ECONNRESET || code == EPIPE ? .proxyClosed : .lost(errno: code)
    }

    private func byte(until deadline: ContinuousClock.Instant) throws(HTTPError) -> UInt8 {
        var byte: UInt8 = 0
        while true {
            switch recv(descriptor, &byte, 1, 0) {
            case 1: return byte
            case 0: throw .connection(.proxyClosed)
            default:
                guard errno == EAGAIN || errno == EINTR else { throw .connection(lost(errno)) }
                do throws(TLSError) {
                    guard try waiter.ready(descriptor, Int16(POLLIN), until: deadline) != 0 else {
                        throw TLSError.proxySilent
                    }
                } catch {
                    throw .connection(error)
                }
            }
        }
    }
}

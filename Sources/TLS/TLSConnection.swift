import COpenSSL
import Glibc
import Sockets

/// One TLS connection as a client, TLS 1.2 or later, to be used by one thread.
///
/// The server's name goes with the handshake (RFC 6066), and its certificate must carry it. Every wait ends as soon as
/// something happens, at its deadline, or at most 100 ms after `interrupted` begins to say so. The process must ignore
/// SIGPIPE.
public final class TLSConnection {
    private let call: ssl_functions
    private let context: SSLContext
    private let ssl: OpaquePointer
    private let descriptor: Int32
    private let host: String
    private let waiter: Waiter<TLSError>

    /// Connects and shakes hands.
    ///
    /// - Parameters:
    ///   - choice: Which addresses of the host are tried.
    ///   - proxy: An HTTP proxy to go through.
    ///   - interrupted: Asked before and during each wait; true ends it with `TLSError.interrupted`.
    public convenience init(
        host: String, port: UInt16, choice: AddressChoice = .each, proxy: TLSProxy? = nil,
        options: TLSOptions = TLSOptions(),
        until deadline: ContinuousClock.Instant, interrupted: @escaping () -> Bool = { false }
    ) throws(TLSError) {
        try self.init(
            reaching: host, port, choice: choice, proxy, options, until: deadline, interrupted: interrupted)
        try shakeHands(until: deadline)
    }

    /// Connects, without a handshake.
    init(
        reaching host: String, _ port: UInt16, choice: AddressChoice, _ proxy: TLSProxy?, _ options: TLSOptions,
        until deadline: ContinuousClock.Instant, interrupted: @escaping () -> Bool
    ) throws(TLSError) {
        context = try SSLContext(options)
        call = context.call
        waiter = Waiter(interrupted: interrupted)
        self.host = host.first == "[" && host.last == "]" ? String(host.dropFirst().dropLast()) : host
        guard HostName.isPossible(self.host) else { throw .nameNotResolved(host: host, reason: "not a host name") }
        let descriptor = try TCPConnector.connect(
            host: proxy?.host ?? self.host, port: proxy?.port ?? port, choice: choice, until: deadline, waiter)
        self.descriptor = descriptor
        guard let ssl = call.SSL_new(context.pointer) else {
            close(descriptor)
            throw .openSSL(reason: call.words(call.takeError()))
        }
        self.ssl = ssl
        if let proxy {
            try ProxyTunnel(descriptor, waiter).open(
                to: "\(HostName.bracketed(self.host)):\(port)", proxy, until: deadline)
        }
    }

    deinit {
        call.SSL_free(ssl)
        close(descriptor)
    }

    /// Whether the server asked for a certificate of this client.
    public var isIdentityWanted: Bool { context.isIdentityWanted }

    /// Whether the server has shown a certificate that is trusted and carries its name.
    var isServerTrusted: Bool { context.isServerTrusted }

    /// Sends all bytes.
    public func write(_ bytes: [UInt8], until deadline: ContinuousClock.Instant) throws(TLSError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            var count = 0
            // What other calls of this thread have left would be taken for a failure of this one.
            call.ERR_clear_error()
            let result = rest.withUnsafeBytes { call.SSL_write_ex(ssl, $0.baseAddress, $0.count, &count) }
            if result == 1 {
                rest = rest.dropFirst(count)
            } else {
                try wait(after: result, .write, until: deadline)
            }
        }
    }

    /// Waits for bytes. Returns none at the end of the connection, where the server has said that it ends.
    public func read(until deadline: ContinuousClock.Instant) throws(TLSError) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            var count = 0
            call.ERR_clear_error()
            let result = buffer.withUnsafeMutableBytes { call.SSL_read_ex(ssl, $0.baseAddress, $0.count, &count) }
            if result == 1 { return Array(buffer.prefix(count)) }
            if call.SSL_get_error(ssl, result) == SSL_ERROR_ZERO_RETURN { return [] }
            try wait(after: result, .read, until: deadline)
        }
    }

    /// Says that the connection ends.
    public func shutDown() {
        call.ERR_clear_error()
        _ = call.SSL_shutdown(ssl)
        call.ERR_clear_error()
    }

    func shakeHands(until deadline: ContinuousClock.Instant) throws(TLSError) {
        call.ERR_clear_error()
        // An address is compared with the addresses of the certificate, and is no server name.
        if call.X509_VERIFY_PARAM_set1_ip_asc(call.SSL_get0_param(ssl), host) != 1 {
            call.ERR_clear_error()
            guard call.SSL_set1_host(ssl, host) == 1 else { throw .openSSL(reason: call.words(call.takeError())) }
            var name = host.utf8CString
            _ = name.withUnsafeMutableBytes {
                call.SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, Int(TLSEXT_NAMETYPE_host_name), $0.baseAddress)
            }
        }
        guard call.SSL_set_fd(ssl, descriptor) == 1 else { throw .openSSL(reason: call.words(call.takeError())) }
        while true {
            call.ERR_clear_error()
            let result = call.SSL_connect(ssl)
            if result == 1 { return }
            try wait(after: result, .handshake, until: deadline)
        }
    }

    /// Waits for what OpenSSL needs to go on. Throws what it failed with, and `silent` at the deadline.
    private func wait(
        after result: Int32, _ stage: TLSError.Stage, until deadline: ContinuousClock.Instant
    ) throws(TLSError) {
        let code = errno
        let events: Int32
        switch call.SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ: events = POLLIN
        case SSL_ERROR_WANT_WRITE: events = POLLOUT
        case SSL_ERROR_SYSCALL:
            call.ERR_clear_error()
            throw explained([0, ECONNRESET, EPIPE].contains(code) ? .closed(stage) : .lost(errno: code))
        case SSL_ERROR_ZERO_RETURN: throw explained(.closed(stage))
        default: throw explained(failure(stage))
        }
        guard try waiter.ready(descriptor, Int16(events), until: deadline) != 0 else { throw .silent(stage) }
    }

    /// The same failure, with its cause if the server was sent no certificate although the client has one.
    private func explained(_ error: TLSError) -> TLSError {
        guard context.isIdentityWithheld, context.hasIdentity else { return error }
        return switch error {
        case .alert(let number): .identityUnfit(seen: "TLS alert '\(TLSError.alertName(number))'")
        case .closed, .lost: .identityUnfit(seen: "\(error)")
        default: error
        }
    }

    private func failure(_ stage: TLSError.Stage) -> TLSError {
        let code = call.takeError()
        if let found = context.failure { return failure(found) }
        let alert = ssl_received_alert(code)
        if alert >= 0 { return .alert(number: Int(alert)) }
        guard ssl_error_library(code) == ERR_LIB_SSL else { return .openSSL(reason: call.words(code)) }
        switch ssl_error_reason(code) {
        case SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST, SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_PACKET_LENGTH_TOO_LONG,
            SSL_R_RECORD_LENGTH_MISMATCH, SSL_R_BAD_PROTOCOL_VERSION_NUMBER, SSL_R_UNEXPECTED_MESSAGE,
            SSL_R_RECORD_TOO_SMALL, SSL_R_UNKNOWN_PROTOCOL:
            return .notTLS(reason: call.words(code))
        // The peer went away without a word (RFC 8446, section 6.1).
        case SSL_R_UNEXPECTED_EOF_WHILE_READING: return .closed(stage)
        default: return .openSSL(reason: call.words(code))
        }
    }

    private func failure(_ found: SSLContext.Verification) -> TLSError {
        switch Int32(found.code) {
        case X509_V_ERR_CERT_HAS_EXPIRED where found.ownAuthority != nil:
            .authorityExpired(name: found.ownAuthority ?? "", notAfter: found.notAfter)
        case X509_V_ERR_CERT_HAS_EXPIRED: .serverExpired(notAfter: found.notAfter)
        case X509_V_ERR_CERT_NOT_YET_VALID: .serverNotYetValid(notBefore: found.notBefore)
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
            .wrongHost(host: host, names: found.names)
        case X509_V_ERR_EE_KEY_TOO_SMALL, X509_V_ERR_CA_KEY_TOO_SMALL, X509_V_ERR_CA_MD_TOO_WEAK:
            .tooWeak(reason: found.reason)
        default: .untrusted(code: found.code, reason: found.reason)
        }
    }
}

import COpenSSL
import Glibc
import Sockets

/// A TLS client connection with TLS 1.2 or later, for use by one thread.
///
/// The handshake sends the server's name (RFC 6066), and the server's certificate must carry that name. Every wait ends
/// as soon as something happens, at its deadline, or at most 100 ms after `interrupted` starts to return true. The
/// process must ignore SIGPIPE.
public final class TLSConnection {
    private let call: ssl_functions
    private let context: SSLContext
    private let engine: TLSEngine
    private let descriptor: Int32
    private let host: String
    private let waiter: Waiter<TLSError>
    /// Why the socket accepts no more bytes. Bytes that have arrived are read first, because they may give a better
    /// reason.
    package private(set) var sendFailure: Int32?
    /// Bytes that are waiting for the socket.
    private var outgoing: [UInt8] = []
    private var chunk = [UInt8](repeating: 0, count: TLSEngine.chunkSize)

    /// Connects and makes the TLS handshake.
    ///
    /// - Parameters:
    ///   - choice: Which addresses of the host to try.
    ///   - proxy: The HTTP proxy to use; nil connects directly.
    ///   - interrupted: Called before and during each wait; true ends the wait with `TLSError.interrupted`.
    public convenience init(
        host: String, port: UInt16, choice: AddressChoice = .each, proxy: TLSProxy? = nil,
        options: TLSOptions = TLSOptions(),
        until deadline: ContinuousClock.Instant, interrupted: @escaping () -> Bool = { false }
    ) throws(TLSError) {
        try self.init(
            reaching: host, port, choice: choice, proxy, options, until: deadline, interrupted: interrupted)
        try makeHandshake(until: deadline)
    }

    /// Connects without a handshake.
    convenience init(
        reaching host: String, _ port: UInt16, choice: AddressChoice, _ proxy: TLSProxy?, _ options: TLSOptions,
        until deadline: ContinuousClock.Instant, interrupted: @escaping () -> Bool
    ) throws(TLSError) {
        let context = try SSLContext(options)
        let waiter = Waiter<TLSError>(interrupted: interrupted)
        let name = host.first == "[" && host.last == "]" ? String(host.dropFirst().dropLast()) : host
        guard HostName.isPossible(name) else { throw .socket(.nameNotResolved(host: host, reason: "not a host name")) }
        let descriptor = try TCPConnector.connect(
            host: proxy?.host ?? name, port: proxy?.port ?? port, choice: choice, until: deadline, waiter)
        try self.init(descriptor, name, context, waiter)
        if let proxy {
            try ProxyTunnel(descriptor, waiter).open(to: "\(HostName.bracketed(name)):\(port)", proxy, until: deadline)
        }
    }

    /// Takes ownership of a connected, non-blocking socket, also if this throws. Call `makeHandshake` next to make the
    /// handshake.
    package convenience init(
        over descriptor: Int32, host: String, options: TLSOptions, interrupted: @escaping () -> Bool
    ) throws(TLSError) {
        let context: SSLContext
        do throws(TLSError) {
            context = try SSLContext(options)
        } catch {
            close(descriptor)
            throw error
        }
        try self.init(descriptor, host, context, Waiter(interrupted: interrupted))
    }

    private init(
        _ descriptor: Int32, _ host: String, _ context: SSLContext, _ waiter: Waiter<TLSError>
    ) throws(TLSError) {
        do throws(TLSError) {
            engine = try TLSEngine(context)
        } catch {
            close(descriptor)
            throw error
        }
        (call, self.context, self.descriptor, self.host, self.waiter) =
            (context.call, context, descriptor, host, waiter)
    }

    deinit { close(descriptor) }

    /// Whether the server asked for a client certificate.
    public var isIdentityWanted: Bool { context.isIdentityWanted }

    /// Whether the server sent a certificate that is trusted and carries its name.
    var isServerTrusted: Bool { context.isServerTrusted }

    /// Whether the server has sent any bytes.
    package var hasReceived: Bool { engine.received > 0 }

    /// Sends all bytes.
    public func write(_ bytes: [UInt8], until deadline: ContinuousClock.Instant) throws(TLSError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = try proceed(.write, until: deadline) {
                rest.prefix(TLSEngine.chunkSize).withUnsafeBytes { engine.write($0) }
            }
            guard let count else { throw explained(.closed(.write)) }
            rest = rest.dropFirst(count)
        }
    }

    /// Waits for bytes. Returns an empty array if the server announced the end of the connection.
    public func read(until deadline: ContinuousClock.Instant) throws(TLSError) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: TLSEngine.chunkSize)
        let count = try proceed(.read, until: deadline) {
            buffer.withUnsafeMutableBytes { engine.read(into: $0) }
        }
        return Array(buffer.prefix(count ?? 0))
    }

    /// Announces the end of the connection to the server.
    public func shutDown() {
        engine.shutDown()
        sendNow()
    }

    package func makeHandshake(until deadline: ContinuousClock.Instant) throws(TLSError) {
        try engine.expect(host)
        guard try proceed(.handshake, until: deadline, { engine.makeHandshake() }) != nil else {
            throw explained(.closed(.handshake))
        }
    }

    // MARK: Without waiting

    /// Reads the bytes that have arrived, as far as the buffer has room. Returns nil if none have arrived, 0 at the end
    /// of the connection.
    package func readNow(into buffer: UnsafeMutableRawBufferPointer) throws(TLSError) -> Int? {
        for turn in 1...Self.timeout {
            let step = engine.read(into: buffer)
            sendNow()
            switch step {
            case .done(let count): return count
            case .ended: return 0
            case .failed: throw explained(failure(.read))
            // Bytes that are not read now stay in the socket, and the next wait finds them.
            case .needsInput: guard turn < Self.timeout, try receiveNow(.read) else { return nil }
            }
        }
        return nil
    }

    /// Sends bytes. Returns how many were accepted: 0 as long as the socket does not accept the bytes accepted earlier.
    package func writeNow(_ bytes: UnsafeRawBufferPointer) throws(TLSError) -> Int {
        guard !hasOutput, !bytes.isEmpty else { return 0 }
        switch engine.write(UnsafeRawBufferPointer(rebasing: bytes.prefix(TLSEngine.chunkSize))) {
        case .done(let count):
            sendNow()
            return count
        case .ended: throw explained(.closed(.write))
        case .failed: throw explained(failure(.write))
        // The server starts another handshake: its bytes are read next.
        case .needsInput:
            sendNow()
            return 0
        }
    }

    /// Sends the bytes accepted earlier, as far as the socket accepts them.
    package func flushNow() { sendNow() }

    /// Whether bytes are waiting for the socket.
    package var hasOutput: Bool { !outgoing.isEmpty || engine.pendingOutput > 0 }

    /// How many chunks without data are read before the caller checks its deadline.
    private static let timeout = 4

    // MARK: Steps

    /// Repeats a step of OpenSSL until it is done, and moves its bytes. Returns the step's count; nil if the server
    /// announced the end of the connection. Throws the error of the step, or `silent` at the deadline.
    ///
    /// The deadline and interruption are checked between any two chunks of bytes.
    private func proceed(
        _ stage: TLSError.Stage, until deadline: ContinuousClock.Instant, _ body: () -> TLSEngine.Step
    ) throws(TLSError) -> Int? {
        var isFirst = true
        while true {
            try waiter.check()
            let step = body()
            sendNow()
            while hasOutput, sendFailure == nil, !step.isFailure {
                guard try waiter.ready(descriptor, Int16(POLLOUT), until: deadline) != 0 else { throw .silent(stage) }
                sendNow()
            }
            switch step {
            case .done(let count):
                if case .write = stage, let sendFailure { throw ended(stage, sendFailure) }
                return count
            case .ended: return nil
            case .failed: throw explained(failure(stage))
            case .needsInput: break
            }
            if !isFirst, ContinuousClock.now >= deadline { throw .silent(stage) }
            isFirst = false
            while try !receiveNow(stage) {
                guard try waiter.ready(descriptor, Int16(POLLIN), until: deadline) != 0 else { throw .silent(stage) }
            }
        }
    }

    /// Sends waiting bytes, as far as the socket accepts them.
    private func sendNow() {
        guard sendFailure == nil else { return }
        while true {
            if outgoing.isEmpty {
                let count = chunk.withUnsafeMutableBytes { engine.takeOutput(into: $0) }
                if count == 0 { return }
                outgoing = Array(chunk.prefix(count))
            }
            let count = outgoing.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count >= 0 {
                outgoing.removeFirst(count)
            } else if errno == EAGAIN {
                return
            } else if errno != EINTR {
                sendFailure = errno
                return
            }
        }
    }

    /// Passes the bytes that have arrived, or the end, to OpenSSL. Returns false if nothing has arrived.
    private func receiveNow(_ stage: TLSError.Stage) throws(TLSError) -> Bool {
        let count = chunk.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        if count > 0 {
            let isTaken = chunk.withUnsafeBytes { engine.feed(UnsafeRawBufferPointer(rebasing: $0.prefix(count))) }
            guard isTaken else { throw .flooded(stage) }
            return true
        }
        if count == 0 {
            engine.feedEnd()
            return true
        }
        let code = errno
        guard code == EAGAIN || code == EINTR else { throw ended(stage, code) }
        if let sendFailure { throw ended(stage, sendFailure) }
        return code == EINTR
    }

    private func ended(_ stage: TLSError.Stage, _ code: Int32) -> TLSError {
        explained([ECONNRESET, EPIPE].contains(code) ? .closed(stage) : .lost(errno: code))
    }

    /// Returns the same error, or its cause if the client has a certificate but did not send it.
    private func explained(_ error: TLSError) -> TLSError {
        guard context.isIdentityWithheld, context.hasIdentity else { return error }
        return switch error {
        case .alert(let number): .identityUnfit(seen: "TLS alert '\(TLSAlert.name(number))'")
        case .closed, .lost: .identityUnfit(seen: "\(error)")
        default: error
        }
    }

    private func failure(_ stage: TLSError.Stage) -> TLSError {
        let code = call.takeError()
        if let found = context.failure { return failure(found) }
        if code == 0 { return .closed(stage) }
        let alert = ssl_received_alert(code)
        if alert >= 0 { return .alert(number: Int(alert)) }
        guard ssl_error_library(code) == ERR_LIB_SSL else { return .openSSL(reason: call.words(code)) }
        switch ssl_error_reason(code) {
        case SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST, SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_PACKET_LENGTH_TOO_LONG,
            SSL_R_RECORD_LENGTH_MISMATCH, SSL_R_BAD_PROTOCOL_VERSION_NUMBER, SSL_R_UNEXPECTED_MESSAGE,
            SSL_R_RECORD_TOO_SMALL, SSL_R_UNKNOWN_PROTOCOL:
            return .notTLS(reason: call.words(code))
        // The peer closed the connection without a closing alert (RFC 8446, section 6.1).
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

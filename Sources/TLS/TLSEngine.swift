import COpenSSL
import Glibc

/// OpenSSL's part of a connection, without a socket. Bytes go in and out in chunks, so no call runs for longer than one
/// chunk takes, whatever the peer sends.
final class TLSEngine {
    /// The result of a step of OpenSSL.
    enum Step {
        /// The step is done; for a read or a write, the number of bytes.
        case done(Int)
        /// OpenSSL needs bytes from the peer.
        case needsInput
        /// The peer announced the end of the connection.
        case ended
        /// The step failed; the errors are still in OpenSSL's error queue.
        case failed

        /// Whether the step failed.
        var isFailure: Bool { if case .failed = self { true } else { false } }
    }

    /// The most bytes that OpenSSL gets at once.
    static let chunkSize = 16_384
    /// The most bytes that a peer may send before the handshake is done, or between two chunks of data. The longest chain
    /// of certificates that OpenSSL accepts has 100 kB.
    static let fruitlessLimit = 512 << 10

    private let call: ssl_functions
    private let ssl: OpaquePointer
    /// The bytes from the peer and the bytes to the peer. `ssl` owns both.
    private let input: OpaquePointer
    private let output: OpaquePointer
    /// How many bytes the peer has sent.
    private(set) var received = 0
    /// How many bytes the peer has sent since OpenSSL last completed a step.
    private var fruitless = 0

    /// Throws `openSSL` if OpenSSL cannot create the connection.
    init(_ context: SSLContext) throws(TLSError) {
        call = context.call
        guard let input = call.BIO_new(call.BIO_s_mem()), let output = call.BIO_new(call.BIO_s_mem()),
            let ssl = call.SSL_new(context.pointer)
        else { throw .openSSL(reason: call.words(call.takeError())) }
        (self.ssl, self.input, self.output) = (ssl, input, output)
        call.SSL_set_bio(ssl, input, output)
        // After a handshake in between, the bytes of a repeated write may have moved in memory.
        _ = call.SSL_ctrl(ssl, SSL_CTRL_MODE, Int(SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER), nil)
    }

    deinit { call.SSL_free(ssl) }

    /// Sets the name or address that the peer's certificate must carry. Throws `openSSL` if OpenSSL rejects it.
    func expect(_ host: String) throws(TLSError) {
        call.ERR_clear_error()
        // An address is compared with the addresses of the certificate and is not sent as a server name.
        guard call.X509_VERIFY_PARAM_set1_ip_asc(call.SSL_get0_param(ssl), host) != 1 else { return }
        call.ERR_clear_error()
        guard call.SSL_set1_host(ssl, host) == 1 else { throw .openSSL(reason: call.words(call.takeError())) }
        var name = host.utf8CString
        _ = name.withUnsafeMutableBytes {
            call.SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, Int(TLSEXT_NAMETYPE_host_name), $0.baseAddress)
        }
    }

    /// Accepts at most one chunk of bytes from the peer. Returns false if the peer sent too many bytes without completing
    /// a step.
    func feed(_ bytes: UnsafeRawBufferPointer) -> Bool {
        received += bytes.count
        fruitless += bytes.count
        guard fruitless <= Self.fruitlessLimit else { return false }
        return call.BIO_write(input, bytes.baseAddress, Int32(bytes.count)) == bytes.count
    }

    /// Records that the peer sends no more bytes.
    func feedEnd() { _ = call.BIO_ctrl(input, BIO_C_SET_BUF_MEM_EOF_RETURN, 0, nil) }

    /// Continues the handshake.
    func makeHandshake() -> Step {
        call.ERR_clear_error()
        return step(call.SSL_connect(ssl), 0)
    }

    /// Decrypts into a buffer.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Step {
        var count = 0
        call.ERR_clear_error()
        let result = call.SSL_read_ex(ssl, buffer.baseAddress, buffer.count, &count)
        return step(result, count)
    }

    /// Encrypts at least one byte. The encrypted bytes wait as output.
    func write(_ bytes: UnsafeRawBufferPointer) -> Step {
        var count = 0
        // Errors that other calls of this thread left behind would look like a failure of this call.
        call.ERR_clear_error()
        let result = call.SSL_write_ex(ssl, bytes.baseAddress, bytes.count, &count)
        return step(result, count)
    }

    /// Announces the end of the connection to the peer.
    func shutDown() {
        call.ERR_clear_error()
        _ = call.SSL_shutdown(ssl)
        call.ERR_clear_error()
    }

    /// How many bytes are waiting to be sent.
    var pendingOutput: Int { call.BIO_ctrl(output, BIO_CTRL_PENDING, 0, nil) }

    /// Removes bytes that are waiting to be sent and copies them into a buffer.
    func takeOutput(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        max(0, Int(call.BIO_read(output, buffer.baseAddress, Int32(buffer.count))))
    }

    private func step(_ result: Int32, _ count: Int) -> Step {
        if result == 1 {
            fruitless = 0
            return .done(count)
        }
        return switch call.SSL_get_error(ssl, result) {
        // A memory BIO always accepts bytes.
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: .needsInput
        case SSL_ERROR_ZERO_RETURN: .ended
        default: .failed
        }
    }
}

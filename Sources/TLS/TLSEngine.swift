import COpenSSL
import Glibc

/// OpenSSL's side of a connection without a socket: bytes go in and come out in chunks, so that no call runs for longer
/// than the chunk it was given, whatever the peer sends.
final class TLSEngine {
    /// What a step of OpenSSL came to.
    enum Step {
        /// It is done; of a read or write, with so many bytes.
        case done(Int)
        /// It needs bytes from the peer.
        case needsInput
        /// The peer has said that the connection ends.
        case ended
        /// It failed; what was found is still in OpenSSL's queue of errors.
        case failed

        /// Whether it failed.
        var isFailure: Bool { if case .failed = self { true } else { false } }
    }

    /// As many bytes as OpenSSL is given at once.
    static let chunkSize = 16_384
    /// As many bytes as a peer may send before the handshake is done, or between two chunks of what it has to say. The
    /// longest chain of certificates that OpenSSL takes has 100 kB.
    static let fruitlessLimit = 512 << 10

    private let call: ssl_functions
    private let ssl: OpaquePointer
    /// What comes from the peer, and what goes to it. They belong to `ssl`.
    private let input: OpaquePointer
    private let output: OpaquePointer
    /// How many bytes the peer has sent.
    private(set) var received = 0
    /// How many bytes the peer has sent since OpenSSL was last done with something.
    private var fruitless = 0

    /// Throws `openSSL`.
    init(_ context: SSLContext) throws(TLSError) {
        call = context.call
        guard let input = call.BIO_new(call.BIO_s_mem()), let output = call.BIO_new(call.BIO_s_mem()),
            let ssl = call.SSL_new(context.pointer)
        else { throw .openSSL(reason: call.words(call.takeError())) }
        (self.ssl, self.input, self.output) = (ssl, input, output)
        call.SSL_set_bio(ssl, input, output)
        // What is written again after a handshake in between may be at another place in memory.
        _ = call.SSL_ctrl(ssl, SSL_CTRL_MODE, Int(SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER), nil)
    }

    deinit { call.SSL_free(ssl) }

    /// Says which name or address the peer's certificate must carry. Throws `openSSL`.
    func expect(_ host: String) throws(TLSError) {
        call.ERR_clear_error()
        // An address is compared with the addresses of the certificate, and is no server name.
        guard call.X509_VERIFY_PARAM_set1_ip_asc(call.SSL_get0_param(ssl), host) != 1 else { return }
        call.ERR_clear_error()
        guard call.SSL_set1_host(ssl, host) == 1 else { throw .openSSL(reason: call.words(call.takeError())) }
        var name = host.utf8CString
        _ = name.withUnsafeMutableBytes {
            call.SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, Int(TLSEXT_NAMETYPE_host_name), $0.baseAddress)
        }
    }

    /// Takes bytes from the peer, at most a chunk. Returns false if there were too many for nothing.
    func feed(_ bytes: UnsafeRawBufferPointer) -> Bool {
        received += bytes.count
        fruitless += bytes.count
        guard fruitless <= Self.fruitlessLimit else { return false }
        return call.BIO_write(input, bytes.baseAddress, Int32(bytes.count)) == bytes.count
    }

    /// Notes that the peer sends no more.
    func feedEnd() { _ = call.BIO_ctrl(input, BIO_C_SET_BUF_MEM_EOF_RETURN, 0, nil) }

    /// Goes on with the handshake.
    func shakeHands() -> Step {
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

    /// Encrypts bytes, of which there is at least one. What is encrypted waits as output.
    func write(_ bytes: UnsafeRawBufferPointer) -> Step {
        var count = 0
        // What other calls of this thread have left would be taken for a failure of this one.
        call.ERR_clear_error()
        let result = call.SSL_write_ex(ssl, bytes.baseAddress, bytes.count, &count)
        return step(result, count)
    }

    /// Says that the connection ends.
    func shutDown() {
        call.ERR_clear_error()
        _ = call.SSL_shutdown(ssl)
        call.ERR_clear_error()
    }

    /// How many bytes wait to be sent.
    var pendingOutput: Int { call.BIO_ctrl(output, BIO_CTRL_PENDING, 0, nil) }

    /// Takes bytes that wait to be sent.
    func takeOutput(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        max(0, Int(call.BIO_read(output, buffer.baseAddress, Int32(buffer.count))))
    }

    private func step(_ result: Int32, _ count: Int) -> Step {
        if result == 1 {
            fruitless = 0
            return .done(count)
        }
        return switch call.SSL_get_error(ssl, result) {
        // A memory has always room to be written to.
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: .needsInput
        case SSL_ERROR_ZERO_RETURN: .ended
        default: .failed
        }
    }
}

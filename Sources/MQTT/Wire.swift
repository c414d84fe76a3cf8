import Glibc
import TLS

/// The connection to the broker, with or without TLS. Its calls do not wait.
final class Wire {
    /// Why a connection has ended.
    enum End: Error {
        /// The broker closed it.
        case closed
        /// The socket failed, with this error number.
        case code(Int32)
        /// TLS failed.
        case tls(TLSError)
    }

    let descriptor: Int32
    private let tls: TLSConnection?
    /// Why the socket accepts no more bytes. Bytes that have arrived are read first, because they may give a better
    /// reason.
    var sendFailure: Int32? { tls.map(\.sendFailure) ?? plainFailure }
    private var plainFailure: Int32?

    /// Uses a connected, non-blocking socket without TLS.
    init(_ descriptor: Int32) { (self.descriptor, tls) = (descriptor, nil) }

    /// Uses a connection with a finished TLS handshake, and its socket.
    init(_ tls: TLSConnection, over descriptor: Int32) { (self.descriptor, self.tls) = (descriptor, tls) }

    deinit { if tls == nil { close(descriptor) } }

    /// Whether the broker has sent any bytes over TLS.
    var hasReceived: Bool { tls?.hasReceived ?? false }

    /// Whether accepted bytes are waiting for the socket.
    var hasOutput: Bool { tls?.hasOutput ?? false }

    /// Reads the bytes that have arrived, as far as the buffer has room. Returns nil if none have arrived. Throws the
    /// connection's end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(End) -> Int? {
        if let tls {
            let count = try Self.explained { () throws(TLSError) in try tls.readNow(into: buffer) }
            if count == 0 { throw .closed }
            return count
        }
        let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
        if count > 0 { return count }
        if count == 0 { throw .closed }
        let code = errno
        guard code == EAGAIN || code == EINTR else { throw .code(code) }
        if let sendFailure { throw .code(sendFailure) }
        return nil
    }

    /// Sends bytes. Returns how many were accepted.
    func write(_ bytes: UnsafeRawBufferPointer) throws(End) -> Int {
        if let tls { return try Self.explained { () throws(TLSError) in try tls.writeNow(bytes) } }
        guard sendFailure == nil else { return 0 }
        let count = send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        if count >= 0 { return count }
        if errno != EAGAIN && errno != EINTR { plainFailure = errno }
        return 0
    }

    /// Sends the bytes accepted earlier.
    func flush() { tls?.flushNow() }

    /// Announces the end of the connection to the broker.
    func shutDown() { tls?.shutDown() }

    private static func explained<Value>(_ body: () throws(TLSError) -> Value) throws(End) -> Value {
        do throws(TLSError) {
            return try body()
        } catch {
            throw .tls(error)
        }
    }
}

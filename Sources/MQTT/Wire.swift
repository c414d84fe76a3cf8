import Glibc
import TLS

/// The connection to the broker, in the clear or over TLS, without a wait.
final class Wire {
    /// Why a connection has ended.
    enum End: Error {
        /// The broker has closed it.
        case closed
        /// The socket failed, with this error number.
        case code(Int32)
        /// TLS failed.
        case tls(TLSError)
    }

    let descriptor: Int32
    private let tls: TLSConnection?
    /// Why the socket takes no more bytes: what has come may say more, and goes first.
    var sendFailure: Int32? { tls.map(\.sendFailure) ?? plainFailure }
    private var plainFailure: Int32?

    /// Takes a socket that is connected and does not block, in the clear.
    init(_ descriptor: Int32) { (self.descriptor, tls) = (descriptor, nil) }

    /// Takes a connection whose handshake is done, with the socket that it has.
    init(_ tls: TLSConnection, over descriptor: Int32) { (self.descriptor, self.tls) = (descriptor, tls) }

    deinit { if tls == nil { close(descriptor) } }

    /// Whether the broker has taken part in TLS.
    var hasHeard: Bool { tls?.hasHeard ?? false }

    /// Whether bytes that were taken wait for the socket.
    var hasOutput: Bool { tls?.hasOutput ?? false }

    /// Takes what has come, as far as there is room for it. Returns nil if nothing has come. Throws the connection's end.
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

    /// Sends bytes. Returns how many were taken.
    func write(_ bytes: UnsafeRawBufferPointer) throws(End) -> Int {
        if let tls { return try Self.explained { () throws(TLSError) in try tls.writeNow(bytes) } }
        guard sendFailure == nil else { return 0 }
        let count = send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        if count >= 0 { return count }
        if errno != EAGAIN && errno != EINTR { plainFailure = errno }
        return 0
    }

    /// Sends what was taken before.
    func flush() { tls?.flushNow() }

    /// Says that the connection ends.
    func shutDown() { tls?.shutDown() }

    private static func explained<Value>(_ body: () throws(TLSError) -> Value) throws(End) -> Value {
        do throws(TLSError) {
            return try body()
        } catch {
            throw .tls(error)
        }
    }
}

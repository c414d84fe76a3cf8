import Sockets

/// Why a connection over TLS cannot be made or used. The texts are in `TLSError+Description.swift`.
public enum TLSError: Error, Sendable, Equatable {
    /// What was being waited for.
    public enum Stage: String, Sendable {
        case handshake = "the TLS handshake"
        case read = "an answer"
        case write = "more to be sent"
    }

    /// libssl cannot be opened; `reason` is the dynamic linker's.
    case libraryMissing(reason: String)
    /// The host or its proxy cannot be reached, or `interrupted` said so.
    case socket(SocketError)
    /// The connection is there, and the peer has been silent for too long.
    case silent(Stage)
    /// The peer sends and sends, and nothing of it is what is waited for.
    case flooded(Stage)
    /// The server's certificate is not signed by an authority that is trusted; `reason` is OpenSSL's.
    case untrusted(code: Int, reason: String)
    /// A certificate of the server's chain has a key or a signature that OpenSSL's security level does not take.
    case tooWeak(reason: String)
    /// The server's certificate is for other names.
    case wrongHost(host: String, names: [String])
    /// The server's certificate was valid until this second since 1970.
    case serverExpired(notAfter: Int64)
    /// The server's certificate is valid from this second since 1970 on.
    case serverNotYetValid(notBefore: Int64)
    /// The server ended the handshake or the connection with an alert (RFC 8446, section 6).
    case alert(number: Int)
    /// The peer does not speak TLS.
    case notTLS(reason: String)
    /// The peer closed the connection.
    case closed(Stage)
    /// The connection is lost.
    case lost(errno: Int32)
    /// The server's certificate is signed by an authority that this device trusts, whose own certificate was valid until
    /// this second since 1970.
    case authorityExpired(name: String, notAfter: Int64)
    /// The server asked for a certificate, and was sent none: it takes no signature that the client's key can make. How
    /// the server ended the connection then.
    case identityUnfit(seen: String)
    /// The file or directory of trusted certificates cannot be used.
    case rootsUnusable(path: String, reason: String)
    /// The client's own certificate or key cannot be used.
    case identityUnusable(path: String, reason: String)
    /// The proxy took the connection, and does not answer.
    case proxySilent
    /// The proxy took the connection and closed it.
    case proxyClosed
    /// The proxy refuses the way.
    case proxyRefused(status: Int, reason: String)
    /// What the proxy answers is not HTTP.
    case proxyNotHTTP
    /// OpenSSL fails otherwise.
    case openSSL(reason: String)
}

extension TLSError: SocketFailure {
    /// `interrupted` said so.
    public static var interrupted: TLSError { .socket(.interrupted) }
}

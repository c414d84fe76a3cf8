import Sockets

/// Why a connection over TLS cannot be made or used. The texts are in `TLSError+Description.swift`.
public enum TLSError: Error, Sendable, Equatable {
    /// What the connection was waiting for.
    public enum Stage: String, Sendable {
        case handshake = "the TLS handshake"
        case read = "an answer"
        case write = "more to be sent"
    }

    /// libssl cannot be opened; `reason` is the text of the dynamic linker.
    case libraryMissing(reason: String)
    /// The host or its proxy cannot be reached, or `interrupted` returned true.
    case socket(SocketError)
    /// The connection is open, but the peer sent nothing for too long.
    case silent(Stage)
    /// The peer keeps sending bytes, but nothing that completes this stage.
    case flooded(Stage)
    /// No trusted authority signed the server's certificate; `reason` is the text of OpenSSL.
    case untrusted(code: Int, reason: String)
    /// A certificate of the server's chain has a key or a signature that OpenSSL's security level rejects.
    case tooWeak(reason: String)
    /// The server's certificate is for other names.
    case wrongHost(host: String, names: [String])
    /// The server's certificate was valid until this second since 1970.
    case serverExpired(notAfter: Int64)
    /// The server's certificate is not valid before this second since 1970.
    case serverNotYetValid(notBefore: Int64)
    /// The server ended the handshake or the connection with an alert (RFC 8446, section 6).
    case alert(number: Int)
    /// The peer does not speak TLS.
    case notTLS(reason: String)
    /// The peer closed the connection.
    case closed(Stage)
    /// The connection is lost.
    case lost(errno: Int32)
    /// The server's certificate is signed by an authority that this device trusts, but the authority's own certificate
    /// was valid only until this second since 1970.
    case authorityExpired(name: String, notAfter: Int64)
    /// The server asked for a certificate, but the client sent none, because the server accepts no signature that the
    /// client's key can make. `seen` is how the server then ended the connection.
    case identityUnfit(seen: String)
    /// The file or directory of trusted certificates cannot be used.
    case rootsUnusable(path: String, reason: String)
    /// The client's own certificate or key cannot be used.
    case identityUnusable(path: String, reason: String)
    /// The proxy accepted the connection but does not answer.
    case proxySilent
    /// The proxy accepted the connection and closed it.
    case proxyClosed
    /// The proxy refuses the tunnel.
    case proxyRefused(status: Int, reason: String)
    /// The proxy's answer is not HTTP.
    case proxyNotHTTP
    /// OpenSSL failed for another reason.
    case openSSL(reason: String)
}

extension TLSError: SocketFailure {
    /// `interrupted` returned true.
    public static var interrupted: TLSError { .socket(.interrupted) }
}

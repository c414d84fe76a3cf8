import Sockets

extension TLSError: CustomStringConvertible {
    /// The error as a sentence without a full stop.
    public var description: String {
        switch self {
        case .libraryMissing(let reason): "OpenSSL's libssl cannot be opened, install libssl3: \(reason)"
        case .socket(let error): "\(error)"
        case .silent(let stage): "the server does not answer: waited in vain for \(stage.rawValue)"
        case .flooded(let stage):
            "the server floods the connection: waited in vain for \(stage.rawValue)"
        case .untrusted(_, let reason): "the server's certificate is not trusted: \(reason)"
        case .tooWeak(let reason): "the server's certificate is too weak: \(reason)"
        case .wrongHost(let host, let names):
            "the server's certificate is not for \(host)"
                + (names.isEmpty ? "" : ", but for \(names.joined(separator: ", "))")
        case .serverExpired: "the server's certificate has expired"
        case .serverNotYetValid: "the server's certificate is not valid yet"
        case .alert(let number): "the server ended the connection with the TLS alert '\(TLSAlert.name(number))'"
        case .notTLS(let reason): "the server does not speak TLS: \(reason)"
        case .closed(let stage): "the server closed the connection before \(stage.rawValue)"
        case .lost(let code): "the connection is lost: \(SystemErrorText.text(code))"
        case .authorityExpired(let name, _):
            "the certificate of the authority '\(name)', which this device trusts, has expired"
        case .identityUnfit(let seen):
            "the server takes no certificate with a key like that of this device, which therefore sent none: \(seen)"
        case .rootsUnusable(let path, let reason): "the trusted certificates in \(path) cannot be used: \(reason)"
        case .identityUnusable(let path, let reason): "\(path) cannot be used: \(reason)"
        case .proxySilent: "the proxy does not answer"
        case .proxyClosed: "the proxy closed the connection without an answer"
        case .proxyRefused(let status, let reason): "the proxy refuses the connection: \(status) \(reason)"
        case .proxyNotHTTP: "the proxy's answer is not HTTP"
        case .openSSL(let reason): "OpenSSL fails: \(reason)"
        }
    }
}

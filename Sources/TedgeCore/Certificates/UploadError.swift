import TLS
import X509

/// Why a certificate is not in the cloud.
enum UploadError: ExplainedError, Equatable {
    /// The connection or the answer fails. `proxy` is the proxy on the way, nil if there is none.
    case exchange(HTTPError, endpoint: String, proxy: String?, rootsKey: String, urlKey: String)
    /// 401.
    case unauthorized(user: String)
    /// 403; the server's message if there is one.
    case forbidden(user: String, message: String?)
    /// 404.
    case notFound(endpoint: String, urlKey: String)
    /// 5xx; the server's message if there is one.
    case server(status: String, message: String?)
    /// Any other status.
    case unexpectedStatus(status: String, message: String?)
    /// The answer is no JSON object with the name of the tenant.
    case notJSON(excerpt: String)

    /// One word for each case.
    var id: String {
        switch self {
        case .exchange: id(during: "upload")
        case .unauthorized: "upload-unauthorized"
        case .forbidden: "upload-forbidden"
        case .notFound: "upload-not-found"
        case .server: "upload-server-error"
        case .unexpectedStatus: "upload-refused"
        case .notJSON: "upload-not-json"
        }
    }

    /// The id of a failed exchange during an operation; that of an answer begins with the operation.
    func id(during operation: String) -> String {
        guard case .exchange(let error, _, let proxy, _, _) = self else { return id }
        guard case .connection(let error) = error else {
            if case .notHTTP = error { return "\(operation)-not-http" }
            return "\(operation)-answer-broken"
        }
        return switch error {
        case _ where proxy != nil && error.isBeforeServer: "proxy-unreachable"
        case .nameNotResolved: "name-not-resolved"
        case .cannotConnect(_, _, let code): code == SystemError.refused.code ? "port-closed" : "host-unreachable"
        case .noAnswer: "packets-dropped"
        case .silent: "endpoint-silent"
        case .flooded: "endpoint-floods"
        case .untrusted: "server-certificate-untrusted"
        case .wrongHost: "server-certificate-wrong-host"
        case .tooWeak: "server-certificate-weak"
        case .serverExpired: "server-certificate-expired"
        case .serverNotYetValid: "clock-wrong"
        case .authorityExpired: "trust-roots-expired"
        case .notTLS: "not-tls"
        case .libraryMissing: SystemLibrary.ssl.id
        case .rootsUnusable: "trust-roots-unusable"
        case .proxyRefused, .proxyNotHTTP: "proxy-refused"
        default: "connection-failed"
        }
    }

    /// What happened.
    var causes: [String] {
        switch self {
        case .exchange(let error, let endpoint, let proxy, _, _): Self.causes(of: error, endpoint, proxy)
        case .unauthorized(let user):
            ["Cumulocity does not accept the user '\(user)' with this password (401 Unauthorized)."]
        case .forbidden(let user, let message):
            [
                "The user '\(user)' may not add trusted certificates (403 Forbidden): the role 'Tenant management admin' is "
                    + "missing."
            ] + Self.quoted(message)
        case .notFound(let endpoint, _):
            ["\(endpoint) knows nothing of trusted certificates (404 Not Found): it is not a Cumulocity tenant."]
        case .server(let status, let message): ["The server failed with \(status)."] + Self.quoted(message)
        case .unexpectedStatus(let status, let message):
            ["Request returned with code: \(status)"] + Self.quoted(message)
        case .notJSON(let excerpt):
            ["The server's answer does not name the tenant: it is not the JSON that was expected."]
                + (excerpt.isEmpty ? [] : ["'\(excerpt)'"])
        }
    }

    private static func quoted(_ message: String?) -> [String] {
        message.map { ["The server says: \($0)"] } ?? []
    }

    private static func causes(of error: HTTPError, _ endpoint: String, _ proxy: String?) -> [String] {
        guard case .connection(let error) = error else { return ["The answer of \(endpoint) cannot be used: \(error)"] }
        let text = "\(error)"
        let sentence = text.prefix(1).uppercased() + text.dropFirst()
        switch error {
        case .serverExpired(let end): return ["\(sentence): it was valid until \(RFC2822Date.text(end))"]
        case .serverNotYetValid(let begin): return ["\(sentence): it is valid from \(RFC2822Date.text(begin))"]
        case .authorityExpired(_, let end): return ["\(sentence): it was valid until \(RFC2822Date.text(end))"]
        case .silent: return ["No answer from \(endpoint) within 30 seconds"]
        case .proxySilent: return ["No answer from the proxy \(proxy ?? "") within 30 seconds"]
        default: return [sentence]
        }
    }

    /// What to do about it.
    var hint: String? {
        switch self {
        case .exchange(.connection(let error), _, let proxy?, _, _) where error.isBeforeServer:
            "Check 'proxy.address' with 'tedge config get proxy.address', and the network between this device and the proxy "
                + "\(proxy); hosts that are reached without it are listed in 'proxy.no_proxy'."
        case .exchange(.connection(.silent), let endpoint, let proxy?, _, _):
            "Check the network between the proxy \(proxy) and \(endpoint); hosts that are reached without the proxy are listed "
                + "in 'proxy.no_proxy'."
        case .exchange(.connection(let error), let endpoint, _, let rootsKey, let urlKey):
            Self.hint(for: error, endpoint, rootsKey, urlKey)
        case .exchange(.notHTTP, _, _, _, let urlKey): "Check '\(urlKey)' with 'tedge config get \(urlKey)'."
        case .exchange: "Try again; a proxy between this device and the cloud may have changed the answer."
        case .unauthorized:
            "Check user name and password by signing in to the tenant's web page; '<tenant>/<user>' names the tenant as well."
        case .forbidden:
            "Have an administrator give the user the role 'Tenant management admin', or upload as another user."
        case .notFound(_, let urlKey): "Check '\(urlKey)' with 'tedge config get \(urlKey)'."
        case .server: "Try again in a few minutes."
        case .unexpectedStatus: "Check 'c8y.url' with 'tedge config get c8y.url': is it the name of the tenant itself?"
        case .notJSON:
            "Is something between this device and the cloud, such as a captive portal, answering instead of it?"
        }
    }

    private static func hint(for error: TLSError, _ endpoint: String, _ rootsKey: String, _ urlKey: String) -> String? {
        switch error {
        case .nameNotResolved: "Check '\(urlKey)' with 'tedge config get \(urlKey)', and the network's name server."
        case .cannotConnect, .noAnswer, .silent:
            "Check the network and firewall between this device and \(endpoint); a proxy is set with 'tedge config set proxy.address'."
        case .untrusted, .rootsUnusable:
            "Run 'tedge config set \(rootsKey) <file or directory>' with the certificate of the server's authority."
        case .tooWeak:
            "The server needs a certificate with keys and signatures of today: RSA with 2048 bits, and SHA-256."
        case .wrongHost: "Check '\(urlKey)' with 'tedge config get \(urlKey)': the certificate must carry that name."
        case .authorityExpired(let name, _):
            "Check the clock of this device with 'date'; if it is right, install a current certificate of '\(name)', for example "
                + "with 'sudo apt install --only-upgrade ca-certificates', or name one with 'tedge config set \(rootsKey) <file>'."
        case .serverExpired, .serverNotYetValid:
            "Check the clock of this device with 'date'; if it is right, the server needs a new certificate."
        case .notTLS, .flooded: "Check '\(urlKey)' with 'tedge config get \(urlKey)': is it the HTTPS port?"
        case .proxyRefused, .proxyNotHTTP: "Check 'proxy.address', 'proxy.username' and 'proxy.password'."
        case .libraryMissing: SystemLibrary.ssl.hint
        default: nil
        }
    }
}

extension TLSError {
    /// Whether the connection failed on the way to the first host: the proxy, if there is one.
    fileprivate var isBeforeServer: Bool {
        switch self {
        case .nameNotResolved, .cannotConnect, .noAnswer, .proxySilent, .proxyClosed: true
        default: false
        }
    }
}

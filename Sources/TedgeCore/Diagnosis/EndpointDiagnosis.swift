import Sockets
import TLS
import X509

/// Explains why a connection to an address of a cloud failed. Only this type converts errors of sockets and TLS to a
/// reason, a cause and a hint.
struct EndpointDiagnosis {
    /// The kind of service at the address.
    enum Service {
        /// The cloud's MQTT port, used by mosquitto's bridge.
        case bridge(BridgeDiagnosis)
        /// HTTPS requests, through the given proxy if there is one.
        case web(proxy: String?)
    }

    /// The address as `host:port`.
    let address: String
    let service: Service
    /// The setting that contains the host; nil if the host was given on the command line.
    let hostKey: String?
    /// The setting for the trusted certificates, and its value.
    let rootsKey: String
    let roots: String?

    /// Creates the diagnosis for a bridge.
    init(_ cloud: Cloud, _ settings: CloudSettings, _ endpoint: HostPort) {
        let bridge = BridgeDiagnosis(cloud: cloud, settings: settings, endpoint: endpoint)
        address = "\(endpoint)"
        service = .bridge(bridge)
        hostKey = bridge.hostKey
        rootsKey = bridge.key("root_cert_path")
        roots = try? settings.path("root_cert_path")
    }

    /// Creates the diagnosis for an HTTPS request.
    init(address: String, proxy: String?, hostKey: String?, rootsKey: String) {
        (self.address, service, self.hostKey, self.rootsKey, roots) = (
            address, .web(proxy: proxy), hostKey, rootsKey, nil
        )
    }

    /// The diagnosis of an error; nil if there is nothing to add to the text of the error.
    func diagnosis(_ error: TLSError) -> Diagnosis? {
        switch error {
        case .socket(let error): diagnosis(error)
        case .untrusted(_, let reason):
            Diagnosis(
                .serverCertificateUntrusted,
                "The certificate of \(address) is signed by an authority that this device does not trust.",
                seen: reason, hint: rootsHint)
        case .authorityExpired(let name, let end):
            Diagnosis(
                .trustRootsExpired,
                "The certificate of the authority '\(name)', by which this device knows \(address), has expired.",
                seen: "it is in \(roots ?? rootsKey), and was valid until \(RFC2822Date.text(end))",
                hint:
                    "Check the clock of this device with 'date'; if it is right, install a current certificate of that "
                    + "authority, for example with 'sudo apt install --only-upgrade ca-certificates'.")
        case .tooWeak(let reason):
            Diagnosis(
                .serverCertificateWeak, "The certificate of \(address) is weaker than this device takes.",
                seen: reason,
                hint:
                    "The cloud needs a certificate whose chain has keys and signatures of today: RSA with 2048 bits or "
                    + "elliptic curves, and SHA-256.")
        case .wrongHost(let host, let names):
            Diagnosis(
                .serverCertificateWrongHost, "The certificate of \(address) is not for \(host).",
                seen: names.isEmpty ? "the certificate names no host" : "it is for \(names.joined(separator: ", "))",
                hint: checkHost + ".")
        case .serverExpired(let end):
            Diagnosis(
                .serverCertificateExpired, "The certificate of \(address) has expired.",
                seen: "it was valid until \(RFC2822Date.text(end))",
                hint: "Check the clock of this device with 'date'; if it is right, the cloud needs a new certificate.")
        case .serverNotYetValid(let begin):
            Diagnosis(
                .clockWrong, "The certificate of \(address) is not valid yet.",
                seen: "it is valid from \(RFC2822Date.text(begin))",
                hint: "Check the clock of this device with 'date', and set it with 'timedatectl set-time'.")
        case .notTLS(let reason):
            Diagnosis(
                .notTLS, "What answers at \(address) does not speak TLS.", seen: reason, hint: checkPort)
        case .silent(let stage):
            Diagnosis(
                .endpointSilent, "What answers at \(address) is silent.", seen: "waited for \(stage.rawValue)",
                hint: silenceHint)
        case .flooded(let stage):
            Diagnosis(
                .endpointFloods, "What answers at \(address) sends data without end.",
                seen: "waited for \(stage.rawValue)", hint: checkService)
        case .rootsUnusable(let path, let reason):
            Diagnosis(
                .trustRootsUnusable, "The trusted certificates in \(path) cannot be used.", seen: reason,
                hint: "Run 'tedge config set \(rootsKey) <file or directory>'.")
        case .libraryMissing(let reason):
            Diagnosis(
                SystemLibrary.ssl.id, "The library libssl cannot be opened.", seen: reason, hint: SystemLibrary.ssl.hint
            )
        case .alert, .closed, .lost, .identityUnusable, .identityUnfit:
            if case .bridge(let bridge) = service { bridge.diagnosis(error) } else { nil }
        case .proxySilent, .proxyClosed, .proxyRefused, .proxyNotHTTP:
            if case .web(let proxy) = service { Self.refused(by: proxy ?? "of 'proxy.address'", error) } else { nil }
        case .openSSL: nil
        }
    }

    private func diagnosis(_ error: SocketError) -> Diagnosis? {
        let reached: Diagnosis
        switch error {
        case .interrupted: return nil
        case .nameServerSilent(let host):
            reached = Diagnosis(
                .nameServerSilent, "The name \(host) cannot be looked up: the name server does not answer.",
                hint: "Check the network, and the name servers in /etc/resolv.conf.")
        case .nameNotResolved(let host, let reason):
            reached = Diagnosis(
                .nameNotResolved, "The name \(host) cannot be resolved.", seen: reason,
                hint: "\(checkHost), and the network's name server.")
        case .cannotConnect(let host, let port, let code):
            reached = Diagnosis(
                code == SystemError.refused.code ? .portClosed : .hostUnreachable,
                "\(host) cannot be reached on port \(port).", seen: "\(SystemError(code))",
                hint: checkNetwork("\(host):\(port)"))
        case .noAnswer(let host, let port):
            reached = Diagnosis(
                .packetsDropped, "\(host) does not answer on port \(port).", seen: "no answer to the TCP connection",
                hint: checkNetwork("\(host):\(port)"))
        }
        // If there is a proxy, the proxy cannot be reached.
        guard case .web(let proxy?) = service else { return reached }
        return Diagnosis(
            .proxyUnreachable, reached.message, seen: reached.seen, hint: Self.proxyHint(proxy))
    }

    private static func refused(by proxy: String, _ error: TLSError) -> Diagnosis {
        switch error {
        case .proxySilent:
            Diagnosis(.proxyUnreachable, "The proxy \(proxy) does not answer.", hint: proxyHint(proxy))
        case .proxyClosed:
            Diagnosis(
                .proxyUnreachable, "The proxy \(proxy) closes the connection without an answer.", hint: proxyHint(proxy)
            )
        case .proxyRefused(let status, let reason):
            Diagnosis(
                .proxyRefused, "The proxy \(proxy) refuses the connection.", seen: "\(status) \(reason)",
                hint: "Check 'proxy.address', 'proxy.username' and 'proxy.password'.")
        default:
            Diagnosis(
                .proxyRefused, "What answers at the proxy \(proxy) is not HTTP.",
                hint: "Check 'proxy.address', 'proxy.username' and 'proxy.password'.")
        }
    }

    // MARK: Hints

    private static func proxyHint(_ proxy: String) -> String {
        "Check 'proxy.address' with 'tedge config get proxy.address', and the network between this device and the proxy "
            + "\(proxy); hosts that are reached without it are listed in 'proxy.no_proxy'."
    }

    /// How to check the host name, without a full stop.
    var checkHost: String {
        hostKey.map { "Check '\($0)' with 'tedge config get \($0)'" } ?? "Check the host and port of --url"
    }

    private var checkPort: String {
        switch service {
        case .bridge(let bridge): bridge.checkPort
        case .web: hostKey == nil ? checkHost + "." : checkHost + ": is it the HTTPS port?"
        }
    }

    private var checkService: String {
        switch service {
        case .bridge(let bridge):
            "Check '\(bridge.addressKey)', and proxies between this device and the cloud."
        case .web: checkPort
        }
    }

    private var silenceHint: String {
        switch service {
        case .bridge: checkService
        case .web(nil): checkNetwork(address)
        case .web(let proxy?):
            "Check the network between the proxy \(proxy) and \(address); hosts that are reached without the proxy are "
                + "listed in 'proxy.no_proxy'."
        }
    }

    private func checkNetwork(_ place: String) -> String {
        let check = "Check the network and firewall between this device and \(place)"
        return if case .bridge = service { check + "." } else {
            "\(check); a proxy is set with 'tedge config set proxy.address'."
        }
    }

    private var rootsHint: String {
        let set = "Run 'tedge config set \(rootsKey) <file or directory>' with the authority's certificate"
        guard let roots else { return "\(set)." }
        return "\(set); if \(roots) is a directory that holds it, run 'sudo openssl rehash \(roots)'."
    }
}

import Sockets
import TLS
import X509

/// Failures of the endpoint in words, with what mends them.
struct EndpointDiagnosis {
    private let cloud: Cloud
    private let endpoint: HostPort
    private let settings: CloudSettings

    init(_ cloud: Cloud, _ settings: CloudSettings, _ endpoint: HostPort) {
        (self.cloud, self.settings, self.endpoint) = (cloud, settings, endpoint)
    }

    private var name: String { cloud.name.rawValue }

    private func key(_ suffix: String) -> String { (try? settings.name(suffix).text) ?? "\(name).\(suffix)" }

    /// The setting that the name of the endpoint comes from: the endpoint's own where somebody has set it.
    private var hostKey: String {
        let own = (try? settings.name(cloud.endpointSetting)).flatMap { try? settings.settings.value(of: $0) }
        return key(own.map { $0.origin == .fallback } ?? true ? "url" : cloud.endpointSetting)
    }

    func diagnosis(_ error: TLSError) -> Diagnosis? {
        switch error {
        case .nameNotResolved(let host, AddressLookup.noAnswer):
            Diagnosis(
                "name-server-silent", "The name \(host) cannot be looked up: the name server does not answer.",
                hint: "Check the network, and the name servers in /etc/resolv.conf.")
        case .nameNotResolved(let host, let reason):
            Diagnosis(
                "name-not-resolved", "The name \(host) cannot be resolved.", seen: reason,
                hint: "Check '\(hostKey)' with 'tedge config get \(hostKey)', and the network's name server.")
        case .cannotConnect(let host, let port, let code):
            Diagnosis(
                code == SystemError.refused.code ? "port-closed" : "host-unreachable",
                "\(host) cannot be reached on port \(port).", seen: "\(SystemError(code))",
                hint: "Check the network and firewall between this device and \(host):\(port).")
        case .noAnswer(let host, let port):
            Diagnosis(
                "packets-dropped", "\(host) does not answer on port \(port).", seen: "no answer to the TCP connection",
                hint: "Check the network and firewall between this device and \(host):\(port).")
        case .untrusted(_, let reason):
            Diagnosis(
                "server-certificate-untrusted",
                "The certificate of \(endpoint) is signed by an authority that this device does not trust.",
                seen: reason, hint: rootsHint)
        case .authorityExpired(let name, let end):
            Diagnosis(
                "trust-roots-expired",
                "The certificate of the authority '\(name)', by which this device knows \(endpoint), has expired.",
                seen: "it is in \(roots ?? key("root_cert_path")), and was valid until \(RFC2822Date.text(end))",
                hint:
                    "Check the clock of this device with 'date'; if it is right, install a current certificate of that "
                    + "authority, for example with 'sudo apt install --only-upgrade ca-certificates'.")
        case .tooWeak(let reason):
            Diagnosis(
                "server-certificate-weak", "The certificate of \(endpoint) is weaker than this device takes.",
                seen: reason,
                hint:
                    "The cloud needs a certificate whose chain has keys and signatures of today: RSA with 2048 bits or "
                    + "elliptic curves, and SHA-256.")
        case .wrongHost(let host, let names):
            Diagnosis(
                "server-certificate-wrong-host", "The certificate of \(endpoint) is not for \(host).",
                seen: names.isEmpty ? "the certificate names no host" : "it is for \(names.joined(separator: ", "))",
                hint: "Check '\(hostKey)' with 'tedge config get \(hostKey)'.")
        case .serverExpired(let end):
            Diagnosis(
                "server-certificate-expired", "The certificate of \(endpoint) has expired.",
                seen: "it was valid until \(RFC2822Date.text(end))",
                hint: "Check the clock of this device with 'date'; if it is right, the cloud needs a new certificate.")
        case .serverNotYetValid(let begin):
            Diagnosis(
                "clock-wrong", "The certificate of \(endpoint) is not valid yet.",
                seen: "it is valid from \(RFC2822Date.text(begin))",
                hint: "Check the clock of this device with 'date', and set it with 'timedatectl set-time'.")
        case .alert(let number): alert(number)
        case .closed, .lost:
            Diagnosis(
                "cloud-closes-connection", "\(cloud.displayName) closes the connection of this device.",
                seen: "\(error)", hint: trustHint)
        case .notTLS(let reason):
            Diagnosis(
                "not-tls", "What answers at \(endpoint) does not speak TLS.", seen: reason,
                hint: cloud.endpointSetting == "url"
                    ? "Check '\(hostKey)' with 'tedge config get \(hostKey)'."
                    : "Check '\(key(cloud.endpointSetting))': is it the MQTT port of the cloud?")
        case .silent(let stage):
            Diagnosis(
                "endpoint-silent", "What answers at \(endpoint) is silent.", seen: "waited for \(stage.rawValue)",
                hint: "Check '\(key(cloud.endpointSetting))', and proxies between this device and the cloud.")
        case .flooded(let stage):
            Diagnosis(
                "endpoint-floods", "What answers at \(endpoint) sends data without end.",
                seen: "waited for \(stage.rawValue)",
                hint: "Check '\(key(cloud.endpointSetting))', and proxies between this device and the cloud.")
        case .rootsUnusable(let path, let reason):
            Diagnosis(
                "trust-roots-unusable", "The trusted certificates in \(path) cannot be used.", seen: reason,
                hint: "Run 'tedge config set \(key("root_cert_path")) <file or directory>'.")
        case .identityUnusable(let path, let reason):
            Diagnosis("key-broken", "\(path) cannot be used.", seen: reason)
        case .identityUnfit(let seen):
            Diagnosis(
                "device-certificate-not-sent",
                "\(endpoint) takes no certificate with a key like that of this device, which therefore sent none.",
                seen: seen,
                hint:
                    "Use a key that \(cloud.displayName) takes, for example ECDSA P-256 or RSA with 2048 bits: name its "
                    + "files with 'tedge config set \(key("device.key_path")) <file>' and 'tedge config set "
                    + "\(key("device.cert_path")) <file>'.")
        case .libraryMissing(let reason):
            Diagnosis(
                SystemLibrary.ssl.id, "The library libssl cannot be opened.", seen: reason, hint: SystemLibrary.ssl.hint
            )
        case .openSSL, .proxyRefused, .proxyNotHTTP, .proxySilent, .proxyClosed, .interrupted: nil
        }
    }

    private var roots: String? { try? settings.path("root_cert_path") }

    private var rootsHint: String {
        let set = "Run 'tedge config set \(key("root_cert_path")) <file or directory>' with the authority's certificate"
        guard let roots else { return "\(set)." }
        return "\(set); if \(roots) is a directory that holds it, run 'sudo openssl rehash \(roots)'."
    }

    private func alert(_ number: Int) -> Diagnosis {
        let seen = "TLS alert '\(TLSError.alertName(number))'"
        return switch TLSError.alertName(number) {
        case "certificate expired":
            Diagnosis(
                "certificate-expired", "\(cloud.displayName) says that the device certificate has expired.", seen: seen,
                hint:
                    "Check the clock of this device with 'date'; if it is right, renew the certificate with 'tedge cert renew'."
            )
        case "certificate revoked":
            Diagnosis(
                "device-certificate-revoked", "\(cloud.displayName) says that the device certificate is revoked.",
                seen: seen,
                hint: "Look at the device certificate in \(cloud.displayName), and who has revoked it and why.")
        case "certificate required":
            Diagnosis(
                "device-certificate-not-sent", "\(endpoint) demands a certificate, and this device sent none.",
                seen: seen,
                hint: "Check the device certificate with 'tedge cert show'.")
        case "protocol version", "insufficient security":
            Diagnosis(
                "tls-version",
                "What answers at \(endpoint) and this device have no version or cipher of TLS in common.",
                seen: "\(seen); this device speaks TLS 1.2 and 1.3",
                hint:
                    "Check '\(key(cloud.endpointSetting))' with 'tedge config get \(key(cloud.endpointSetting))'; a server that "
                    + "is older needs an update.")
        case "unrecognized name":
            Diagnosis(
                "server-name-unknown", "What answers at \(endpoint) does not know the name \(endpoint.host).",
                seen: seen,
                hint: "Check '\(hostKey)' with 'tedge config get \(hostKey)'.")
        case "unknown ca", "certificate unknown", "bad certificate", "unsupported certificate", "access denied",
            "decrypt error", "handshake failure":
            Diagnosis(
                "device-certificate-not-trusted", "\(cloud.displayName) does not trust the device certificate.",
                seen: seen, hint: trustHint)
        default:
            Diagnosis("tls-alert", "\(cloud.displayName) refuses the TLS connection.", seen: seen)
        }
    }

    private var profile: ProfileName? { settings.profile }
    private var option: String { profile.map { " --profile \($0)" } ?? "" }

    private var trustHint: String {
        switch cloud.name {
        case .c8y:
            "Run 'tedge cert upload c8y --user <username>\(option)', then 'tedge connect \(cloud.name.words(profile)) --test'."
        case .az, .aws:
            "Register the device certificate in \(cloud.displayName), then run 'tedge connect "
                + "\(cloud.name.words(profile)) --test'."
        }
    }
}

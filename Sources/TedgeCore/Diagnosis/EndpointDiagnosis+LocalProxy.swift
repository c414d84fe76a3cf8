import TLS

extension EndpointDiagnosis {
    /// How to fix a failure of the HTTP proxy that a mapper provides on this device.
    static func localProxyHint(_ error: HTTPError, mapper: String) -> String {
        guard case .connection(let error) = error else {
            return "Does the proxy speak HTTPS? Then set 'c8y.proxy.cert_path' to its certificate."
        }
        return switch error {
        case .untrusted, .rootsUnusable:
            "Run 'tedge config set c8y.proxy.ca_path <file or directory>' with the authority of c8y.proxy.cert_path."
        case .wrongHost: "Set 'c8y.proxy.client.host' to a name that the certificate of the proxy carries."
        case .notTLS: "Does the proxy speak HTTP? Then run 'tedge config unset c8y.proxy.cert_path'."
        case .identityUnusable: "Check 'http.client.auth.cert_file' and 'http.client.auth.key_file'."
        default: "The mapper offers this proxy: run 'sudo systemctl start \(mapper)', or 'sudo tedge connect c8y'."
        }
    }
}

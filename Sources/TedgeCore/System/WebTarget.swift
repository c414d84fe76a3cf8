import Foundation
import TLS

extension WebTarget {
    /// The HTTPS service of a cloud, according to its settings and those of the proxy.
    ///
    /// - Parameter endpoint: The server; the one of the settings if nil.
    init(_ cloud: CloudSettings, endpoint: HostPort? = nil) throws {
        let endpoint = try endpoint ?? cloud.hostPort("http")
        self.init(
            endpoint: endpoint, proxy: try Self.proxy(cloud.settings, for: endpoint),
            options: TLSOptions(roots: [.system, .path(try cloud.path("root_cert_path"))]))
    }

    private static func proxy(_ settings: Settings, for endpoint: HostPort) throws -> TLSProxy? {
        guard let address = try settings.proxyAddress() else { return nil }
        let exemptions = ProxyExemptions(try settings.string("proxy.no_proxy") ?? "")
        guard !exemptions.contains(endpoint.host, port: endpoint.port) else { return nil }
        let credentials = try settings.allOrNone(["proxy.username", "proxy.password"])
        let authorization = credentials.map { BasicAuthorization.value(user: $0[0], password: Secret($0[1].utf8)) }
        guard address.scheme == .http else {
            throw BridgeError.unsupported(
                key: "proxy.address", value: address.description,
                instead: "Use a proxy without TLS, as 'http://HOST:PORT'.")
        }
        return TLSProxy(
            host: address.endpoint.bareHost, port: address.endpoint.port, authorization: authorization)
    }
}

/// The header of HTTP's Basic authentication (RFC 7617).
enum BasicAuthorization {
    /// The word `Basic` and the base64 of user and password.
    static func value(user: String, password: Secret) -> String {
        password.withBytes { bytes in
            var plain = Array("\(user):".utf8) + bytes
            defer { plain.wipe() }
            return "Basic " + Data(plain).base64EncodedString()
        }
    }
}

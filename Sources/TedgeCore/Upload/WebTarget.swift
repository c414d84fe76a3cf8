import Foundation
import TLS

extension WebTarget {
    /// The HTTPS service of a cloud, by its settings and those of the proxy.
    ///
    /// - Parameter endpoint: The server; that of the settings where nil.
    init(_ cloud: CloudSettings, endpoint: HostPort? = nil) throws {
        let endpoint = try endpoint ?? cloud.hostPort("http")
        self.init(
            endpoint: endpoint, proxy: try Self.proxy(cloud.settings, for: endpoint.host),
            options: TLSOptions(roots: [.system, .path(try cloud.path("root_cert_path"))]))
    }

    private static func proxy(_ settings: Settings, for host: String) throws -> TLSProxy? {
        guard let address = try settings.proxyAddress(), !(try isExempt(host, settings)) else { return nil }
        let credentials = try settings.allOrNone(["proxy.username", "proxy.password"])
        let authorization = credentials.map { BasicAuthorization.value(user: $0[0], password: Secret($0[1].utf8)) }
        guard address.scheme == .http else {
            throw BridgeError.unsupported(
                key: "proxy.address", value: address.description,
                instead: "Name a proxy that is spoken to without TLS, as 'http://HOST:PORT'.")
        }
        return TLSProxy(
            host: address.endpoint.bareHost, port: address.endpoint.port, authorization: authorization)
    }

    /// Whether a host, or the domain that it is in, is one that the proxy is not used for.
    private static func isExempt(_ host: String, _ settings: Settings) throws -> Bool {
        let exempt = try settings.string("proxy.no_proxy") ?? ""
        return exempt.split(separator: Character(",")).contains { entry in
            let name = entry.lowercased().filter { !$0.isWhitespace }
            let domain = name.hasPrefix(".") ? name : ".\(name)"
            return !name.isEmpty && (name == "*" || host.lowercased() == name || host.lowercased().hasSuffix(domain))
        }
    }
}

/// The header of HTTP's Basic authentication (RFC 7617).
enum BasicAuthorization {
    /// `Basic` and the base64 of user and password.
    static func value(user: String, password: Secret) -> String {
        password.withBytes { bytes in
            var plain = Array("\(user):".utf8) + bytes
            defer { plain.wipe() }
            return "Basic " + Data(plain).base64EncodedString()
        }
    }
}

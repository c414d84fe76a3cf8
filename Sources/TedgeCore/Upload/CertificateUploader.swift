import Foundation
import TLS
import X509

/// `cert upload c8y`: has a tenant of Cumulocity trust the device's certificate.
public struct CertificateUploader {
    private let context: Context
    private let profile: ProfileName?
    /// How long each request may take.
    private static let limit = Duration.seconds(30)

    /// Names the profile whose certificate and tenant are meant.
    public init(profile: ProfileName?, in context: Context) {
        self.profile = profile
        self.context = context
    }

    /// Uploads the certificate, or prints why not.
    public func run(_ credentials: UploadCredentials) -> CommandReport {
        do {
            let settings = try Settings.load(from: context.settingsSource)
            let cloud = settings.cloud(.c8y, profile: profile)
            let target = try target(cloud)
            let deviceID = try cloud.required("device.id")
            let certificate = try certificate(settings)
            let user = try credentials.resolvedUser(in: context)
            let password = try credentials.resolvedPassword(in: context)
            let session = UploadSession(
                context: context, target: target, user: user, password: password, limit: Self.limit,
                rootsKey: try cloud.name("root_cert_path").text, urlKey: try cloud.name("url").text)
            let tenant = try session.tenant()
            let message = try session.upload(certificate, name: deviceID, to: tenant)
            context.console.result(message + "\n")
            return .done("cert upload", cloud: .c8y, changed: message.hasSuffix("successfully."), message: message)
        } catch {
            let failure = CommandFailure(command: "tedge cert upload", "failed to upload root certificate", error)
            context.console.report(failure)
            return .failed("cert upload", cloud: .c8y, failure)
        }
    }

    /// The certificate as its file has it: the renewed one where there is one.
    private func certificate(_ settings: Settings) throws -> String {
        let pair = try CertificatePair(settings, cloud: .c8y, profile: profile, in: context)
        let renewed = pair.certificatePath + ".new"
        let path = context.files.exists(renewed) ? renewed : pair.certificatePath
        _ = try CertificateFile.certificate(at: path, files: context.files)
        return String(decoding: try context.files.read(path), as: UTF8.self)
    }

    private func target(_ cloud: CloudSettings) throws -> WebTarget {
        let endpoint = try cloud.hostPort("http")
        return WebTarget(
            endpoint: endpoint, proxy: try proxy(cloud.settings, for: endpoint.host),
            options: TLSOptions(roots: [.system, .path(try cloud.path("root_cert_path"))]))
    }

    private func proxy(_ settings: Settings, for host: String) throws -> TLSProxy? {
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
    private func isExempt(_ host: String, _ settings: Settings) throws -> Bool {
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

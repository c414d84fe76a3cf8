import TLS
import X509

/// The certificate authority of a Cumulocity tenant, for a device that has a certificate: the mapper's proxy is asked, and
/// where that does not answer, the tenant itself with a token.
struct CumulocityAuthority {
    let cloud: CloudSettings
    let context: Context
    private static let path = "/.well-known/est/simplereenroll"
    /// How many seconds the tenant may take.
    private static let timeout = 30

    /// Gets the certificate: `POST /.well-known/est/simplereenroll`.
    ///
    /// - Parameter isSelfSigned: Whether the present certificate is, for the hint.
    func issued(_ request: EnrollmentRequest, isSelfSigned: Bool) throws -> IssuedCertificate {
        if let rehearsal = context.rehearsal {
            return try rehearsal.certificate(for: request, from: "\(try WebTarget(cloud).endpoint)", cloud.settings)
        }
        let proxy = try LocalProxy(cloud, in: context)
        let refusal: EnrollmentError
        do {
            let response = try proxy.send(request.http(Self.path))
            if response.status == 200 { return try request.issued(in: response.body) }
            guard Self.isOfAnother(response.status) else { throw self.refusal(response, isSelfSigned: isSelfSigned) }
            refusal = self.refusal(response, isSelfSigned: isSelfSigned)
        } catch let error as EnrollmentError {
            guard case .proxyFailed = error else { throw error }
            refusal = error
        }
        // Without a bridge there is no other way, and the proxy is the one that can be put right.
        guard isConnected else { throw refusal }
        let inputs = try ConnectionInputs(Cloud.named(cloud.cloud), cloud.profile, in: context)
        // Cumulocity sends tokens to devices with a certificate alone.
        guard inputs.authentication == .certificate else { throw refusal }
        context.console.note("The mapper's proxy does not answer, so that Cumulocity itself is asked.")
        return try issued(request, with: try token(inputs), isSelfSigned: isSelfSigned)
    }

    /// Whether a status may not be the tenant's, but that of a proxy without connection or of another program.
    private static func isOfAnother(_ status: Int) -> Bool { status == 404 || status == 405 || status >= 500 }

    private var isConnected: Bool {
        let paths = BridgePaths(in: context.configurationDirectory, cloud.cloud, cloud.profile)
        return context.files.exists(paths.bridge) && !context.files.exists(paths.unfinished)
    }

    private func token(_ inputs: ConnectionInputs) throws -> Secret {
        do {
            return try DeviceToken(inputs: inputs, context: context).request()
        } catch let failure as CheckFailure {
            try context.interruption.check()
            throw EnrollmentError.noToken(Diagnosis.of(failure, inputs, in: context))
        }
    }

    private func issued(
        _ request: EnrollmentRequest, with token: Secret, isSelfSigned: Bool
    ) throws -> IssuedCertificate {
        let target = try WebTarget(cloud)
        let value = token.withBytes { "Bearer \(String(decoding: $0, as: UTF8.self))" }
        let response: HTTPResponse
        do throws(HTTPError) {
            response = try context.send(
                request.http(Self.path, headers: [(name: "Authorization", value: value)]), to: target,
                within: Self.timeout)
        } catch {
            try context.interruption.check()
            throw EnrollmentError.exchange(
                target.failure(
                    error, of: .enrollment, rootsKey: try cloud.name("root_cert_path").text,
                    urlKey: try cloud.name("http").text))
        }
        switch response.status {
        case 200: return try request.issued(in: response.body)
        case 404, 405:
            throw EnrollmentError.notOffered(
                status: response.statusText, endpoint: target.endpoint.description)
        default: throw refusal(response, isSelfSigned: isSelfSigned)
        }
    }

    private func refusal(_ response: HTTPResponse, isSelfSigned: Bool) -> EnrollmentError {
        let words = cloud.cloud.words(cloud.profile)
        let hint =
            isSelfSigned
            ? "The certificate is self-signed: run 'tedge cert renew --ca self-signed'."
            : "Check with 'tedge connect \(words) --test' that the device is connected, and try again."
        return .requestFailed(status: response.statusText, body: response.message ?? "", hint: hint)
    }
}

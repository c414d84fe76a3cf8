import Foundation
import TLS

/// The two requests of an upload.
struct UploadSession {
    let tenant: TenantSession

    /// Asks which tenant the host is: `GET /tenant/currentTenant`.
    func tenantName() throws -> String {
        let response = try send(HTTPRequest("GET", "/tenant/currentTenant", headers: headers))
        guard response.status / 100 == 2 else { throw refusal(response) }
        let object = try? JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any]
        guard let name = object?["name"] as? String, Self.isTenant(name) else {
            throw UploadError.notJSON(excerpt: response.excerpt)
        }
        return name
    }

    /// Adds the certificate to the trusted ones of a tenant. Returns false if the tenant has it already.
    func upload(_ certificate: String, name: String, to tenant: String) throws -> Bool {
        let body = JSONValue.object([
            .init("name", .string(name)), .init("certInPemFormat", .string(certificate)),
            .init("autoRegistrationEnabled", .bool(true)), .init("status", .string("ENABLED")),
        ])
        let request = HTTPRequest(
            "POST", "/tenant/tenants/\(tenant)/trusted-certificates",
            headers: headers + [(name: "Content-Type", value: "application/json")], body: Array(body.text.utf8))
        let response = try send(request)
        switch response.status {
        case 200, 201: return true
        case 409: return false
        default: throw refusal(response)
        }
    }

    private var headers: [(name: String, value: String)] {
        [
            tenant.authorization, (name: "Accept", value: "application/json"), (name: "User-Agent", value: "tedge"),
        ]
    }

    private func send(_ request: HTTPRequest) throws -> HTTPResponse {
        do throws(HTTPError) {
            return try tenant.send(request)
        } catch {
            try tenant.context.interruption.check()
            throw UploadError.exchange(tenant.failure(error, of: .upload))
        }
    }

    private func refusal(_ response: HTTPResponse) -> UploadError {
        let (status, message) = (response.statusText, response.message)
        return switch response.status {
        case 401: .unauthorized(user: tenant.user)
        case 403: .forbidden(user: tenant.user, message: message)
        case 404: .notFound(endpoint: tenant.target.endpoint.description, urlKey: tenant.urlKey)
        case 500...599: .server(status: status, message: message)
        default: .unexpectedStatus(status: status, message: message)
        }
    }

    /// Whether a name can stand in a path as it is.
    private static func isTenant(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
                default: false
                }
            }
    }
}

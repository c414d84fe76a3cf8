import Foundation
import TLS

/// The two requests of an upload.
struct UploadSession {
    let context: Context
    let target: WebTarget
    let user: String
    let password: Secret
    /// How many seconds each request may take.
    let limit: Int
    let rootsKey: String
    let urlKey: String

    /// Asks which tenant the host is: `GET /tenant/currentTenant`.
    func tenant() throws(UploadError) -> String {
        let response = try send(HTTPRequest("GET", "/tenant/currentTenant", headers: headers))
        guard response.status / 100 == 2 else { throw refusal(response) }
        let object = try? JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any]
        guard let name = object?["name"] as? String, Self.isTenant(name) else {
            throw .notJSON(excerpt: Self.excerpt(response.body))
        }
        return name
    }

    /// Adds the certificate to the trusted ones of a tenant. Returns false if the tenant has it already.
    func upload(_ certificate: String, name: String, to tenant: String) throws(UploadError) -> Bool {
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
            (name: "Authorization", value: BasicAuthorization.value(user: user, password: password)),
            (name: "Accept", value: "application/json"), (name: "User-Agent", value: "tedge"),
        ]
    }

    private func send(_ request: HTTPRequest) throws(UploadError) -> HTTPResponse {
        do {
            return try context.send(request, to: target, within: limit)
        } catch {
            if let signal = context.interruption.signal() { throw .interrupted(Interrupted(signal: signal)) }
            throw .exchange(target.failure(error, of: .upload, rootsKey: rootsKey, urlKey: urlKey))
        }
    }

    private func refusal(_ response: HTTPResponse) -> UploadError {
        let status = response.statusText
        let message = Self.message(in: response.body)
        return switch response.status {
        case 401: .unauthorized(user: user)
        case 403: .forbidden(user: user, message: message)
        case 404: .notFound(endpoint: target.endpoint.description, urlKey: urlKey)
        case 500...599: .server(status: status, message: message)
        default: .unexpectedStatus(status: status, message: message)
        }
    }

    /// The field `message` of an error of Cumulocity, else the beginning of the text.
    static func message(in body: [UInt8]) -> String? {
        let object = try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
        if let message = object?["message"] as? String, !message.isEmpty { return excerpt(Array(message.utf8)) }
        let text = excerpt(body)
        return text.isEmpty ? nil : text
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

    /// The beginning of a text on one line.
    static func excerpt(_ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes.prefix(400), as: UTF8.self)
        return String(text.split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(200))
    }
}

extension HTTPResponse {
    /// The status with its words, for example `401 Unauthorized`.
    var statusText: String { reason.isEmpty ? "\(status)" : "\(status) \(reason)" }
}

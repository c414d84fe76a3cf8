import Foundation
import TLS

/// A tenant's HTTPS service, and who asks it.
struct TenantSession {
    let context: Context
    let target: WebTarget
    let user: String
    let password: Secret
    /// The settings with the trusted roots and with the address, for messages.
    let rootsKey: String
    let urlKey: String
    /// How many seconds each request may take.
    private static let timeout = 30

    /// The header that says who asks.
    var authorization: (name: String, value: String) {
        (name: "Authorization", value: BasicAuthorization.value(user: user, password: password))
    }

    /// Sends a request and waits for the answer, whatever its status is.
    func send(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
        try context.send(request, to: target, within: Self.timeout)
    }

    /// The failure of an exchange.
    ///
    /// - Parameter isTyped: Whether the server was given on the command line, so that no setting names it.
    func failure(
        _ error: HTTPError, of purpose: ExchangeFailure.Purpose, isTyped: Bool = false
    ) -> ExchangeFailure {
        target.failure(error, of: purpose, rootsKey: rootsKey, urlKey: isTyped ? nil : urlKey)
    }
}

extension TenantSession {
    init(_ cloud: CloudSettings, at target: WebTarget, user: String, password: Secret, in context: Context) throws {
        self.init(
            context: context, target: target, user: user, password: password,
            rootsKey: try cloud.name("root_cert_path").text, urlKey: try cloud.name("url").text)
    }
}

extension HTTPResponse {
    /// The status with its words, for example `401 Unauthorized`.
    var statusText: String { reason.isEmpty ? "\(status)" : "\(status) \(reason)" }

    /// The field `message` of an error of Cumulocity, else the beginning of the text; nil if the body is empty.
    var message: String? {
        let object = try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
        if let message = object?["message"] as? String, !message.isEmpty { return Self.excerpt(Array(message.utf8)) }
        let text = excerpt
        return text.isEmpty ? nil : text
    }

    /// The beginning of the body on one line.
    var excerpt: String { Self.excerpt(body) }

    private static func excerpt(_ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes.prefix(400), as: UTF8.self)
        return String(text.split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(200))
    }
}

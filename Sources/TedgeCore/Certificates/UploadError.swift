/// Why a certificate is not in the cloud.
enum UploadError: ExplainedError, Equatable {
    /// The connection or the answer fails.
    case exchange(ExchangeFailure)
    /// 401.
    case unauthorized(user: String)
    /// 403; the server's message if there is one.
    case forbidden(user: String, message: String?)
    /// 404.
    case notFound(endpoint: String, urlKey: String)
    /// 5xx; the server's message if there is one.
    case server(status: String, message: String?)
    /// Any other status.
    case unexpectedStatus(status: String, message: String?)
    /// The answer is no JSON object with the name of the tenant.
    case notJSON(excerpt: String)

    /// One word for each case.
    var id: ReasonID {
        switch self {
        case .exchange(let failure): failure.diagnosis.id
        case .unauthorized: .uploadUnauthorized
        case .forbidden: .uploadForbidden
        case .notFound: .uploadNotFound
        case .server: .uploadServerError
        case .unexpectedStatus: .uploadRefused
        case .notJSON: .uploadNotJSON
        }
    }

    /// What happened.
    var causes: [String] {
        switch self {
        case .exchange(let failure): failure.diagnosis.causes
        case .unauthorized(let user):
            ["Cumulocity does not accept the user '\(user)' with this password (401 Unauthorized)."]
        case .forbidden(let user, let message):
            [
                "The user '\(user)' may not add trusted certificates (403 Forbidden): the role 'Tenant management admin' is "
                    + "missing."
            ] + Self.quoted(message)
        case .notFound(let endpoint, _):
            ["\(endpoint) knows nothing of trusted certificates (404 Not Found): it is not a Cumulocity tenant."]
        case .server(let status, let message): ["The server failed with \(status)."] + Self.quoted(message)
        case .unexpectedStatus(let status, let message):
            ["Request returned with code: \(status)"] + Self.quoted(message)
        case .notJSON(let excerpt):
            ["The server's answer does not name the tenant: it is not the JSON that was expected."]
                + (excerpt.isEmpty ? [] : ["'\(excerpt)'"])
        }
    }

    private static func quoted(_ message: String?) -> [String] {
        message.map { ["The server says: \($0)"] } ?? []
    }

    /// What to do about it.
    var hint: String? {
        switch self {
        case .exchange(let failure): failure.diagnosis.hint
        case .unauthorized:
            "Check user name and password by signing in to the tenant's web page; '<tenant>/<user>' names the tenant as well."
        case .forbidden:
            "Have an administrator give the user the role 'Tenant management admin', or upload as another user."
        case .notFound(_, let urlKey): "Check '\(urlKey)' with 'tedge config get \(urlKey)'."
        case .server: "Try again in a few minutes."
        case .unexpectedStatus: "Check 'c8y.url' with 'tedge config get c8y.url': is it the name of the tenant itself?"
        case .notJSON:
            "Is something between this device and the cloud, such as a captive portal, answering instead of it?"
        }
    }
}

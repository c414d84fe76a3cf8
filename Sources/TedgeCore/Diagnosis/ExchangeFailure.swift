import TLS

/// Why an HTTPS request to a cloud failed, and where it was sent.
public struct ExchangeFailure: Sendable, Equatable {
    /// The purpose of the request.
    enum Purpose {
        case upload, enrollment
    }

    let error: HTTPError
    let purpose: Purpose
    /// The server as `host:port`.
    let address: String
    /// The proxy that was used; nil if there is none.
    let proxy: String?
    /// The setting for the trusted certificates.
    let rootsKey: String
    /// The setting that contains the server; nil if the server was given on the command line.
    let urlKey: String?

    /// The cause, and the command to type.
    var diagnosis: Diagnosis {
        let endpoint = EndpointDiagnosis(address: address, proxy: proxy, hostKey: urlKey, rootsKey: rootsKey)
        switch error {
        case .connection(let error):
            let text = "\(error)"
            return endpoint.diagnosis(error)
                ?? Diagnosis(.connectionFailed, text.prefix(1).uppercased() + text.dropFirst())
        case .notHTTP:
            return Diagnosis(
                purpose == .upload ? .uploadNotHTTP : .enrollmentNotHTTP, unusable, hint: "\(endpoint.checkHost).")
        default:
            return Diagnosis(
                purpose == .upload ? .uploadAnswerBroken : .enrollmentAnswerBroken, unusable,
                hint: "Try again; a proxy between this device and the cloud may have changed the answer.")
        }
    }

    private var unusable: String { "The answer of \(address) cannot be used: \(error)" }
}

extension WebTarget {
    /// Creates the failure of a request to this server.
    func failure(
        _ error: HTTPError, of purpose: ExchangeFailure.Purpose, rootsKey: String, urlKey: String?
    ) -> ExchangeFailure {
        ExchangeFailure(
            error: error, purpose: purpose, address: "\(endpoint)", proxy: proxyName, rootsKey: rootsKey, urlKey: urlKey
        )
    }
}

import TLS

/// Why a server's certificate for this device is not there.
enum EnrollmentError: ExplainedError, Equatable {
    /// The cloud does not issue certificates.
    case unsupported(CloudName)
    /// A certificate that somebody else has signed is to be renewed by its own key.
    case notSelfSigned(path: String)
    /// The local proxy of the mapper cannot be reached or used.
    case proxyFailed(address: String, HTTPError, mapper: String)
    /// The local proxy, or the cloud behind it, refuses.
    case requestFailed(status: String, body: String, hint: String)
    /// Cumulocity sends no token over the bridge; the diagnosis says why.
    case noToken(Diagnosis)
    /// The certificate has expired, and what the authority then says.
    case expired(path: String, key: String, since: String, causes: [String])
    /// Nobody but a person can have the cloud trust the successor of a self-signed certificate.
    case selfSigned(path: String, hint: String)
    /// The cloud cannot be reached or used.
    case exchange(ExchangeFailure)
    /// The cloud refuses, and no other try changes that.
    case refused(status: String, message: String?, endpoint: String)
    /// The host offers no enrolment.
    case notOffered(status: String, endpoint: String)
    /// The answer holds no certificate.
    case notACertificate(reason: String)
    /// The certificate of the answer is for another key.
    case otherKey(subject: String)
    /// The certificate of the answer is for another name.
    case otherName(subject: String, wanted: String)
    /// The time for all tries is over; why the last one failed, and what to do about it.
    case timeout(last: String, hint: String?, isUnregistered: Bool)

    var id: ReasonID {
        switch self {
        case .unsupported: .renewalUnsupported
        case .notSelfSigned: .certificateNotSelfSigned
        case .proxyFailed: .proxyUnreachable
        case .requestFailed: .renewalRefused
        case .noToken(let diagnosis): diagnosis.id
        case .expired: .certificateExpired
        case .selfSigned: .renewalNeedsPerson
        case .exchange(let failure): failure.diagnosis.id
        case .refused: .enrollmentRefused
        case .notOffered: .enrollmentNotOffered
        case .notACertificate: .enrollmentAnswerBroken
        case .otherKey, .otherName: .enrollmentAnswerMismatch
        case .timeout(_, _, isUnregistered: true): .registrationPending
        case .timeout: .enrollmentTimeout
        }
    }

    var causes: [String] {
        switch self {
        case .unsupported(let cloud):
            ["Certificate renewal is not supported for \(Cloud.named(cloud).displayName)"]
        case .notSelfSigned(let path): ["Cannot renew certificate with self-signed ca: \(path) is not self-signed"]
        case .proxyFailed(let address, let error, _):
            ["Fail to connect to Cumulocity HTTP proxy \(address)", "\(error)"]
        case .requestFailed(let status, let body, _):
            [body.isEmpty ? "The request failed with \(status)" : "The request failed with \(status):\n    \(body)"]
        case .noToken(let diagnosis): ["Cumulocity sends no token over the bridge"] + diagnosis.causes
        case .expired(let path, _, let since, let causes):
            [
                "The certificate \(path) has expired (\(since)), and Cumulocity renews only for a device that it still lets in."
            ] + causes
        case .selfSigned(let path, _):
            [
                "The certificate \(path) is self-signed. It is not replaced without you, because the cloud does not trust "
                    + "its successor before somebody with an account there has registered it."
            ]
        case .exchange(let failure): failure.diagnosis.causes
        case .refused(let status, let message, let endpoint):
            ["\(endpoint) refuses the request with \(status)"] + Self.quoted(message)
        case .notOffered(let status, let endpoint):
            ["\(endpoint) issues no certificates to devices (\(status))."]
        case .notACertificate(let reason): ["Fail to extract a certificate from the response: \(reason)"]
        case .otherKey(let subject):
            ["The certificate of the answer is not for the key of this device: it is for '\(subject)'."]
        case .otherName(let subject, let wanted):
            ["The certificate of the answer is not for the device '\(wanted)': it is for '\(subject)'."]
        case .timeout(let last, _, _): ["Maximum timeout elapsed. No certificate has been downloaded", last]
        }
    }

    var hint: String? {
        switch self {
        case .unsupported: "Run 'tedge cert renew --ca self-signed' if the certificate is self-signed."
        case .notSelfSigned: "Run 'tedge cert renew --ca c8y' if Cumulocity has issued it."
        case .proxyFailed(_, let error, let mapper): EndpointDiagnosis.localProxyHint(error, mapper: mapper)
        case .requestFailed(_, _, let hint): hint
        case .noToken(let diagnosis): diagnosis.hint
        case .expired(let path, let key, _, _):
            "Check the clock with 'date'. If it is right, register the device in Cumulocity again, move "
                + "\(ShellWord.quoted(path)) and \(ShellWord.quoted(key)) to another directory, and run 'sudo tedge cert "
                + "download c8y'."
        case .selfSigned(_, let hint): hint
        case .exchange(let failure): failure.diagnosis.hint
        case .refused: "Check the device id, and the device's registration in Cumulocity."
        case .notOffered:
            "Check 'c8y.url' with 'tedge config get c8y.url', and that the tenant's certificate authority is enabled."
        case .notACertificate:
            "Is something between this device and the cloud, such as a captive portal, answering instead of it?"
        case .otherKey, .otherName: "Check the device's registration in Cumulocity, and register it again."
        case .timeout(_, let hint, _): hint
        }
    }

    private static func quoted(_ message: String?) -> [String] {
        message.map { ["The server says: \($0)"] } ?? []
    }
}

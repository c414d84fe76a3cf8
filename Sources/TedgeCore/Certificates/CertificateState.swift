/// The state of a certificate, for programs: `state` of `certificate` in the JSON object.
enum CertificateState: String, CaseIterable {
    /// It can be used, and expires later than `certificate.validity.minimum_duration` from now.
    case valid
    /// It can be used, and expires soon.
    case expiring
    /// It has expired.
    case expired
    /// Its validity has not begun.
    case notYetValid = "not-yet-valid"
    /// There is no file.
    case missing
    /// The file cannot be read, or is not a certificate.
    case unreadable

    /// The object of a certificate of which only the path is known.
    func json(path: String) -> JSONValue {
        .object([
            .init("state", .string(rawValue)), .init("path", .string(path)), .init("renewed_waiting", .bool(false)),
        ])
    }

    /// The object of a certificate that could not be read; nil if the error is about something else.
    static func json(of error: any Error) -> JSONValue? {
        switch error as? CertificateError {
        case .certificateMissing(let path), .renewedMissing(let path): missing.json(path: path)
        case .unreadable(let path, let reason): (reason.isAbsence ? missing : unreadable).json(path: path)
        case .notACertificate(let path, _), .authorityFirst(let path, _, _): unreadable.json(path: path)
        case .untrusted(let error): unreadable.json(path: error.path)
        default: nil
        }
    }
}

/// Why a certificate cannot be asked for.
enum EnrollmentInputError: ExplainedError, Equatable {
    /// `--url` is not a host with or without a port.
    case badURL(String, reason: String)
    /// The setting of the local proxy's host is none.
    case badProxyHost(String, reason: String)
    /// There is a certificate already.
    case certificateExists(path: String)
    /// A request is given, and nobody who would read it.
    case requestUnused
    /// A file holds no certificate signing request.
    case requestBroken(path: String, reason: String)
    /// A request is for another key.
    case requestOfOtherKey(path: String, key: String)
    /// A request is for another name.
    case requestOfOtherName(path: String, name: String, wanted: String)

    var id: ReasonID {
        switch self {
        case .badURL: .urlInvalid
        case .badProxyHost: .proxyHostInvalid
        case .certificateExists: .certificateExists
        case .requestUnused: .requestUnused
        case .requestBroken: .requestBroken
        case .requestOfOtherKey: .requestKeyMismatch
        case .requestOfOtherName: .requestNameMismatch
        }
    }

    var causes: [String] {
        switch self {
        case .badURL(let url, let reason): ["'\(url)' cannot be the address of a tenant", reason]
        case .badProxyHost(let key, let reason): ["'\(key)' is no host", reason]
        case .certificateExists(let path):
            ["A certificate already exists and would be overwritten.\nExisting file: \"\(path)\""]
        case .requestUnused: ["A self-signed certificate is renewed without a certificate signing request."]
        case .requestBroken(let path, let reason): ["There is no certificate signing request in \(path)", reason]
        case .requestOfOtherKey(let path, let key):
            ["The certificate signing request \(path) is not for the private key \(key)."]
        case .requestOfOtherName(let path, let name, let wanted):
            ["The certificate signing request \(path) is for '\(name)', not for the device '\(wanted)'."]
        }
    }

    var hint: String? {
        switch self {
        case .badURL: "Give HOST or HOST:PORT."
        case .badProxyHost(let key, _): "Run 'tedge config set \(key) <host>'."
        case .certificateExists:
            "Run 'tedge cert renew' for a new certificate of the same device. For another pair, move both files away first."
        case .requestUnused: "Leave --csr-path out, or give --ca c8y."
        case .requestBroken, .requestOfOtherKey, .requestOfOtherName:
            "Run 'tedge cert create-csr' to make one, or leave --csr-path out."
        }
    }
}

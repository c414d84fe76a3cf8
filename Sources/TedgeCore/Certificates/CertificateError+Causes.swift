extension CertificateError {
    /// What happened.
    public var causes: [String] {
        switch self {
        case .certificateExists(let path):
            ["A certificate already exists and would be overwritten.\nExisting file: \"\(path)\""]
        case .keyExists(let path):
            ["A private key already exists and would be overwritten.\nExisting file: \"\(path)\""]
        case .certificateMissing(let path):
            [
                "No certificate has been attached to that device.\nMissing file: \"\(path)\"\n\(Self.createAdvice)"
            ]
        case .renewedMissing(let path): ["There is no renewed certificate.\nMissing file: \"\(path)\""]
        case .keyMissing(let path):
            ["No private key has been attached to that device.\nMissing file: \"\(path)\""]
        case .directoryMissing(let path, let setting):
            ["Invalid \(setting) path: Directory: \"\(path)\" not found"]
        case .foreignDirectory(let path, let directory, let why):
            ["root does not write \(path): the directory \(directory) \(why)."]
        case .untrusted(let error): error.causes
        case .unreadable(let path, let reason): ["reading certificate from \(path)", reason.description]
        case .keyUnreadable(let path, let reason): ["reading private key from \(path)", reason.description]
        case .notACertificate(let path, let problem): ["decoding certificate from \(path)", problem.reason]
        case .authorityFirst(let path, let authority, let own):
            [
                "The first certificate in \(path) is not that of the device: '\(authority)' is the authority of '\(own)', "
                    + "which stands behind it."
            ]
        case .noCommonName(let path, let subject):
            [
                "The subject of the certificate \(path) has no common name (CN), which is the device id.",
                subject.isEmpty ? "the subject is empty" : "the subject is '\(subject)'",
            ]
        case .notAKey(let path, let problem): ["The private key in \(path) cannot be used", problem.reason]
        case .encryptedKey(let path):
            [
                "The private key in \(path) cannot be used",
                "the private key is encrypted with a passphrase, which a service cannot type",
            ]
        case .hardwareKey(let path, let module):
            ["The private key \(Masking.inMessage(path)) belongs to \(module) and is in no file."]
        case .mismatch(let certificate, let key), .listenerMismatch(let certificate, let key):
            ["The private key \(key) does not belong to the certificate \(certificate)."]
        case .refusedByOpenSSL(let path, let reason):
            ["OpenSSL on this device does not use \(path) for connections", reason]
        case .expired(let path, let since, _):
            ["The device certificate \(path) has expired: it was valid until \(since)."]
        case .notYetValid(let path, let from, let clock):
            ["The device certificate \(path) is not valid yet: it is valid from \(from), and the clock says \(clock)."]
        case .unreadableForBroker(let obstacle): [obstacle.cause]
        case .rootsMissing(let path, let key):
            ["The trusted root certificates are missing: '\(key)' is \(path), which does not exist."]
        case .rootsUnusable(let path, let key, let problem):
            ["The trusted root certificates cannot be used: '\(key)' is \(path)", problem.reason]
        case .rootsUnhashed(let path, let key):
            [
                "The trusted root certificates cannot be found: '\(key)' is the directory \(path), and OpenSSL finds "
                    + "certificates in a directory by links such as '0a1b2c3d.0', of which there is none."
            ]
        case .badDeviceID(let id, let problem): ["DeviceID Error", problem.text(of: id)]
        case .noDeviceID:
            ["No device ID is provided. Use `--device-id <name>` option to specify the device ID."]
        case .requestInPlace(let path):
            ["The request would take the place of the device's key or certificate.", path]
        case .sameFile(let path):
            ["'device.cert_path' and 'device.key_path' name the same file, and a new pair needs two.", path]
        case .keyInCertificateFile(let path):
            ["The file of the certificate holds the private key too, which a renewed certificate would replace.", path]
        case .badValidity(let problem, let typed): [problem.text(typed)]
        case .opensslMissing(let reason): LibraryError(library: .crypto, reason: reason).causes
        case .cryptography(let reason): [reason]
        }
    }
}

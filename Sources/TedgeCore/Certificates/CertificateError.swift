/// Why a certificate, its key or the roots of trust cannot be used, made or removed.
public enum CertificateError: ExplainedError, Equatable {
    /// There is a certificate already.
    case certificateExists(path: String)
    /// There is a key already.
    case keyExists(path: String)
    /// There is no certificate.
    case certificateMissing(path: String)
    /// There is no key.
    case keyMissing(path: String)
    /// The directory of a file is missing.
    case directoryMissing(path: String, setting: String)
    /// Somebody else can exchange what is in the directory of a file.
    case foreignDirectory(path: String, directory: String, why: String)
    /// A certificate cannot be read from its file.
    case unreadable(path: String, reason: String)
    /// A file holds no certificate.
    case notACertificate(path: String, reason: String)
    /// A file holds no key that can be used.
    case notAKey(path: String, reason: String)
    /// The key belongs to another certificate.
    case mismatch(certificate: String, key: String)
    /// The certificate is not valid any more.
    case expired(path: String, since: String)
    /// The certificate is not valid yet.
    case notYetValid(path: String, from: String, clock: String)
    /// The user mosquitto runs as cannot read a file; the obstacle is the file or a directory above it.
    case unreadableForBroker(path: String, user: String, obstacle: String)
    /// libcrypto cannot be opened, so that nothing can be said of the file.
    case library(reason: String)
    /// The roots of trust are missing.
    case rootsMissing(path: String, key: String)
    /// The roots of trust hold no certificate.
    case rootsUnusable(path: String, key: String, reason: String)
    /// A device id that no certificate can carry.
    case badDeviceID(String, DeviceIDRule.Problem)
    /// No device id is given and none is configured.
    case noDeviceID
    /// A request for a certificate would be written in the place of the key or the certificate.
    case requestInPlace(path: String)
    /// OpenSSL cannot do it.
    case cryptography(String)

    /// One word for each case.
    public var id: String {
        switch self {
        case .certificateExists: "certificate-exists"
        case .keyExists: "key-exists"
        case .certificateMissing: "certificate-missing"
        case .keyMissing: "key-missing"
        case .directoryMissing: "certificate-directory-missing"
        case .foreignDirectory: "certificate-directory-foreign"
        case .unreadable: "certificate-unreadable"
        case .notACertificate: "certificate-broken"
        case .notAKey: "key-broken"
        case .mismatch: "key-mismatch"
        case .expired: "certificate-expired"
        case .notYetValid: "certificate-not-yet-valid"
        case .unreadableForBroker: "key-unreadable-for-mosquitto"
        case .library: SystemLibrary.crypto.id
        case .rootsMissing, .rootsUnusable: "trust-roots-unusable"
        case .badDeviceID, .noDeviceID: "device-id-invalid"
        case .requestInPlace: "request-path-invalid"
        case .cryptography: "openssl-failed"
        }
    }

    /// What happened.
    public var causes: [String] {
        switch self {
        case .certificateExists(let path):
            [
                "A certificate already exists and would be overwritten.\nExisting file: \"\(path)\"\n"
                    + "Run `tedge cert remove` first to generate a new certificate."
            ]
        case .keyExists(let path):
            [
                "A private key already exists and would be overwritten.\nExisting file: \"\(path)\"\n"
                    + "Run `tedge cert remove` first to generate a new certificate and private key."
            ]
        case .certificateMissing(let path):
            [
                "No certificate has been attached to that device.\nMissing file: \"\(path)\"\n"
                    + "Run `tedge cert create --device-id <id>` to generate a new certificate."
            ]
        case .keyMissing(let path):
            [
                "No private key has been attached to that device.\nMissing file: \"\(path)\"\n"
                    + "Run `tedge cert remove`, then `tedge cert create --device-id <id>` to generate a new key and certificate."
            ]
        case .directoryMissing(let path, let setting):
            ["Invalid \(setting) path: Directory: \"\(path)\" not found"]
        case .foreignDirectory(let path, let directory, let why):
            ["root does not write \(path): the directory \(directory) \(why)."]
        case .unreadable(let path, let reason): ["reading certificate from \(path)", reason]
        case .notACertificate(let path, let reason): ["decoding certificate from \(path)", reason]
        case .notAKey(let path, let reason): ["The private key in \(path) cannot be used", reason]
        case .mismatch(let certificate, let key):
            ["The private key \(key) does not belong to the certificate \(certificate)."]
        case .expired(let path, let since): ["The device certificate \(path) has expired: it was valid until \(since)."]
        case .notYetValid(let path, let from, let clock):
            ["The device certificate \(path) is not valid yet: it is valid from \(from), and the clock says \(clock)."]
        case .unreadableForBroker(let path, let user, let obstacle):
            [
                "mosquitto runs as user '\(user)', who cannot read \(path)"
                    + (obstacle == path ? "." : ": the directory \(obstacle) is closed to that user.")
            ]
        case .library(let reason): LibraryError(library: .crypto, reason: reason).causes
        case .rootsMissing(let path, let key):
            ["The trusted root certificates are missing: '\(key)' is \(path), which does not exist."]
        case .rootsUnusable(let path, let key, let reason):
            ["The trusted root certificates cannot be used: '\(key)' is \(path)", reason]
        case .badDeviceID(let id, let problem): ["DeviceID Error", problem.text(of: id)]
        case .noDeviceID:
            ["No device ID is provided. Use `--device-id <name>` option to specify the device ID."]
        case .requestInPlace(let path):
            ["The request would take the place of the device's key or certificate.", path]
        case .cryptography(let reason): [reason]
        }
    }

    /// What to do about it.
    public var hint: String? {
        switch self {
        case .directoryMissing: "Run 'sudo tedge init' to make the directories."
        case .foreignDirectory:
            "Set 'device.cert_path' and 'device.key_path' to a directory of root or tedge, or run this as that user."
        case .mismatch: "Run 'tedge cert remove' and 'tedge cert create --device-id <id>', or set 'device.key_path'."
        case .expired:
            "Run 'tedge cert remove', then 'tedge cert create --device-id <id>' and upload the new certificate."
        case .notYetValid: "Set the clock of the device, for example with 'timedatectl set-time'."
        case .unreadableForBroker(_, let user, let obstacle):
            "Run 'sudo chown \(user) \(obstacle)', or connect with sudo."
        case .library: SystemLibrary.crypto.hint
        case .requestInPlace: "Give another file with --output-path, or with 'tedge config set device.csr_path <file>'."
        case .rootsMissing(_, let key): "Run 'tedge config set \(key) <file or directory>', or install ca-certificates."
        case .rootsUnusable(_, let key, _): "Run 'tedge config set \(key) <file or directory>' to name others."
        case .notACertificate, .notAKey:
            "Run 'tedge cert remove' and 'tedge cert create --device-id <id>' to make a new pair."
        default: nil
        }
    }
}

import X509

extension CertificateError {
    /// What happened.
    public var causes: [String] {
        switch self {
        case .certificateExists(let path):
            ["A certificate already exists and would be overwritten.\nExisting file: \"\(path)\""]
        case .keyExists(let path):
            ["A private key already exists and would be overwritten.\nExisting file: \"\(path)\""]
        case .certificateOfOther(let path, let id, let wanted):
            ["The certificate \(path) is for the device '\(id)' and not for '\(wanted)'."]
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
        case .hardwareKey(let path):
            ["'device.key_path' is \(Masking.inMessage(path)), the address of a key in a token, and not a file."]
        case .provider(let path, let failure):
            [
                path.map { "The private key that \($0) stands for cannot be used" }
                    ?? "The private key cannot be made or used", failure.description,
            ]
        case .unusableForBroker(let path, let user, let failure):
            [
                "mosquitto runs as user '\(user)', who cannot use the private key that \(path) stands for",
                failure.description,
            ]
        case .unitWithoutProvider(let provider, _):
            ["mosquitto is started without OpenSSL's provider '\(provider.rawValue)', which its key needs."]
        case .badKeyAddress(let text, let problem):
            ["'\(Masking.inMessage(text))' is not the address of a private key in a token: \(problem.rawValue)."]
        case .pinInArguments:
            ["The PIN of the token is on the command line, which everyone on this machine can read."]
        case .openPIN(let path, _): ["Everyone on this machine can read the PIN of the token in \(path)."]
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

    // No hint deletes a key, overwrites a file or gives a directory away: what it names may be the only copy.

    /// The last line of a missing certificate, in the words of the user's page.
    static let createAdvice = "Run `tedge cert create --device-id <id>` to generate a new certificate."

    /// What to type, if the causes end with it.
    public var advice: String? { if case .certificateMissing = self { Self.createAdvice } else { nil } }

    /// What to do about it.
    public var hint: String? {
        switch self {
        case .certificateExists:
            "Run 'tedge cert show' to see it, and 'tedge cert renew --ca self-signed' for a new one with the same key. For "
                + "another pair, move both files away first."
        case .keyExists:
            "Run 'tedge cert create-csr' for a certificate of that key. For another key, move the file away first."
        case .certificateOfOther(_, let id, _):
            "Give '\(id)' as the device id to keep the certificate. For another one, move certificate and key away first."
        case .renewedMissing: "Run 'tedge cert renew' to make one."
        case .keyMissing:
            "Put the key back, or name its file with 'tedge config set device.key_path <file>'. If it is lost, move the "
                + "certificate away and run 'tedge cert create --device-id <id>'."
        case .directoryMissing: "Run 'sudo tedge init' to make the directories."
        case .foreignDirectory:
            "Set 'device.cert_path' and 'device.key_path' to a directory of root or tedge, or run this as that user."
        case .untrusted(let error): error.hint
        case .unreadable(_, let reason), .keyUnreadable(_, let reason): reason.isPermission ? ErrorAdvice.useSudo : nil
        case .notACertificate(let path, let problem): problem.hint(path, wanted: .certificate)
        case .authorityFirst(let path, _, _):
            "Put the certificate of the device first in \(path), then its authorities."
        case .noCommonName:
            "Get a certificate whose common name is the device id, or run 'tedge config set device.id <id>' if the "
                + "cloud does not look at the common name."
        case .notAKey(let path, let problem): problem.hint(path, wanted: .key)
        case .encryptedKey(let path):
            "Run 'openssl pkey -in \(ShellWord.quoted(path)) -out \(ShellWord.quoted(path + ".converted.pem"))', which "
                + "asks for the passphrase, and use \(path).converted.pem instead of it."
        case .hardwareKey(let path):
            "mosquitto needs a file that stands for the key: run 'tedge config unset device.key_path', then 'sudo tedge cert "
                + "create-csr --key \(ShellWord.quoted(TokenURI(path)?.name ?? "pkcs11:…"))', which makes it."
        case .provider(let path, let failure): failure.hint(path: path)
        case .unusableForBroker(_, let user, let failure): failure.hint(brokerUser: user)
        case .unitWithoutProvider(_, let command): "Run '\(command)'."
        case .badKeyAddress:
            "Give it as in RFC 7512, such as 'pkcs11:token=gateway;object=device?pin-source=file:/etc/tedge/pin'."
        case .pinInArguments:
            "Write the PIN to a file that only mosquitto's user may read, and give 'pin-source=file:<file>' in place of "
                + "'pin-value'. If others may have seen it, change it."
        case .openPIN(let path, let user):
            "Run 'sudo chown \(user) \(ShellWord.quoted(path)) && sudo chmod 400 \(ShellWord.quoted(path))'. If others may "
                + "have read it, change the PIN."
        case .mismatch:
            "Name files that belong together with 'tedge config set device.cert_path <file>' and 'tedge config set "
                + "device.key_path <file>'."
        case .listenerMismatch:
            "Name files that belong together with 'tedge config set mqtt.external.cert_file <file>' and 'tedge config set "
                + "mqtt.external.key_file <file>'."
        case .refusedByOpenSSL:
            "Get a certificate for a key of at least RSA 2048 or EC P-256, signed with SHA-256 or better."
        case .expired(_, _, isSelfSigned: true):
            "Check the clock with 'date'. If it is right, run 'sudo tedge cert renew --ca self-signed', upload "
                + "the new certificate to the cloud, and run this again."
        case .expired:
            "Check the clock with 'date'. If it is right, have the authority that signed it sign another one for the same "
                + "key: 'tedge cert create-csr' makes the request."
        case .notYetValid: "Set the clock of the device, for example with 'timedatectl set-time'."
        case .unreadableForBroker(let obstacle): obstacle.hint
        case .requestInPlace: "Give another file with --output-path, or with 'tedge config set device.csr_path <file>'."
        case .rootsMissing(_, let key): "Run 'tedge config set \(key) <file or directory>', or install ca-certificates."
        case .rootsUnusable(let path, let key, let problem):
            problem.form?.conversion(of: path, to: .certificate)
                ?? "Run 'tedge config set \(key) <file or directory>' to name others."
        case .rootsUnhashed(let path, let key):
            "Run 'sudo openssl rehash \(ShellWord.quoted(path))', or 'tedge config set \(key) <file>' to name one file."
        case .sameFile: "Run 'tedge config set device.key_path <another file>'."
        case .keyInCertificateFile(let path):
            "Copy the key to a file of its own and name it: 'openssl pkey -in \(ShellWord.quoted(path)) -out <file>', "
                + "'tedge config set device.key_path <file>'. Do the same for the certificate with 'openssl x509' and "
                + "'device.cert_path'."
        case .badValidity:
            "Run 'tedge config set certificate.validity.requested_duration <time>', for example with 365d."
        case .opensslMissing: SystemLibrary.crypto.hint
        case .certificateMissing, .badDeviceID, .noDeviceID, .cryptography: nil
        }
    }
}

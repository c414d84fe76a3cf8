// No hint deletes a key, overwrites a file or gives a directory away: what it names may be the only copy.

extension CertificateError {
    /// What to do about it.
    public var hint: String? {
        switch self {
        case .certificateExists:
            "Run 'tedge cert show' to see it, and 'tedge cert renew --ca self-signed' for a new one with the same key. For "
                + "another pair, move both files away first."
        case .keyExists:
            "Run 'tedge cert create-csr' for a certificate of that key. For another key, move the file away first."
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
            "Have a certificate made whose common name is the device id, or run 'tedge config set device.id <id>' if the "
                + "cloud does not look at the common name."
        case .notAKey(let path, let problem): problem.hint(path, wanted: .key)
        case .encryptedKey(let path):
            "Run 'openssl pkey -in \(ShellWord.quoted(path)) -out \(ShellWord.quoted(path + ".converted.pem"))', which "
                + "asks for the passphrase, and use \(path).converted.pem instead of it."
        case .hardwareKey:
            "mosquitto's bridge needs the key in a file: name another pair with 'tedge config set device.key_path <file>' "
                + "and 'tedge config set device.cert_path <file>'."
        case .mismatch:
            "Name files that belong together with 'tedge config set device.cert_path <file>' and 'tedge config set "
                + "device.key_path <file>'."
        case .listenerMismatch:
            "Name files that belong together with 'tedge config set mqtt.external.cert_file <file>' and 'tedge config set "
                + "mqtt.external.key_file <file>'."
        case .refusedByOpenSSL:
            "Have a certificate made for a key of at least RSA 2048 or EC P-256, signed with SHA-256 or better."
        case .expired(_, _, isSelfSigned: true):
            "Check the clock with 'date'. If it is right, run 'sudo tedge cert renew --ca self-signed', have the cloud "
                + "trust the new certificate, and run this again."
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

extension FormProblem {
    /// How to make, or find, a file that can be read; nil if nothing is known.
    fileprivate func hint(_ path: String, wanted: StoredForm.Wanted) -> String? {
        guard let form else { return nil }
        return form.conversion(of: path, to: wanted) ?? form.advice(wanted: wanted)
    }
}

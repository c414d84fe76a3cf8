import TLS

/// Explains why a cloud ends the connection of a bridge.
struct BridgeDiagnosis {
    let cloud: Cloud
    let settings: CloudSettings
    let endpoint: HostPort

    /// The name of a setting of the cloud.
    func key(_ suffix: String) -> String { (try? settings.name(suffix).text) ?? "\(cloud.name.rawValue).\(suffix)" }

    /// The setting for the address.
    var addressKey: String { key(cloud.endpointSetting) }

    /// The setting that contains the host of the endpoint: the endpoint's own setting if it is set.
    var hostKey: String {
        let own = (try? settings.name(cloud.endpointSetting)).flatMap { try? settings.settings.value(of: $0) }
        return own.map { $0.origin == .fallback } ?? true ? key("url") : addressKey
    }

    /// How to check the port.
    var checkPort: String { "Check '\(addressKey)': is it the MQTT port of the cloud?" }

    /// The diagnosis if the connection was ended or the identity cannot be used; nil for other errors.
    func diagnosis(_ error: TLSError) -> Diagnosis? {
        switch error {
        case .alert(let number): diagnosis(alert: number)
        case .closed, .lost:
            Diagnosis(
                .cloudClosesConnection, "\(cloud.displayName) closes the connection of this device.",
                seen: "\(error)", hint: trustHint)
        case .identityUnusable(let path, let reason):
            Diagnosis(.keyBroken, "\(path) cannot be used.", seen: reason)
        case .identityUnfit(let seen):
            Diagnosis(
                .deviceCertificateNotSent,
                "\(endpoint) takes no certificate with a key like that of this device, which therefore sent none.",
                seen: seen,
                hint:
                    "Use a key that \(cloud.displayName) takes, for example ECDSA P-256 or RSA with 2048 bits: name its "
                    + "files with 'tedge config set \(key("device.key_path")) <file>' and 'tedge config set "
                    + "\(key("device.cert_path")) <file>'.")
        default: nil
        }
    }

    private func diagnosis(alert number: Int) -> Diagnosis {
        let seen = "TLS alert '\(TLSAlert.name(number))'"
        return switch TLSAlert(rawValue: number) {
        case .certificateExpired:
            Diagnosis(
                .certificateExpired, "\(cloud.displayName) says that the device certificate has expired.", seen: seen,
                hint:
                    "Check the clock of this device with 'date'; if it is right, renew the certificate with 'tedge cert renew'."
            )
        case .certificateRevoked:
            Diagnosis(
                .deviceCertificateRevoked, "\(cloud.displayName) says that the device certificate is revoked.",
                seen: seen,
                hint: "Look at the device certificate in \(cloud.displayName), and who has revoked it and why.")
        case .certificateRequired:
            Diagnosis(
                .deviceCertificateNotSent, "\(endpoint) demands a certificate, and this device sent none.",
                seen: seen,
                hint: "Check the device certificate with 'tedge cert show'.")
        case .protocolVersion, .insufficientSecurity:
            Diagnosis(
                .tlsVersion,
                "What answers at \(endpoint) and this device have no version or cipher of TLS in common.",
                seen: "\(seen); this device speaks TLS 1.2 and 1.3",
                hint:
                    "Check '\(addressKey)' with 'tedge config get \(addressKey)'; a server that is older needs an update."
            )
        case .unrecognizedName:
            Diagnosis(
                .serverNameUnknown, "What answers at \(endpoint) does not know the name \(endpoint.host).",
                seen: seen,
                hint: "Check '\(hostKey)' with 'tedge config get \(hostKey)'.")
        case .unknownCA, .certificateUnknown, .badCertificate, .unsupportedCertificate, .accessDenied, .decryptError,
            .handshakeFailure:
            Diagnosis(
                .deviceCertificateNotTrusted, "\(cloud.displayName) does not trust the device certificate.",
                seen: seen, hint: trustHint)
        default: Diagnosis(.tlsAlert, "\(cloud.displayName) refuses the TLS connection.", seen: seen)
        }
    }

    private var trustHint: String {
        let check = "'tedge connect \(cloud.name.words(settings.profile)) --test'"
        switch cloud.name {
        case .c8y:
            let option = settings.profile.map { " --profile \($0)" } ?? ""
            return "Run 'tedge cert upload c8y --user <username>\(option)', then \(check)."
        case .az, .aws: return "Register the device certificate in \(cloud.displayName), then run \(check)."
        }
    }
}

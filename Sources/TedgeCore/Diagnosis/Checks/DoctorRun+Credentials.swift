import MQTT

/// The user name and password of a device that has no certificate for the cloud.
extension DoctorRun {
    /// The file with the credentials; nil if the device has a certificate.
    var credentialsFile: String? {
        guard let settings = try? cloudSettings(),
            case .password(let file)? = try? DeviceAuthentication(settings, exists: context.files.exists)
        else { return nil }
        return file
    }

    /// The checks of the device's certificate and key.
    static let certificateChecks: Set<CheckID> = [
        .certificate, .privateKey, .keyPair, .certificateDates, .certificateExpiry, .certificateSubject,
        .clientCertificate,
    ]

    /// The outcome of a check that is unnecessary for the device's way of authentication; nil if the check is needed.
    func exemption(from check: CheckID) -> CheckOutcome? {
        switch check {
        case .credentials, .credentialsAccepted:
            credentialsFile == nil ? .skipped("the device has a certificate") : nil
        case _ where Self.certificateChecks.contains(check):
            credentialsFile == nil ? nil : .skipped("the device has a password")
        default: nil
        }
    }

    func credentialsCheck() -> CheckOutcome {
        guard let file = credentialsFile else { return .skipped("the device has a certificate") }
        do {
            let credentials = try DeviceCredentials(contentsOf: file, files: context.files)
            if let status = try context.files.status(file), status.mode & 0o004 != 0 {
                return .warning(
                    Diagnosis(
                        .credentialsReadable, "Everyone on this machine can read the password of the device.",
                        seen: file, hint: "Run '\(context.commandToClose(file))'."))
            }
            return .ok("user \(credentials)")
        } catch CredentialsError.unreadable(_, let reason) where reason.isPermission && !isRoot {
            return Self.needsRoot
        } catch {
            return .error(error)
        }
    }

    func credentialsAccepted() -> CheckOutcome {
        guard let file = credentialsFile, let plan = try? plan.get(),
            let credentials = try? DeviceCredentials(contentsOf: file, files: context.files),
            let endpoint = try? plan.builder.endpoint(), let roots = try? cloudSettings().path("root_cert_path")
        else { return Self.needsRoot }
        let isDirectory = context.files.isDirectory(roots)
        let tls = MQTTTLS(caFile: isDirectory ? nil : roots, caDirectory: isDirectory ? roots : nil)
        // Use a separate client id: with the bridge's id it would end the session of the bridge.
        let options = MQTTOptions(
            host: endpoint.bareHost, port: endpoint.port, clientID: randomClientID("tedge-doctor"),
            username: credentials.user, password: Array(credentials.password.utf8), tls: tls)
        do throws(MQTTError) {
            try context.broker.connect(options, until: end(after: 3), interruption: context.interruption).disconnect()
            return .ok("they are accepted")
        } catch {
            switch error {
            case .refused(_, .badUserNameOrPassword), .refused(_, .notAuthorised):
                return .error(
                    Diagnosis(
                        .credentialsRefused,
                        "\(cloud.displayName) does not accept the user name and password of "
                            + "this device.",
                        seen: "user \(credentials): \(error)",
                        hint: "Correct \(file), then run '\(reconnectCommand)'."))
            default: return .skipped("\(error)")
            }
        }
    }
}

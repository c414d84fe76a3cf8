import MQTT
import TOML

/// A user name and a password instead of a certificate.
extension BootstrapSession {
    func registerWithPassword() throws -> Done {
        let path = try cloudSettings().path("credentials_path")
        let stored =
            context.files.exists(path) ? try? DeviceCredentials(contentsOf: path, files: context.files) : nil
        if let stored, !run.registersAgain, !secrets.hasCredentials(in: context) {
            return .kept("keeps the credentials of the user '\(stored)'.")
        }
        let user = try secrets.user(in: context)
        let password = try secrets.password(in: context)
        let text = password.withBytes { String(decoding: $0, as: UTF8.self) }
        for (key, value) in [("The user name", user), ("The password", text)] {
            guard (try? MosquittoValue.line(value, key: key)) != nil else {
                throw CredentialError.notSendable(
                    "\(key) begins or ends with a blank, is empty or holds a control character")
            }
        }
        if let stored, stored.user == user, stored.password == text {
            return .kept("keeps the credentials of the user '\(stored)'.")
        }
        if !options.isOffline {
            try patience.keepTrying(.register, .network) { try prove(user, text) }
        }
        try store(user, text, at: path)
        return .changed("has stored the credentials of the user '\(user)'.")
    }

    /// Throws unless the cloud lets the user in.
    private func prove(_ user: String, _ password: String) throws {
        let cloud = try cloudSettings()
        let endpoint = try HostPort.ofBridge(cloud, in: context)
        let roots = try cloud.path("root_cert_path")
        let isDirectory = context.files.isDirectory(roots)
        let tls = MQTTTLS(caFile: isDirectory ? nil : roots, caDirectory: isDirectory ? roots : nil)
        // With the client id of a bridge its session would end.
        let options = MQTTOptions(
            host: endpoint.bareHost, port: endpoint.port, clientID: randomClientID("tedge-bootstrap"), username: user,
            password: Array(password.utf8), tls: tls)
        do throws(MQTTError) {
            try context.broker.connect(options, until: .now + .seconds(10), interruption: context.interruption)
                .disconnect()
        } catch {
            try context.interruption.check()
            switch error {
            case .refused(_, .badUserNameOrPassword), .refused(_, .notAuthorised):
                throw BootstrapFailure(
                    .credentialsRefused,
                    ["\(run.cloud.productName) does not accept the user '\(user)' with this password.", "\(error)"],
                    hint: "Check --user or C8Y_USER, which is '<tenant>/<user>', and the password.")
            default:
                throw BootstrapFailure(
                    .cloudClosesConnection, ["\(endpoint) does not let the user '\(user)' in.", "\(error)"])
            }
        }
    }

    private func store(_ user: String, _ password: String, at path: String) throws {
        var document = try TOMLDocument(parsing: [])
        try document.set(["c8y", "username"], to: .string(user))
        try document.set(["c8y", "password"], to: .string(password))
        let contents = document.bytes
        try context.changingFiles("tedge bootstrap \(run.name)") { files in
            try DirectoryTrustCheck(path, in: context).check()
            let original = try context.files.readIfPresent(path)
            let owner =
                original == nil && context.accounts.isRoot
                ? context.ownerOfNew(try SystemSettings.load(from: context)) : nil
            try files.write(path, contents, mode: 0o600, owner: owner, original: original)
            changedFiles.append(FileEdit(path: path, original: original, contents: contents))
        }
    }
}

import X509

/// The device certificate, its key and the roots of trust.
extension Examination {
    private func validation() throws -> CertificateValidation {
        let settings = try cloudSettings()
        let roots = try settings.path("root_cert_path")
        let isDirectory = ((try? context.files.status(roots)) ?? nil)?.kind == .directory
        return CertificateValidation(
            context: context, certificatePath: try settings.path("device.cert_path"),
            keyPath: try settings.path("device.key_path"), trustRoots: isDirectory ? .directory(roots) : .file(roots),
            brokerAccount: brokerAccount, rootsKey: key("root_cert_path"))
    }

    private var brokerAccount: Account? {
        context.accounts.user(named: context.mosquittoUser)
    }

    /// An outcome of a part of the validation.
    private func checked(_ seen: String, _ body: (CertificateValidation) throws -> Void) -> CheckOutcome {
        do {
            try body(try validation())
            return .ok(seen)
        } catch is OnlyRootMayLook {
            return Self.needsRoot
        } catch {
            return .error(error)
        }
    }

    private struct OnlyRootMayLook: Error {}

    func certificateCheck() -> CheckOutcome {
        checked((try? cloudSettings().path("device.cert_path")) ?? "") { certificate = try $0.certificate() }
    }

    func privateKey() -> CheckOutcome {
        guard let path = try? cloudSettings().path("device.key_path") else { return .unseen("there is no path") }
        return checked(path) { validation in
            do {
                _ = try validation.key()
            } catch CertificateError.notAKey(_, _) where !self.isRoot && !self.context.files.isReadable(path) {
                throw OnlyRootMayLook()
            }
        }
    }

    func keyPair() -> CheckOutcome {
        guard case .ok? = outcomes["private-key"], let certificate else { return Self.needsRoot }
        return checked("they belong together") { try $0.checkKey(of: certificate) }
    }

    func certificateDates() -> CheckOutcome {
        guard let certificate else { return .unseen("there is no certificate") }
        return checked("until \(MailDate.text(certificate.notAfter))") { try $0.checkDates(of: certificate) }
    }

    func certificateExpiry() -> CheckOutcome {
        guard let certificate else { return .unseen("there is no certificate") }
        let minimum = (try? settings.get().duration("certificate.validity.minimum_duration")) ?? .seconds(30 * 86_400)
        let rest = certificate.notAfter - context.now()
        if let path = try? cloudSettings().path("device.cert_path") {
            let renewed = RenewedCertificate.path(besides: path)
            if context.files.exists(renewed) {
                return .warning(
                    Diagnosis(
                        "certificate-renewed", "A renewed certificate waits to be used.", seen: renewed,
                        hint: "Have \(cloud.displayName) trust it, then run '\(reconnectCommand)'."))
            }
        }
        guard rest < minimum.components.seconds else { return .ok("in \(rest / 86_400) days") }
        let renew = certificate.isSelfSigned ? "tedge cert renew --ca self-signed" : "tedge cert renew"
        return .warning(
            Diagnosis(
                "certificate-expires-soon", "The device certificate expires in \(rest / 86_400) days.",
                seen: "it is valid until \(MailDate.text(certificate.notAfter))",
                hint: "Run 'sudo \(renew)', have \(cloud.displayName) trust the new certificate, then run "
                    + "'\(reconnectCommand)'."))
    }

    func certificateSubject() -> CheckOutcome {
        guard let certificate else { return .unseen("there is no certificate") }
        guard let name = certificate.commonName, !name.isEmpty else {
            return .error(
                Diagnosis(
                    "device-id-invalid", "The subject of the device certificate has no common name.",
                    seen: certificate.subject, hint: "Run 'tedge cert create --device-id <id>' to make another one."))
        }
        if let problem = DeviceIDRule.problem(of: name) { return .error(CertificateError.badDeviceID(name, problem)) }
        return .ok(certificate.subject)
    }

    func brokerReadsKey() -> CheckOutcome {
        guard let account = brokerAccount else { return .unseen("mosquitto has no user of its own here") }
        if !isRoot, (try? manager.get())?.isDefault == false { return .unseen("mosquitto may be run by any user here") }
        return checked("user \(account.name)") { try $0.checkReadability(for: account) }
    }

    func trustRoots() -> CheckOutcome {
        checked((try? cloudSettings().path("root_cert_path")) ?? "") { try $0.checkRoots() }
    }
}

import X509

/// The device certificate, its key and the trusted roots.
extension DoctorRun {
    private func validation() throws -> CertificateValidation {
        let settings = try cloudSettings()
        let roots = try settings.path("root_cert_path")
        let isDirectory = context.files.isDirectory(roots)
        return CertificateValidation(
            context: context, certificatePath: try settings.path("device.cert_path"),
            keyPath: try settings.path("device.key_path"), trustRoots: isDirectory ? .directory(roots) : .file(roots),
            brokerAccount: nil, rootsKey: key("root_cert_path"))
    }

    private var brokerAccount: Account? { brokerContext.mosquittoAccount }

    /// The outcome of one step of the validation.
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
        let path = (try? cloudSettings().path("device.cert_path")) ?? ""
        return checked(path) { certificate = try $0.certificate() }.elseWarn {
            CertificateFile.holdsKey(path, files: self.context.files) ? self.openKey(path) : nil
        }
    }

    func privateKey() -> CheckOutcome {
        guard let path = try? cloudSettings().path("device.key_path") else { return .skipped("there is no path") }
        return checked(path) { validation in
            do throws(CertificateError) {
                _ = try validation.key()
            } catch {
                guard case .keyUnreadable = error, !self.isRoot, !self.context.files.isReadable(path) else {
                    throw error
                }
                throw OnlyRootMayLook()
            }
        }.elseWarn { self.openKey(path) }
    }

    /// The warning about a key that everyone on the device can read.
    private func openKey(_ path: String) -> CheckOutcome? {
        guard let status = (try? context.files.status(path)) ?? nil, status.mode & 0o006 != 0 else { return nil }
        let reference = CertificateFile.reference(at: path, files: context.files)
        // An address without a PIN is no secret; what a TPM has wrapped is of use with this TPM alone.
        if reference?.provider == .pkcs11, reference?.uri?.holdsPIN == false, status.mode & 0o002 == 0 { return nil }
        let word = ShellWord.quoted(path)
        // Only its owner can read a key of mode 400, and mosquitto must be able to read it.
        let isBrokers = brokerAccount.map { $0.owner.user == status.owner.user } ?? true
        let own = isBrokers ? "" : "sudo chown \(brokerAccount?.name ?? "mosquitto") \(word) && "
        return .warning(
            Diagnosis(
                .keyReadable, "Everyone on this machine can read the private key of the device.",
                seen: "\(path) has mode \(String(status.mode, radix: 8))",
                hint: "Run '\(own)sudo chmod 400 \(word)'."
                    + (reference == nil ? " If others may have read it, create a new pair." : "")))
    }

    func keyPair() -> CheckOutcome {
        if case .skipped = outcome(of: .privateKey) { return Self.needsRoot }
        guard let certificate else { return Self.needsRoot }
        return checked("they belong together") {
            try $0.checkKey(of: certificate)
            try $0.checkStrength()
        }
    }

    func certificateDates() -> CheckOutcome {
        guard let certificate else { return .skipped("there is no certificate") }
        return checked("until \(RFC2822Date.text(certificate.notAfter))") { try $0.checkDates(of: certificate) }
    }

    func certificateExpiry() -> CheckOutcome {
        guard let certificate else { return .skipped("there is no certificate") }
        let window = try? RenewalWindow(settings.get(), for: certificate)
        let rest = certificate.notAfter - context.now()
        if let path = try? cloudSettings().path("device.cert_path") {
            let renewed = RenewedCertificate.path(besides: path)
            if context.files.exists(renewed) {
                return .warning(
                    Diagnosis(
                        .certificateRenewed, "A renewed certificate waits to be used.", seen: renewed,
                        hint: "Have \(cloud.displayName) trust it, then run '\(reconnectCommand)'."))
            }
        }
        guard rest < window?.seconds ?? 30 * 86_400 else {
            return window?.diagnosis.map(CheckOutcome.warning) ?? .ok("in \(rest / 86_400) days")
        }
        let renew = certificate.isSelfSigned ? "tedge cert renew --ca self-signed" : "tedge cert renew"
        return .warning(
            Diagnosis(
                .certificateExpiresSoon, "The device certificate expires in \(rest / 86_400) days.",
                seen: "it is valid until \(RFC2822Date.text(certificate.notAfter))",
                hint: "Run 'sudo \(renew)', have \(cloud.displayName) trust the new certificate, then run "
                    + "'\(reconnectCommand)'."))
    }

    func certificateSubject() -> CheckOutcome {
        guard let certificate else { return .skipped("there is no certificate") }
        guard let name = certificate.commonName, !name.isEmpty else {
            let path = (try? cloudSettings().path("device.cert_path")) ?? ""
            return .error(CertificateError.noCommonName(path: path, subject: certificate.subject))
        }
        if let problem = DeviceIDRule.problem(of: name) { return .error(CertificateError.badDeviceID(name, problem)) }
        return .ok(certificate.subject)
    }

    func brokerReadsKey() -> CheckOutcome {
        guard let account = brokerAccount else { return .skipped("mosquitto has no user of its own here") }
        if !isRoot, (try? manager.get())?.isDefault == false {
            return .skipped("mosquitto may be run by any user here")
        }
        return checked("user \(account.name)") { validation in
            if self.credentialsFile == nil {
                try validation.checkReadability(for: account)
                try BrokerKeyCheck(context: self.brokerContext).check(validation.keyPath, for: account)
                try self.checkUnit(of: validation.keyPath)
            } else {
                try validation.checkReadabilityOfRoots(for: account)
            }
            guard let listeners = try ListenerConfiguration.from(try self.settings.get()) else { return }
            try ListenerFiles(listeners, in: self.context).check(for: account)
        }
    }

    /// Throws if the bridge is written, its key is one of a provider, and mosquitto's unit does not name the provider.
    private func checkUnit(of keyPath: String) throws {
        guard let reference = CertificateFile.reference(at: keyPath, files: context.files),
            let manager = try? manager.get(), context.files.exists(paths.bridge)
        else { return }
        let setup = KeyProviderSetup(context: brokerContext, manager: manager)
        guard setup.obstacle == nil,
            !setup.isCurrent(for: [reference] + setup.references(without: paths.bridge))
        else { return }
        throw CertificateError.unitWithoutProvider(provider: reference.provider, command: reconnectCommand)
    }

    func trustRoots() -> CheckOutcome {
        checked((try? cloudSettings().path("root_cert_path")) ?? "") { try $0.checkRoots() }
    }
}

extension CheckOutcome {
    /// The other outcome if this one is ok and the other is not nil, else this outcome.
    fileprivate func elseWarn(_ other: () -> CheckOutcome?) -> CheckOutcome {
        if case .ok = self { other() ?? self } else { self }
    }
}

import X509

/// Whether the user that mosquitto runs as can use a key of a provider: a process of that user signs with it.
struct BrokerKeyCheck {
    /// The device, with what is known of mosquitto's unit.
    let context: Context

    /// How long the TPM or token may take.
    private static let limit = Duration.seconds(20)

    /// Throws why the key cannot be used, and `openPIN` if everybody can read its PIN. Only root can find out; whatever else
    /// prevents the check is no reason to throw.
    func check(_ path: String, for account: Account) throws {
        guard let reference = CertificateFile.reference(at: path, files: context.files) else { return }
        try KeyPIN.check(of: reference, at: path, in: context)
        guard context.accounts.isRoot, account.owner.user != 0 else { return }
        let more = context.mosquittoUnit?.groups.compactMap { context.accounts.group(named: $0) ?? UInt32($0) } ?? []
        let groups = Set(context.accounts.groups(of: account) + [account.owner.group] + more)
        var environment = context.mosquittoUnit?.environment ?? []
        if let tcti = KeyProviderSetup.tcti(in: context) { environment.append("TPM2OPENSSL_TCTI=\(tcti)") }
        let steps: [UnitStep] = [
            .identity(account.owner, groups: groups.sorted()), .environment(environment), .workingDirectory("/"),
            .key(path),
        ]
        let result: ProcessResult
        do {
            result = try context.processes.run(
                UnitProcess.command, input: UnitStep.encode(steps), until: UnitStep.answered,
                interruption: context.interruption.bounded(by: .now + Self.limit))
        } catch {
            try context.interruption.check()
            return
        }
        guard let failure = Self.failure(in: result.output) else { return }
        throw CertificateError.unusableForBroker(path: path, user: account.name, failure)
    }

    /// Reads what the process prints: provider, kind and detail.
    static func failure(in output: String) -> ProviderFailure? {
        let line = output.split(separator: "\n").first { $0.hasPrefix("key ") }
        let words = line?.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false).map(String.init) ?? []
        guard words.count >= 3, let provider = KeyProvider(rawValue: words[1]),
            let kind = ProviderFailure.Kind(rawValue: words[2])
        else { return nil }
        return ProviderFailure(provider, kind, words.count > 3 ? words[3] : "")
    }

    /// The line for a failure.
    static func line(_ failure: ProviderFailure) -> String {
        "key \(failure.provider.rawValue) \(failure.kind.rawValue) \(ErrorFrame.printable(failure.detail))\n"
    }
}

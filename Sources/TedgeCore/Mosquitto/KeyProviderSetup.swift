import Foundation
import X509

/// What mosquitto needs to use keys of OpenSSL's providers: a configuration of OpenSSL, and a drop-in of its unit that names it.
///
/// Both are there as long as a bridge has such a key, and say what all these bridges need.
struct KeyProviderSetup {
    /// The device, with what is known of mosquitto's unit.
    let context: Context
    let manager: ServiceManager

    /// The configuration of OpenSSL that mosquitto gets. It is beside the drop-in, where only root can change it: a mosquitto
    /// that starts as root loads what it names. systemd reads only names that end in `.conf`.
    private var configurationPath: String {
        obstacle == .notOurs
            ? Path.join(context.configurationDirectory, "openssl.cnf") : Self.rootsConfigurationPath(in: context)
    }

    private static func rootsConfigurationPath(in context: Context) -> String {
        Path.join(directory(in: context), "tedge-openssl.cnf")
    }

    private static func directory(in context: Context) -> String {
        Path.join(context.unitDirectory, "mosquitto.service.d")
    }

    private var directory: String { Self.directory(in: context) }
    private var dropInPath: String { Path.join(directory, "tedge-keys.conf") }
    /// The configuration that OpenSSL reads on this device if no other is named.
    private static let systemConfiguration = "/etc/ssl/openssl.cnf"
    private static let variable = "OPENSSL_CONF"

    /// Why mosquitto's unit gets no drop-in.
    enum Obstacle: Equatable {
        /// mosquitto is started by something else than systemd, or is not to be changed.
        case notOurs
        /// The owner has it read a configuration of their own.
        case otherConfiguration(String)
    }

    // MARK: What is needed

    /// The keys of the bridges that are written.
    ///
    /// - Parameter bridge: The file of a bridge that does not count.
    func references(without bridge: String?) -> [KeyReference] {
        let names = (try? context.files.list(BridgePaths.directory(in: context.configurationDirectory))) ?? []
        return BridgePaths.connections(among: names).compactMap { cloud, profile in
            let path = BridgePaths(in: context.configurationDirectory, cloud, profile).bridge
            guard path != bridge, let key = WrittenFile(path, context.files)?["bridge_keyfile"] else { return nil }
            return CertificateFile.reference(at: key, files: context.files)
        }
    }

    /// The contents of the two files for these keys; nil if none of them needs a provider.
    func contents(for references: [KeyReference]) -> (configuration: String, dropIn: String)? {
        let providers = Set(references.map(\.provider))
        guard !providers.isEmpty else { return nil }
        let modulePath = references.compactMap { $0.uri?.modulePath }.first
        let configuration = ProviderConfiguration(providers, modulePath: modulePath, tcti: Self.tcti(in: context))
        let path = Self.systemConfiguration
        let base = (try? context.files.readIfPresent(path)).flatMap { $0 }.map {
            SystemConfiguration(path: path, text: String(decoding: $0, as: UTF8.self))
        }
        let own = "# \(Self.madeBy)\n\n" + configuration.text(over: base)
        return (own, dropIn(providers, needsDevice: providers.contains(.tpm2) && hidesDevices))
    }

    private static let madeBy =
        "Made by tedge for a key in a TPM or a token; it is written by 'tedge connect' and removed by 'tedge disconnect'."

    /// The drop-in. A unit that sees no devices is shown the TPM, and no other device.
    private func dropIn(_ providers: Set<KeyProvider>, needsDevice: Bool) -> String {
        var lines = ["# \(Self.madeBy)"]
        // Without effect if there is no such service.
        let services = [KeyProvider.tpm2: "tpm2-abrmd.service", .pkcs11: "pcscd.socket"]
        let after = KeyProvider.allCases.filter(providers.contains).compactMap { services[$0] }
        lines += ["[Unit]", "After=\(after.joined(separator: " "))", "[Service]"]
        lines.append("Environment=\"\(Self.variable)=\(Self.escaped(configurationPath))\"")
        if needsDevice { lines += ["PrivateDevices=no", "DevicePolicy=closed", "DeviceAllow=/dev/tpmrm0 rw"] }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Text between quotes in a unit (systemd.syntax(7)), in which `%` begins a specifier.
    private static func escaped(_ text: String) -> String {
        String(text.flatMap { $0 == "%" ? ["%", "%"] : "\\\"".contains($0) ? ["\\", $0] : [$0] })
    }

    /// How the TPM is reached: the variable, or what an earlier command has found in it.
    static func tcti(in context: Context) -> String? {
        if let value = context.environment[tctiVariable], !value.isEmpty { return value }
        return writtenTCTI(in: context)
    }

    private static let tctiVariable = "TPM2OPENSSL_TCTI"

    /// Has OpenSSL's provider in this process reach the TPM as mosquitto does, if the environment does not say how: a renewal
    /// by a timer does not have the variable of the person who connected.
    static func takeTCTI(in context: Context) {
        guard context.environment[tctiVariable] == nil, let value = writtenTCTI(in: context) else { return }
        _ = unsafe setenv(tctiVariable, value, 0)
    }

    /// What an earlier connect has found in the variable.
    private static func writtenTCTI(in context: Context) -> String? {
        // Its text may name a library; nobody but root can change this file.
        guard let bytes = try? context.files.read(rootsConfigurationPath(in: context)) else { return nil }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("tcti = ") }
            .map { String($0.dropFirst("tcti = ".count)).replacing("\\", with: "") }
    }

    /// Whether the unit sees no devices of the machine.
    private var hidesDevices: Bool {
        guard manager.isDefault else { return false }
        let words = ["systemctl", "show", "--property=PrivateDevices,DevicePolicy", "mosquitto.service"]
        guard let answer = try? manager.ask(words), answer.succeeded else { return false }
        let properties = SystemdProperties(answer.output)
        return properties["PrivateDevices"] == "yes" || !["auto", nil].contains(properties["DevicePolicy"])
    }

    /// Why the unit gets no drop-in; nil if it does.
    var obstacle: Obstacle? {
        guard manager.isDefault, context.ownsMosquitto, context.accounts.isRoot else { return .notOurs }
        let prefix = "\(Self.variable)="
        guard let other = context.mosquittoUnit?.environment.last(where: { $0.hasPrefix(prefix) }) else { return nil }
        let path = String(other.dropFirst(prefix.count))
        return path == Self.rootsConfigurationPath(in: context) ? nil : .otherConfiguration(path)
    }

    // MARK: The change

    /// Whether the files are as they should be for these keys.
    func isCurrent(for references: [KeyReference]) -> Bool {
        let wanted = contents(for: references)
        return text(of: configurationPath) == wanted?.configuration
            && (obstacle != nil || text(of: dropInPath) == wanted?.dropIn)
    }

    private func text(of path: String) -> String? {
        (try? context.files.readIfPresent(path)).flatMap { $0 }.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Writes or removes the files as these keys need them, and has systemd read the unit again. mosquitto must be restarted
    /// after this. If the transaction is undone, so is all this, before mosquitto is restarted; so it must come before the
    /// other changes of mosquitto's files.
    func apply(_ references: [KeyReference], on transaction: Transaction) throws {
        guard let wanted = contents(for: references) else { return try remove(on: transaction) }
        if obstacle != .notOurs { try transaction.files.makeDirectory(directory, mode: 0o755, owner: nil) }
        try transaction.files.write(configurationPath, Array(wanted.configuration.utf8), mode: 0o644)
        if let obstacle { return explain(obstacle, references) }
        guard text(of: dropInPath) != wanted.dropIn else { return }
        try changeUnit(on: transaction) { () throws(FileError) in
            try transaction.files.write(dropInPath, Array(wanted.dropIn.utf8), mode: 0o644)
        }
    }

    private func remove(on transaction: Transaction) throws {
        // The unit first: what it names must exist.
        if manager.isDefault, context.ownsMosquitto, context.accounts.isRoot, text(of: dropInPath) != nil {
            try changeUnit(on: transaction) { () throws(FileError) in _ = try transaction.files.remove(dropInPath) }
        }
        guard text(of: configurationPath)?.contains(Self.madeBy) == true else { return }
        _ = try transaction.files.remove(configurationPath)
    }

    /// Removes the directory of the drop-in if nothing else is in it. Called when the change is final.
    func discardDirectory() {
        guard context.accounts.isRoot, context.ownsMosquitto, (try? context.files.list(directory)) == [] else { return }
        _ = try? context.files.remove(directory)
    }

    private func changeUnit(on transaction: Transaction, _ body: () throws(FileError) -> Void) throws {
        let manager = manager
        transaction.afterFiles { manager.undoing.reloadUnitsNow() }
        try body()
        manager.reloadUnitsNow()
    }

    private func explain(_ obstacle: Obstacle, _ references: [KeyReference]) {
        switch obstacle {
        case .notOurs:
            context.console.warning(
                "mosquitto can use the key only if it is started with the variable \(Self.variable)=\(configurationPath)."
            )
        case .otherConfiguration(let path):
            let names = Set(references.map(\.provider.rawValue)).sorted().joined(separator: "' and '")
            context.console.warning(
                "mosquitto's unit sets \(Self.variable)=\(path), which stays: that file has to load OpenSSL's provider "
                    + "'\(names)', as \(configurationPath) does.")
        }
    }
}

extension ServiceManager {
    /// Has systemd read its units again, and waits for it.
    func reloadUnitsNow() {
        _ = try? processes.run(
            ["systemctl", "daemon-reload"], interruption: .never.bounded(by: .now + ServiceManager.timeout))
    }
}

/// The configuration of OpenSSL (config(5)) with which a program can use keys of providers.
public struct ProviderConfiguration: Sendable, Equatable {
    /// The providers.
    public var providers: Set<KeyProvider>
    /// The PKCS #11 module; the provider's own choice if nil.
    public var modulePath: String?
    /// How the TPM is reached; tpm2-tss looks for a way if nil.
    public var tcti: String?

    /// Names the providers and what they need.
    public init(_ providers: Set<KeyProvider>, modulePath: String? = nil, tcti: String? = nil) {
        (self.providers, self.modulePath, self.tcti) = (providers, modulePath, tcti)
    }

    /// The text that adds the providers to the configuration of the device.
    ///
    /// The default provider comes first: a module that itself uses OpenSSL, such as SoftHSM, would otherwise call itself. The
    /// pkcs11 provider is not closed at the end of a program, because some modules crash then. The TPM makes nothing but
    /// signatures: each digest in it would take one of the three places for objects that a TPM may have.
    ///
    /// - Parameter base: The device's configuration; nil for a text without it.
    public func text(over base: SystemConfiguration? = nil) -> String {
        let names = base ?? SystemConfiguration(path: "", text: "")
        var lines: [String] = []
        lines.append("openssl_conf = \(names.initialization)")
        if let base { lines.append(".include \(Self.escaped(base.path))") }
        lines += ["", "[\(names.initialization)]", "providers = \(names.providers)"]
        if providers.contains(.tpm2) { lines.append("alg_section = \(names.algorithms)") }
        lines += ["", "[\(names.providers)]", "default = tedge_default"]
        let sorted = KeyProvider.allCases.filter(providers.contains)
        lines += sorted.map { "\($0.rawValue) = tedge_\($0.rawValue)" }
        lines += ["", "[tedge_default]", "activate = 1"]
        for provider in sorted {
            lines += ["", "[tedge_\(provider.rawValue)]"]
            switch provider {
            case .tpm2: if let tcti { lines.append("tcti = \(Self.escaped(tcti))") }
            case .pkcs11:
                if let modulePath { lines.append("pkcs11-module-path = \(Self.escaped(modulePath))") }
                lines.append("pkcs11-module-quirks = no-deinit")
            }
            lines.append("activate = 1")
        }
        if providers.contains(.tpm2) {
            let properties = [names.properties, "?tpm2.signature=yes"].compactMap(\.self).joined(separator: ",")
            lines += ["", "[\(names.algorithms)]", "default_properties = \(properties)"]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func escaped(_ text: String) -> String {
        String(text.flatMap { "\\$#\"'`".contains($0) ? ["\\", $0] : [$0] })
    }
}

/// The names of sections in the device's own configuration of OpenSSL, as far as it has them.
public struct SystemConfiguration: Sendable, Equatable {
    /// Its file.
    public let path: String
    /// The section that `openssl_conf` names.
    var initialization = "tedge_init"
    /// The section that lists the providers.
    var providers = "tedge_providers"
    /// The section of `alg_section`.
    var algorithms = "tedge_algorithms"
    /// The default properties that are set there.
    var properties: String?

    /// Reads the lines of a file. Of a value that is set twice the last counts; files that it includes are not read.
    public init(path: String, text: String) {
        self.path = path
        var values: [String: [String: String]] = [:]
        var section = ""
        for line in text.split(whereSeparator: \.isNewline) {
            let line = Self.trimmed(line.prefix { $0 != "#" })
            if line.hasPrefix("["), let end = line.firstIndex(of: "]") {
                section = Self.trimmed(line[line.index(after: line.startIndex)..<end])
            } else if let equals = line.firstIndex(of: "=") {
                values[section, default: [:]][Self.trimmed(line[..<equals])] =
                    Self.trimmed(line[line.index(after: equals)...])
            }
        }
        if let name = values[""]?["openssl_conf"], !name.isEmpty { initialization = name }
        if let name = values[initialization]?["providers"], !name.isEmpty { providers = name }
        if let name = values[initialization]?["alg_section"], !name.isEmpty { algorithms = name }
        properties = values[algorithms]?["default_properties"]
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        let rest = text.drop { $0 == " " || $0 == "\t" }
        var end = rest.endIndex
        while end > rest.startIndex, " \t".contains(rest[rest.index(before: end)]) { end = rest.index(before: end) }
        return String(rest[..<end])
    }
}

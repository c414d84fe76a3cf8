/// The secrets that the files, settings and variables of a device hold. A support bundle contains none of them, wherever they
/// may stand.
struct BundleSecrets {
    private let context: Context
    private let settings: Settings?
    private var values: Set<String> = []
    private var users: Set<String> = []

    /// The mask that takes them out. What cannot be read is not known, and cannot be in the bundle either, unless another
    /// program has told it: those are recognized by what stands around them.
    static func mask(_ settings: Settings?, in context: Context) -> BundleMask {
        var secrets = BundleSecrets(context: context, settings: settings)
        secrets.take()
        return BundleMask(known: secrets.values, users: secrets.users.sorted())
    }

    private init(context: Context, settings: Settings?) { (self.context, self.settings) = (context, settings) }

    private mutating func take() {
        takeEnvironment()
        takeSettings()
        takeMosquitto()
        // Documents of bootstrap and credentials of its service, which may have been put there by any means.
        let credentials = "/etc/credstore"
        for name in (try? context.files.list(credentials)) ?? [] where name.hasPrefix("tedge.") {
            takeLine(0, of: Path.join(credentials, name))
        }
        for path in [Path.join(context.configurationDirectory, "bootstrap.json")] + Self.documents {
            takeNamed(in: path)
        }
    }

    private static let documents = [
        "/boot/firmware/tedge-bootstrap.json", "/boot/efi/tedge-bootstrap.json", "/boot/tedge-bootstrap.json",
    ]

    private mutating func takeEnvironment() {
        let passed = ChildEnvironment.of(context.environment)
        for (name, value) in context.environment where passed[name] == nil || SecretScan.namesSecret(name) {
            values.insert(value)
        }
        for value in context.environment.values { values.formUnion(BundleMask.passwords(inAddressesOf: value)) }
    }

    private mutating func takeSettings() {
        // A misspelled setting, and what the table does not know, may hold a secret too.
        for file in ["tedge.toml", "system.toml"] { takeNamed(in: Path.join(context.configurationDirectory, file)) }
        let mappers = Path.join(context.configurationDirectory, "mappers")
        for name in (try? context.files.list(mappers)) ?? [] { takeNamed(in: "\(mappers)/\(name)/mapper.toml") }
        guard let settings else { return }
        for name in settings.names() {
            guard let setting = (try? settings.resolve(name)) ?? nil, setting.origin != .fallback else { continue }
            let value = setting.value.printed
            if name.key.isSecret { values.insert(value) }
            values.formUnion(BundleMask.passwords(inAddressesOf: value))
            if name.text.hasSuffix("username") { users.insert(value) }
        }
        for cloud in CloudName.allCases {
            for profile in [nil] + settings.profiles(of: cloud).map(Optional.some) {
                let own = settings.cloud(cloud, profile: profile)
                if let path = (try? own.string("credentials_path")) ?? nil { takeCredentials(path) }
                if let path = try? own.path("device.cert_path") { takeLine(2, of: path + ".registration") }
            }
        }
        if let path = try? settings.path("device.cert_path") { takeLine(2, of: path + ".registration") }
        if let path = (try? settings.string("mqtt.client.auth.password_file")) ?? nil { takeLine(0, of: path) }
    }

    private mutating func takeCredentials(_ path: String) {
        if let credentials = try? DeviceCredentials(contentsOf: path, files: context.files) {
            values.insert(credentials.password)
            users.insert(credentials.user)
        }
        takeNamed(in: path)
    }

    private mutating func takeMosquitto() {
        let files = MosquittoFiles(main: context.mosquittoConfiguration, files: context.files)
        for line in files.lines where SecretScan.namesSecret(line.key) { values.insert(line.value) }
        let directory = BridgePaths.directory(in: context.configurationDirectory)
        for name in (try? context.files.list(directory)) ?? [] { takeNamed(in: Path.join(directory, name)) }
    }

    /// Takes what is recognized in a file.
    private mutating func takeNamed(in path: String) {
        guard let bytes = try? context.files.read(path) else { return }
        values.formUnion(BundleMask.secrets(in: bytes))
        values.formUnion(BundleMask.passwords(inAddressesOf: String(decoding: bytes, as: UTF8.self)))
    }

    /// Takes a whole line, from 0.
    private mutating func takeLine(_ number: Int, of path: String) {
        guard let bytes = try? context.files.read(path) else { return }
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        guard lines.indices.contains(number) else { return }
        values.insert(String(decoding: lines[number].filter { $0 != 0x0D }, as: UTF8.self))
    }
}

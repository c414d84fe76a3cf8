/// What systemd hides from a service or protects from it, systemd.exec(5), "Sandboxing".
struct ServiceSandbox: Sendable, Equatable {
    /// Paths that cannot be reached.
    var hidden: [String] = []
    /// Directories that are empty.
    var empty: [String] = []
    /// Paths that cannot be written.
    var readOnly: [String] = []
    /// Paths below those that can be written.
    var writable: [String] = []

    init() {}

    /// Takes the properties of a unit.
    init(_ properties: SystemdProperties) {
        let homes = ["/home", "/root", "/run/user"]
        switch properties["ProtectHome"] {
        case "yes", "true": hidden += homes
        case "read-only": readOnly += homes
        case "tmpfs": empty += homes
        default: break
        }
        switch properties["ProtectSystem"] {
        case "yes", "true": readOnly += ["/usr", "/boot", "/efi"]
        case "full": readOnly += ["/usr", "/boot", "/efi", "/etc"]
        case "strict":
            readOnly.append("/")
            writable += ["/dev", "/proc", "/sys"]
        default: break
        }
        if ["yes", "true", "connected", "disconnected"].contains(properties["PrivateTmp"]) {
            empty += ["/tmp", "/var/tmp"]
        }
        hidden += Self.paths(properties.words("InaccessiblePaths"))
        readOnly += Self.paths(properties.words("ReadOnlyPaths"))
        writable += Self.paths(properties.words("ReadWritePaths"))
        empty += Self.paths(properties.words("TemporaryFileSystem").map { String($0.prefix { $0 != ":" }) })
        if ["yes", "true", "connected", "disconnected"].contains(properties["PrivateTmp"]) {
            writable += ["/tmp", "/var/tmp"]
        }
        let places = [
            ("RuntimeDirectory", "/run"), ("StateDirectory", "/var/lib"), ("LogsDirectory", "/var/log"),
            ("CacheDirectory", "/var/cache"),
        ]
        for (name, place) in places {
            made += properties.words(name).map { Path.join(place, String($0.prefix { $0 != ":" })) }
        }
        writable += made
    }

    /// Directories that systemd creates for the service, owned by its user.
    private(set) var made: [String] = []

    /// Whether a path cannot be written; of two rules the one for the longer path counts.
    func forbidsWriting(_ path: String) -> Bool {
        func depth(_ directories: [String]) -> Int {
            directories.filter { Path.isInside(path, $0) }.map { Path.parts(of: $0).count }.max() ?? -1
        }
        return depth(readOnly) > depth(writable)
    }

    /// A path may begin with `-`, which leaves it out if it is missing, or `+`.
    private static func paths(_ words: [String]) -> [String] {
        words.map { String($0.drop { $0 == "-" || $0 == "+" }) }
    }
}

extension Path {
    /// Whether a path is a directory or something below it.
    static func isInside(_ path: String, _ directory: String) -> Bool {
        let (parts, others) = (Self.parts(of: path), Self.parts(of: directory))
        return parts.count >= others.count && zip(parts, others).allSatisfy { $0 == $1 }
    }
}

/// Connections that cannot exist side by side: two profiles that are the same device in the cloud, or that share a topic
/// prefix or a port on the device.
struct ProfileClash {
    private let settings: Settings
    private let own: CloudSettings

    init(_ own: CloudSettings) {
        self.own = own
        settings = own.settings
    }

    /// Throws the first clash with another profile that has an address, of any cloud.
    func check() throws {
        for cloud in CloudName.allCases {
            for profile in [nil] + settings.profiles(of: cloud) where (cloud, profile) != (own.cloud, own.profile) {
                let other = settings.cloud(cloud, profile: profile)
                guard let url = try? other.string("url") else { continue }
                try compare(with: other, url: url)
            }
        }
    }

    private func compare(with other: CloudSettings, url: String) throws {
        if other.cloud == own.cloud, try own.string("url")?.lowercased() == url.lowercased(),
            let id = try own.string("device.id"), try other.string("device.id") == id
        {
            throw ClashError.sameDevice(urls: try names("url", other), ids: try names("device.id", other))
        }
        try compare("bridge.topic_prefix", other)
        if own.cloud == .c8y, other.cloud == .c8y { try compare("proxy.bind.port", other) }
    }

    private func compare(_ suffix: String, _ other: CloudSettings) throws {
        guard try own.required(suffix) == other.required(suffix) else { return }
        throw ClashError.sameValue(try names(suffix, other))
    }

    /// The two keys, that of the profile without a name first.
    private func names(_ suffix: String, _ other: CloudSettings) throws(SettingsError) -> [String] {
        let pair = [try own.name(suffix).text, try other.name(suffix).text]
        return other.profile == nil && own.profile != nil ? pair.reversed() : pair
    }
}

/// Why two connections cannot exist side by side.
enum ClashError: ExplainedError, Equatable {
    /// Both are the same device of the same tenant.
    case sameDevice(urls: [String], ids: [String])
    /// Settings that must differ have the same value.
    case sameValue([String])

    var id: ReasonID { .profilesClash }

    var causes: [String] {
        switch self {
        case .sameDevice(let urls, let ids):
            [
                "You have matching URLs and device IDs for different profiles.\n\n"
                    + "\(urls.joined(separator: ", ")) are set to the same value, but so are "
                    + "\(ids.joined(separator: ", ")).\n\n"
                    + "Each cloud profile requires either a unique URL or unique device ID, so it corresponds to a "
                    + "unique device in the associated cloud."
            ]
        case .sameValue(let keys):
            [
                "The configurations: \(keys.joined(separator: ", ")) should be set to different values before "
                    + "connecting, but are currently set to the same value"
            ]
        }
    }

    var hint: String? {
        switch self {
        case .sameDevice(let urls, let ids):
            "Run 'tedge config set \(ids[1]) <value>' or 'tedge config set \(urls[1]) <value>' to tell them apart; "
                + "with certificates, name another one with '\(ids[1].dropLast("id".count))cert_path' and '…key_path'."
        case .sameValue(let keys): "Run 'tedge config set \(keys[1]) <value>' to give it another one."
        }
    }
}

/// Why the local broker cannot have the listeners of the settings.
enum ListenerError: ExplainedError, Equatable {
    /// Both listeners use the same port of the same address.
    case samePort(UInt16)
    /// A file that the external listener needs does not exist.
    case fileMissing(path: String, key: String)

    /// One word for each case.
    var id: ReasonID {
        switch self {
        case .samePort: .listenerTwice
        case .fileMissing: .listenerFileMissing
        }
    }

    /// What happened.
    var causes: [String] {
        switch self {
        case .samePort(let port): ["'mqtt.bind.port' and 'mqtt.external.bind.port' are both \(port)."]
        case .fileMissing(let path, let key): ["The file or directory that '\(key)' names is not there.", path]
        }
    }

    /// What to do about it.
    var hint: String? {
        switch self {
        case .samePort: "Run 'tedge config set mqtt.external.bind.port <port>' to give it another one."
        case .fileMissing(_, let key): "Run 'tedge config set \(key) <path>' to name another one."
        }
    }
}

/// Why our configuration does not fit into mosquitto's.
enum MosquittoConfigurationError: ExplainedError, Equatable {
    /// With our listener, these lines would change the access to other listeners.
    case accessChanges(_ lines: [String], MosquittoDialect)
    /// These lines would keep our programs out of our listener.
    case accessClosed(_ lines: [String], MosquittoDialect)
    /// Our directory is included by several lines.
    case includedTwice(_ directory: String, _ places: [String])
    /// A file of ours is read under several names.
    case readTwice(_ path: String, _ names: [String])
    /// mosquitto does not read our directory, and its main file must not be changed without being asked to.
    case notIncluded(_ directory: String, main: String)
    /// The main file is not plain text.
    case notText(_ path: String, _ form: String)
    /// A file or directory that mosquitto uses exists and cannot be read, or is something else.
    case unreadable(MosquittoFiles.Obstacle)
    /// Root does not follow a link in the path of what mosquitto reads.
    case untrusted(FileError)
    /// Programs of this device would not reach a listener.
    case clientsMissListener(host: String, port: UInt16, listeners: [String])
    /// Programs of this device speak TLS, and the listener does not, or the reverse.
    case clientsMissTLS(listener: String, isTLS: Bool)

    var id: ReasonID {
        switch self {
        case .accessChanges, .accessClosed: .mosquittoAccessClash
        case .includedTwice, .readTwice: .includeLineTwice
        case .notIncluded: .includeLineMissing
        case .notText: .mosquittoConfigurationRejected
        case .unreadable: .mosquittoConfigurationUnreadable
        case .untrusted(let error): error.id
        case .clientsMissListener, .clientsMissTLS: .listenerUnreachable
        }
    }

    var causes: [String] {
        switch self {
        case .accessChanges(let lines, _):
            [
                "A listener for tedge would change who may use mosquitto. Nothing was changed.",
                lines.joined(separator: "\n"),
            ]
        case .accessClosed(let lines, _):
            [
                "The listener for tedge would not let the programs of this device in. Nothing was changed.",
                lines.joined(separator: "\n"),
            ]
        case .includedTwice(let directory, let places):
            ["mosquitto would read \(directory) \(places.count) times: \(places.joined(separator: " and "))."]
        case .readTwice(let path, let names):
            ["mosquitto would read \(path) \(names.count) times, as \(names.joined(separator: " and "))."]
        case .notIncluded(let directory, let main):
            ["mosquitto does not read \(directory): \(main) does not include it."]
        case .notText(let path, let form): ["mosquitto cannot read \(path): it is not plain text but \(form)."]
        case .unreadable(let obstacle):
            [
                "A file that mosquitto uses cannot be read. Nothing was changed.",
                "\(obstacle.path)\(obstacle.line.map { " (\($0.place))" } ?? ""): \(obstacle.reason)",
            ]
        case .untrusted(let error): error.causes
        case .clientsMissListener(let host, let port, let listeners):
            [
                "The programs of this device could not reach mosquitto: 'mqtt.client.host' and 'mqtt.client.port' say "
                    + "\(host):\(port).",
                listeners.isEmpty
                    ? "mosquitto would have no listener."
                    : "mosquitto would listen on \(listeners.joined(separator: ", ")).",
            ]
        case .clientsMissTLS(let listener, let isTLS):
            [
                isTLS
                    ? "The listener \(listener) requires TLS, and no setting 'mqtt.client.auth.ca_file' or "
                        + "'mqtt.client.auth.ca_dir' is there for the programs of this device."
                    : "The settings 'mqtt.client.auth.*' ask for TLS, and the listener \(listener) has none."
            ]
        }
    }

    var hint: String? {
        switch self {
        case .accessChanges(_, let dialect), .accessClosed(_, let dialect):
            Self.accessHint(dialect)
        case .includedTwice(_, let places): "Remove the line \(places.last ?? ""), then run the command again."
        case .readTwice:
            "Keep one of these names: remove the link that is not needed, or the line that includes its directory. Then run "
                + "the command again."
        case .notIncluded(let directory, let main):
            "Run 'sudo tedge --config-dir \(Path.directory(of: directory)) init --mosquitto-conf \(main)' to have it "
                + "included, then run the command again."
        case .notText(let path, _): "Save \(path) as UTF-8 without a byte order mark, then run the command again."
        case .untrusted(let error): error.hint
        case .unreadable(let obstacle):
            obstacle.error?.isNotPlain == true
                ? ErrorAdvice.putFile(obstacle.path) : "Run 'ls -l \(ShellWord.quoted(obstacle.path))' to look at it."
        case .clientsMissListener:
            "Run 'tedge config list mqtt.' to compare them, and 'sudo tedge config set mqtt.client.port <port>' or "
                + "'sudo tedge config set mqtt.client.host <host>' to correct them."
        case .clientsMissTLS(_, let isTLS):
            isTLS
                ? "Run 'sudo tedge config set mqtt.client.auth.ca_file <file>' with the authority of the listener."
                : "Run 'sudo tedge config unset' for each setting that 'tedge config list mqtt.client.auth' shows, or "
                    + "name a listener with TLS in 'mqtt.client.port'."
        }
    }

    private static func accessHint(_ dialect: MosquittoDialect) -> String {
        let own =
            "ive the programs of this device a user of mosquitto ('sudo tedge config set mqtt.client.auth.username "
            + "<name>', 'sudo tedge config set mqtt.client.auth.password_file <file>')"
        guard !dialect.hasListenerAccess else { return "G\(own), then run the command again." }
        return
            "Write 'per_listener_settings true' as the first line of mosquitto's main file, and such lines below each "
            + "listener that they are for; or g\(own). Then run the command again."
    }
}

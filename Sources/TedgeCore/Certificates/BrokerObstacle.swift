/// A file that mosquitto has to read and its user cannot.
public struct BrokerObstacle: Sendable, Equatable {
    /// What the file is for.
    enum Purpose: Equatable {
        /// The certificate or key that the bridge proves itself with.
        case pair
        /// The roots of trust; the key of the setting that names them.
        case roots(key: String)
        /// A file of the listener for other machines; the key of the setting that names it.
        case listener(key: String)
    }

    /// What is closed to the user.
    enum Closed: Equatable {
        /// A directory on the way to the file, with its permissions.
        case directory(String, mode: UInt16, to: Role)
        /// The file itself, and whether it holds something that only its user may read.
        case file(to: Role, isSecret: Bool)
    }

    /// Which of the permissions count for the user (path_resolution(7)).
    enum Role: Character {
        case owner = "u"
        case group = "g"
        case other = "o"

        /// Where the bits stand.
        var shift: UInt16 {
            switch self {
            case .owner: 6
            case .group: 3
            case .other: 0
            }
        }
    }

    let path: String
    let purpose: Purpose
    /// The user that mosquitto runs as.
    let user: String
    let closed: Closed
    /// The configuration directory.
    let configuration: String

    var id: ReasonID {
        switch purpose {
        case .pair: .keyUnreadableForMosquitto
        case .roots: .trustRootsUnreadableForMosquitto
        case .listener: .listenerFileUnreadableForMosquitto
        }
    }

    var cause: String {
        let sentence = "mosquitto runs as user '\(user)', who cannot read \(path)"
        guard case .directory(let directory, let mode, _) = closed else { return sentence + "." }
        return sentence + ": the directory \(directory) (mode \(String(mode, radix: 8))) is closed to that user."
    }

    /// Opens nothing but files that anyone may read, and directories of this program's own.
    var hint: String {
        switch closed {
        case .directory(let directory, _, let role) where isOwn(directory) && role == .other:
            "Run 'sudo chmod o+x \(ShellWord.quoted(directory))', which lets others enter the directory, not list it."
        case .directory(let directory, _, let role) where isOwn(directory):
            "Run 'sudo chmod \(role.rawValue)+x \(ShellWord.quoted(directory))'."
        case .directory: move
        case .file(to: .owner, _): "Run 'sudo chmod u+r \(ShellWord.quoted(path))'."
        case .file(let role, isSecret: false):
            "Run 'sudo chmod \(role.rawValue)+r \(ShellWord.quoted(path))': certificates are no secret."
        case .file where purpose == .pair && isOwn(path):
            "Run 'sudo chown \(user) \(ShellWord.quoted(path))', or connect with sudo."
        case .file: move
        }
    }

    /// Whether a file or directory is this program's own, by its place.
    private func isOwn(_ path: String) -> Bool {
        Path.join(path, "").hasPrefix(Path.join(configuration, ""))
    }

    private var move: String {
        switch purpose {
        case .pair:
            "Copy certificate and key to \(configuration)/device-certs, and set 'device.cert_path' and 'device.key_path' "
                + "to the copies."
        case .roots(let key), .listener(let key):
            "Copy it to a place that this user can read, for example below \(configuration), and run 'tedge config set "
                + "\(key) <copy>'."
        }
    }
}

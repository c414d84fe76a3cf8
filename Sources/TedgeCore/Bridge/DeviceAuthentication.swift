import TOML

/// How a device proves to its cloud who it is.
enum DeviceAuthentication: Sendable, Equatable {
    /// With its certificate.
    case certificate
    /// With the user name and password of a file.
    case password(file: String)

    /// Reads the settings. `auto` means the password if its file exists.
    init(_ settings: CloudSettings, exists: (String) -> Bool) throws {
        self = .certificate
        guard settings.cloud == .c8y else { return }
        let file = try settings.path("credentials_path")
        switch try settings.required("auth_method") {
        case "basic": self = .password(file: file)
        case "auto" where exists(file): self = .password(file: file)
        default: break
        }
    }
}

/// The user name and password of a device.
struct DeviceCredentials: Sendable, Equatable, CustomStringConvertible {
    /// The user name; for Cumulocity `tenant/user`.
    let user: String
    /// The password.
    let password: String

    /// The user name alone.
    var description: String { user }

    /// Reads a file in the format of thin-edge.io: TOML with a table `[c8y]` with `username` and `password`. Both must fit into
    /// a line of mosquitto's configuration.
    init(contentsOf path: String, files: any Files) throws(CredentialsError) {
        let root: TOMLTable
        do {
            root = try TOMLDocument(parsing: try files.read(path)).root
        } catch let error as FileError {
            throw .unreadable(path: path, error.reason)
        } catch let error as TOMLError {
            throw .broken(path: path, reason: "line \(error.line), column \(error.column): \(error.message)")
        } catch {
            throw .broken(path: path, reason: "\(error)")
        }
        guard case .table(let table)? = root["c8y"] else { throw .broken(path: path, reason: "missing field `c8y`") }
        user = try Self.value("username", in: table, path)
        password = try Self.value("password", in: table, path)
    }

    private static func value(_ key: String, in table: TOMLTable, _ path: String) throws(CredentialsError) -> String {
        guard let value = table[key] else { throw .broken(path: path, reason: "missing field `\(key)`") }
        guard case .string(let text) = value else { throw .broken(path: path, reason: "`\(key)` must be a string") }
        do throws(BridgeError) {
            return try MosquittoValue.line(text, key: key)
        } catch {
            guard case .unusableValue(_, _, let reason) = error else {
                throw .unusable(path: path, key: key, reason: "")
            }
            throw .unusable(path: path, key: key, reason: reason)
        }
    }
}

/// Why the credentials of a device cannot be used. No case holds the password.
enum CredentialsError: ExplainedError, Equatable {
    /// The file is missing or cannot be read.
    case unreadable(path: String, SystemError)
    /// The file is not a TOML document with both values.
    case broken(path: String, reason: String)
    /// A value would break the file that mosquitto reads.
    case unusable(path: String, key: String, reason: String)

    /// One word for each case.
    var id: ReasonID {
        switch self {
        case .unreadable(let path, let reason) where reason.code < 0: FileError(.read, path, reason).id
        case .unreadable(_, let reason): reason.isAbsence ? .credentialsMissing : .credentialsUnreadable
        case .broken, .unusable: .credentialsBroken
        }
    }

    /// What happened.
    var causes: [String] {
        switch self {
        case .unreadable(let path, let reason):
            ["Failed to read the basic auth credentials file. file=\(path)", reason.description]
        case .broken(let path, let reason): ["Error while parsing credentials file: '\(path)': \(reason)."]
        case .unusable(let path, let key, let reason):
            [
                "The `\(key)` in the credentials file '\(path)' cannot be written into mosquitto's configuration: \(reason)."
            ]
        }
    }

    /// What to do about it.
    var hint: String? {
        switch self {
        case .unreadable(_, let reason) where reason.isPermission: "Run the command with sudo."
        case .unreadable(let path, let reason) where reason.code < 0: FileError(.read, path, reason).hint
        case .unreadable(let path, _), .broken(let path, _):
            "Write into \(path), readable by root alone:\n[c8y]\nusername = \"<tenant>/<user>\"\npassword = \"<password>\""
        case .unusable: "Give the device another one in the cloud, and write it into the file."
        }
    }
}

extension Context {
    /// The command with which only the user of the mapper, which needs it too, can read the file with the device's password.
    func commandToClose(_ file: String) -> String {
        let word = ShellWord.quoted(file)
        let user = (try? SystemSettings.load(from: self))?.user ?? "tedge"
        let owner = ((try? files.status(file)) ?? nil)?.owner.user
        let isTheirs = accounts.user(named: user).map { $0.owner.user == owner } ?? true
        return (isTheirs ? "" : "sudo chown \(user) \(word) && ") + "sudo chmod 600 \(word)"
    }
}

import TOML

/// The settings in `system.toml`: who owns the files of tedge, and how to control services.
struct SystemSettings: Sendable, Equatable {
    /// The user that owns the files; empty leaves the owner as it is.
    var user = "tedge"
    /// The group that owns the files; empty leaves the group as it is.
    var group = "tedge"
    /// The commands of the service manager.
    var commands = ServiceCommands.systemd
    /// The path that was read, whether there is a file or not.
    var path: String
    /// Whether the file names a user, or a group.
    var namesUser = false
    var namesGroup = false

    /// The path in a configuration directory.
    static func path(in directory: String) -> String { "\(directory)/system.toml" }

    /// Reads the file. If it is missing or cannot be read, the defaults are used; if it is broken, that is an error.
    static func load(from context: Context) throws(ServiceError) -> SystemSettings {
        let path = path(in: context.configurationDirectory)
        var settings = SystemSettings(path: path)
        let bytes: [UInt8]
        do throws(FileError) {
            guard let found = try context.files.readIfPresent(path) else { return settings }
            bytes = found
        } catch {
            // A file that is too large, or not a regular file, may name another service manager.
            guard error.reason.isNotPlain || error.reason.isTooLarge else { return settings }
            throw ServiceError.unreadableSystemFile(path: path, error.reason)
        }
        do {
            let root = try TOMLDocument(parsing: bytes).root
            if case .string(let user)? = root["user"] { (settings.user, settings.namesUser) = (user, true) }
            if case .string(let group)? = root["group"] { (settings.group, settings.namesGroup) = (group, true) }
            if let table = root["init"] { settings.commands = try ServiceCommands(table, path: path) }
        } catch let error as TOMLError {
            throw ServiceError.brokenSystemFile(
                path: path, reason: "line \(error.line), column \(error.column): \(error.message)")
        } catch {
            throw error as? ServiceError ?? .brokenSystemFile(path: path, reason: "\(error)")
        }
        return settings
    }

    /// The ids of user and group; nil for one that is empty or unknown.
    func numbers(in accounts: any Accounts) -> (user: UInt32?, group: UInt32?) {
        (accounts.user(named: user)?.owner.user, accounts.group(named: group))
    }

    /// The owner of new files: user and group, or those of the caller if they are empty or unknown.
    func owner(in accounts: any Accounts) -> Owner {
        let (numbers, caller) = (numbers(in: accounts), accounts.caller)
        return Owner(user: numbers.user ?? caller.user, group: numbers.group ?? caller.group)
    }

    /// The user and the group that are not known on the device.
    func unknownAccounts(in accounts: any Accounts) -> [(kind: String, name: String)] {
        let numbers = numbers(in: accounts)
        return [("user", user, numbers.user), ("group", group, numbers.group)]
            .compactMap { kind, name, number in name.isEmpty || number != nil ? nil : (kind, name) }
    }
}

extension Context {
    /// The owner of new files and directories, if the caller is root. If the device does not know a user or group that
    /// `system.toml` names, a warning is printed and root is used.
    func ownerOfNew(_ system: SystemSettings) -> Owner? {
        guard accounts.isRoot else { return nil }
        for (kind, name) in system.unknownAccounts(in: accounts)
        where kind == "user" ? system.namesUser : system.namesGroup {
            console.warning(
                "There is no \(kind) '\(name)' on this device, which \(system.path) names; root owns new files.")
        }
        return system.owner(in: accounts)
    }
}

/// The commands of a service manager. `{}`, also inside a word, stands for the service.
struct ServiceCommands: Sendable, Equatable {
    /// The name of the service manager in messages.
    var name: String
    /// Exits with 0 if the service manager runs.
    var isAvailable: [String]
    /// Restarts a service, or starts it if it does not run.
    var restart: [String]
    /// Stops a service.
    var stop: [String]
    /// Starts a service.
    var start: [String]
    /// Makes a service start with the device.
    var enable: [String]
    /// Makes a service no longer start with the device.
    var disable: [String]
    /// Exits with 0 if a service runs.
    var isActive: [String]

    /// systemd.
    static let systemd = ServiceCommands(
        name: "systemd", isAvailable: ["systemctl", "--version"], restart: ["systemctl", "restart", "{}"],
        stop: ["systemctl", "stop", "{}"], start: ["systemctl", "start", "{}"], enable: ["systemctl", "enable", "{}"],
        disable: ["systemctl", "disable", "{}"], isActive: ["systemctl", "is-active", "{}"])

    /// The commands that control a service, each with its key.
    var driving: [(key: String, words: [String])] {
        [
            ("restart", restart), ("stop", stop), ("start", start), ("enable", enable), ("disable", disable),
            ("is_active", isActive),
        ]
    }

    /// A command for a service, with its name instead of `{}`.
    static func words(_ command: [String], for unit: String) -> [String] {
        command.map { $0.replacing("{}", with: unit) }
    }

    /// The service whose name makes a command these words; nil if none does.
    static func unit(in words: [String], of command: [String]) -> String? {
        guard words.count == command.count, let index = command.firstIndex(where: { $0.contains("{}") }) else {
            return nil
        }
        let (word, pattern) = (words[index], command[index])
        let count = pattern.ranges(of: "{}").count
        let length = (word.count - pattern.count) / count + 2
        guard length > 0 else { return nil }
        let start = pattern.ranges(of: "{}").first.map { pattern[..<$0.lowerBound].count } ?? 0
        let unit = String(word.dropFirst(start).prefix(length))
        return Self.words(command, for: unit) == words ? unit : nil
    }
}

extension ServiceCommands {
    /// Reads the table `[init]`. It must have all commands and no other keys; without `start`, `restart` is used instead.
    init(_ value: TOMLValue, path: String) throws(ServiceError) {
        guard case .table(let table) = value else {
            throw .brokenSystemFile(path: path, reason: "'init' must be a table")
        }
        let known = ["name", "is_available", "restart", "stop", "start", "enable", "disable", "is_active"]
        if let key = table.keys.first(where: { !known.contains($0) }) {
            throw .brokenSystemFile(
                path: path, reason: "unknown field '\(key)' in [init], expected one of \(known.joined(separator: ", "))"
            )
        }
        guard case .string(let name)? = table["name"] else {
            throw .brokenSystemFile(path: path, reason: "the field 'name' is missing in [init]")
        }
        self.name = name
        isAvailable = try Self.command("is_available", in: table, path: path, takesService: false)
        restart = try Self.command("restart", in: table, path: path)
        stop = try Self.command("stop", in: table, path: path)
        enable = try Self.command("enable", in: table, path: path)
        disable = try Self.command("disable", in: table, path: path)
        isActive = try Self.command("is_active", in: table, path: path)
        start = table["start"] == nil ? restart : try Self.command("start", in: table, path: path)
    }

    private static func command(
        _ key: String, in table: TOMLTable, path: String, takesService: Bool = true
    ) throws(ServiceError) -> [String] {
        guard case .array(let values)? = table[key] else {
            throw .brokenSystemFile(path: path, reason: "the field '\(key)' is missing in [init]")
        }
        var words: [String] = []
        for value in values {
            guard case .string(let word) = value else {
                throw .brokenSystemFile(path: path, reason: "the words of '\(key)' in [init] must be strings")
            }
            words.append(word)
        }
        guard let program = words.first, !program.isEmpty else {
            throw .brokenCommand(path: path, key: key, reason: "Requires 1 or more arguments.")
        }
        guard !takesService || words.contains(where: { $0.contains("{}") }) else {
            throw .brokenCommand(path: path, key: key, reason: "A placeholder '{}' is missing.")
        }
        return words
    }
}

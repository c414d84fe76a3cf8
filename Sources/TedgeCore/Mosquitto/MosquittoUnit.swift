/// How the service manager starts mosquitto: program, user, environment and sandbox.
struct MosquittoUnit: Sendable, Equatable {
    /// The program.
    var program = "/usr/sbin/mosquitto"
    /// The arguments of the program.
    var arguments = ["-c", "/etc/mosquitto/mosquitto.conf"]
    /// The user that the service manager starts it as; nil for root.
    var user: String?
    /// The group that the service manager starts it with; nil for that of the user.
    var group: String?
    /// Further groups.
    var groups: [String] = []
    /// The process that runs; nil if none does.
    var process: Int32?
    /// `NAME=VALUE`.
    var environment: [String] = []
    /// Files with more variables.
    var environmentFiles: [String] = []
    /// The current directory.
    var workingDirectory = "/"
    /// Whether it may listen on ports below 1024 without being root.
    var mayUseEveryPort = false
    /// What is hidden from it or protected from it.
    var sandbox = ServiceSandbox()
    /// The commands that are run before it.
    var preparation: [String] = []
    /// Whether a dry run cannot imitate the unit, for example because it has its own root directory.
    var isBeyondDryRun = false
    /// Whether all this is assumed, so that what is prepared before the start is unknown too.
    var isAssumed = false
    /// Whether systemd knows the unit.
    var isInstalled = true

    /// The configuration file, `-c`; nil if none is named.
    var mainFile: String? {
        let index = arguments.lastIndex { $0 == "-c" || $0 == "--config-file" }
        guard let index, index + 1 < arguments.count else { return nil }
        return Path.absolute(arguments[index + 1], relativeTo: workingDirectory)
    }

    /// The directory of the snap of mosquitto.
    static let snap = "/snap/mosquitto"
    /// The unit of that snap.
    static let snapUnit = "snap.mosquitto.mosquitto.service"

    private static let properties = [
        "LoadState", "ActiveState", "User", "Group", "SupplementaryGroups", "DynamicUser", "MainPID", "ExecStart",
        "ExecStartPre",
        "Environment", "EnvironmentFiles", "WorkingDirectory", "RootDirectory", "RootImage", "BindPaths",
        "BindReadOnlyPaths", "ProtectHome", "ProtectSystem", "PrivateTmp", "PrivateUsers", "InaccessiblePaths",
        "ReadOnlyPaths", "ReadWritePaths", "TemporaryFileSystem", "RuntimeDirectory", "StateDirectory",
        "LogsDirectory", "CacheDirectory", "AmbientCapabilities",
    ]

    /// The question to systemd.
    static let question = ["systemctl", "show", "--property=\(properties.joined(separator: ","))", "mosquitto.service"]

    /// Asks systemd or, if it does not answer, looks for a running mosquitto; nil if nothing is known.
    static func load(_ context: Context) -> MosquittoUnit? {
        let answer = try? context.processes.ask(
            question, within: AskingProcesses.limit, interruption: context.interruption)
        guard let answer, answer.succeeded else { return running(context) }
        var unit = MosquittoUnit(SystemdProperties(answer.output))
        unit?.take(context)
        return unit
    }

    /// Takes what systemd says; nil if it does not say how mosquitto is started.
    init?(_ properties: SystemdProperties) {
        isInstalled = properties["LoadState"] != "not-found"
        guard let start = properties["ExecStart"], let command = Self.command(start) else {
            guard properties["LoadState"] != nil else { return nil }
            return
        }
        (program, arguments) = command
        user = properties["User"].flatMap { $0 == "root" || $0 == "0" ? nil : $0 }
        group = properties["Group"]
        groups = properties.words("SupplementaryGroups")
        // One that ends again and again has a process at times.
        let isActive = ["active", "reloading"].contains(properties["ActiveState"])
        process = properties["MainPID"].flatMap { Int32($0) }.flatMap { $0 > 0 && isActive ? $0 : nil }
        environment = properties.words("Environment")
        environmentFiles = properties.all("EnvironmentFiles").map { line in
            String(line.firstRange(of: " (").map { line[..<$0.lowerBound] } ?? line[...])
        }
        if let directory = properties["WorkingDirectory"] {
            workingDirectory =
                directory.hasPrefix("/") ? directory : directory.hasPrefix("!/") ? String(directory.dropFirst()) : "/"
        }
        mayUseEveryPort = properties["AmbientCapabilities"]?.contains("cap_net_bind_service") == true
        sandbox = ServiceSandbox(properties)
        preparation = properties.all("ExecStartPre").compactMap(Self.commandText)
        isBeyondDryRun =
            properties["RootDirectory"] != nil || properties["RootImage"] != nil || properties["BindPaths"] != nil
            || properties["BindReadOnlyPaths"] != nil || properties["DynamicUser"] == "yes"
            || properties["PrivateUsers"] == "yes"
    }

    init() {}

    /// Takes the exact words of the running process if systemd would use the same ones, because systemd's text does not tell a
    /// blank in a word from one between two words. Reads the files with variables.
    private mutating func take(_ context: Context) {
        if let process, let words = Self.commandLine(process, context),
            words.dropFirst().joined(separator: " ") == arguments.joined(separator: " ")
        {
            arguments = Array(words.dropFirst())
        }
        for file in environmentFiles {
            let path = file.hasPrefix("-") ? String(file.dropFirst()) : file
            guard let bytes = try? context.files.read(path) else { continue }
            for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
            where !line.hasPrefix("#") && !line.hasPrefix(";") && line.contains("=") {
                environment += SystemdProperties.words(String(line)).prefix(1)
            }
        }
    }

    static func commandLine(_ process: Int32, _ context: Context) -> [String]? {
        guard let bytes = try? context.files.read("\(context.processDirectory)/\(process)/cmdline") else { return nil }
        return bytes.split(separator: 0, omittingEmptySubsequences: false).dropLast().map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    /// `{ path=/usr/sbin/mosquitto ; argv[]=/usr/sbin/mosquitto -c FILE ; … }`
    private static func command(_ value: String) -> (program: String, arguments: [String])? {
        guard let text = commandText(value) else { return nil }
        let words = SystemdProperties.words(text)
        guard let path = value.firstRange(of: "path=") else { return nil }
        let program = value[path.upperBound...].prefix { $0 != " " }
        return program.isEmpty ? nil : (String(program), Array(words.dropFirst()))
    }

    private static func commandText(_ value: String) -> String? {
        guard let begin = value.firstRange(of: "argv[]=") else { return nil }
        let rest = value[begin.upperBound...]
        return String(rest.firstRange(of: " ; ").map { rest[..<$0.lowerBound] } ?? rest)
    }
}

/// What mosquitto as a whole needs so that it keeps the messages of durable bridges while the line is down, and over a restart
/// or a power cut. It stands in a file of its own, which exists as long as there is a durable bridge.
///
/// What the owner's lines say stays: of settings that belong together none is written if one is there.
struct MessageKeeping {
    let settings: Settings
    /// The device, with what is known of mosquitto's unit.
    let context: Context
    let manager: ServiceManager

    /// Where mosquitto's package keeps messages.
    static let usualPlace = "/var/lib/mosquitto/"
    /// How many messages are queued for a client, and how many bytes.
    static let (messages, bytes) = (100_000, 64 << 20)

    /// The path of the file.
    var path: String { BridgePaths.durability(in: context.configurationDirectory) }

    /// Whether a bridge that exists is durable by its settings.
    ///
    /// - Parameter bridge: The file of a bridge that does not count.
    func isNeeded(besides bridge: String?) throws -> Bool {
        let directory = BridgePaths.directory(in: context.configurationDirectory)
        guard context.files.exists(directory) else { return false }
        return try BridgePaths.connections(among: try context.files.list(directory)).contains { cloud, profile in
            guard BridgePaths(in: context.configurationDirectory, cloud, profile).bridge != bridge else { return false }
            return try settings.cloud(cloud, profile: profile).bool("bridge.durable")
        }
    }

    /// The file as it is to be; without text if no bridge needs it.
    func file(isNeeded: Bool) throws -> BrokerChange.FileChange {
        guard isNeeded else { return BrokerChange.FileChange(path: path, text: nil) }
        let lines = try lines(besides: owner)
        let head = "# Written by tedge while a durable bridge exists; 'tedge disconnect' of the last one removes it."
        return BrokerChange.FileChange(path: path, text: ([head] + lines).joined(separator: "\n") + "\n")
    }

    /// What mosquitto reads without this file; nil if it is unknown.
    private var owner: [MosquittoFiles.Line]? {
        let main = context.mosquittoConfiguration
        guard manager.isDefault, context.files.isReadable(main) else { return nil }
        return MosquittoFiles(main: main, files: context.files, planned: [path: nil]).lines
    }

    /// The lines to write beside those of the owner.
    func lines(besides owner: [MosquittoFiles.Line]?) throws -> [String] {
        let keys = Set((owner ?? []).map(\.key))
        var lines: [String] = []
        func add(unless others: [String], _ more: [String]) {
            if keys.isDisjoint(with: others) { lines += more }
        }
        if !Self.usesPlugin(owner) {
            // mosquitto refuses a second place, and without one it saves where it was started: an unknown file decides both.
            if owner != nil {
                add(unless: ["persistence", "retained_persistence"], ["persistence true"])
                add(unless: ["persistence_location"], ["persistence_location \(Self.usualPlace)"])
            }
            let seconds = try settings.duration("mqtt.bridge.save_interval").components.seconds
            add(
                unless: ["autosave_interval", "autosave_on_changes"],
                seconds > 0
                    ? ["autosave_interval \(min(seconds, 86_400))"]
                    : ["autosave_on_changes true", "autosave_interval 1"])
        }
        add(
            unless: ["max_queued_messages", "max_queued_bytes"],
            ["max_queued_messages \(Self.messages)", "max_queued_bytes \(Self.bytes)"])
        return lines
    }

    /// Whether a plugin of mosquitto 2.1 keeps the messages.
    private static func usesPlugin(_ lines: [MosquittoFiles.Line]?) -> Bool {
        lines?.contains { MosquittoDialect.pluginKeys.contains($0.key) && Path.name(of: $0.value).contains("persist") }
            ?? false
    }

    /// What stands in the way; empty if nothing does or if the caller may not look.
    func problems() -> [MessageKeepingProblem] {
        guard let owner else { return [] }
        func last(_ keys: String...) -> MosquittoFiles.Line? { owner.last { keys.contains($0.key) } }
        var problems: [MessageKeepingProblem] = []
        if !Self.usesPlugin(owner) {
            if let line = last("persistence", "retained_persistence"), !Self.isTrue(line) {
                problems.append(.off(line))
            }
            if let problem = objection(to: place(owner)) { problems.append(problem) }
            if let line = last("autosave_interval"), last("autosave_on_changes").map({ !Self.isTrue($0) }) ?? true,
                let seconds = Int(line.value), seconds == 0 || seconds > 60
            {
                problems.append(.savedRarely(line))
            }
        }
        if let line = last("max_queued_messages"), let count = Int(line.value), (1..<10_000).contains(count) {
            problems.append(.queueShort(line))
        }
        return problems
    }

    /// The directory in which mosquitto saves; nil if it is unknown, or if something else saves.
    var place: String? { owner.flatMap { Self.usesPlugin($0) ? nil : place($0) } }

    private func place(_ owner: [MosquittoFiles.Line]) -> String {
        owner.last { $0.key == "persistence_location" }?.value ?? Self.usualPlace
    }

    private static func isTrue(_ line: MosquittoFiles.Line) -> Bool { ["true", "1"].contains(line.value) }

    /// mosquitto writes a new file into the directory, as its user.
    private func objection(to place: String) -> MessageKeepingProblem? {
        let found: FileStatus?
        do throws(FileError) {
            found = try context.files.status(place)
        } catch {
            return nil
        }
        guard let status = found, status.kind == .directory else { return .placeMissing(place) }
        guard let account = context.mosquittoAccount, account.owner.user != 0, !status.hasAccessList else { return nil }
        let groups = context.accounts.groups(of: account)
        let shift: UInt16 =
            status.owner.user == account.owner.user ? 6 : groups.contains(status.owner.group) ? 3 : 0
        return status.mode >> shift & 0o3 == 0o3 ? nil : .placeClosed(place, user: account.name)
    }
}

/// Why mosquitto does not keep the messages of a durable bridge as it should.
enum MessageKeepingProblem: ExplainedError, Equatable {
    /// The owner has mosquitto save nothing.
    case off(MosquittoFiles.Line)
    /// The directory for the saved messages does not exist.
    case placeMissing(String)
    /// mosquitto's user may not write into the directory.
    case placeClosed(String, user: String)
    /// The owner has mosquitto save rarely.
    case savedRarely(MosquittoFiles.Line)
    /// The owner lets few messages wait.
    case queueShort(MosquittoFiles.Line)

    /// Whether nothing survives a restart of mosquitto.
    var isFatal: Bool {
        switch self {
        case .off, .placeMissing, .placeClosed: true
        case .savedRarely, .queueShort: false
        }
    }

    var id: ReasonID {
        switch self {
        case .placeMissing, .placeClosed: .persistenceNotWritable
        case .off, .savedRarely, .queueShort: .messagesNotKept
        }
    }

    var causes: [String] {
        switch self {
        case .off(let line):
            [
                "mosquitto saves no messages, so that a restart loses those that wait: \(line.place) says '\(Self.text(line))'."
            ]
        case .placeMissing(let path): ["The directory in which mosquitto saves messages is not there: \(path)."]
        case .placeClosed(let path, let user):
            ["mosquitto cannot save messages: the user '\(user)' may not write into \(path)."]
        case .savedRarely(let line):
            [
                "mosquitto saves messages rarely, and a power cut loses the others: \(line.place) says '\(Self.text(line))'."
            ]
        case .queueShort(let line):
            ["mosquitto lets few messages wait while the line is down: \(line.place) says '\(Self.text(line))'."]
        }
    }

    var hint: String? { "\(step), then run the command again." }

    /// What to do while mosquitto has a durable bridge.
    var repair: String { "\(step), then run 'sudo tedge refresh-bridges && sudo systemctl restart mosquitto'." }

    private var step: String {
        switch self {
        case .off(let line), .savedRarely(let line), .queueShort(let line):
            "Remove line \(line.number) from \(line.path)"
        case .placeMissing(let path):
            "Run 'sudo install -d -o mosquitto -g mosquitto \(ShellWord.quoted(path))'"
        case .placeClosed(let path, let user):
            "Let '\(user)' write into \(path), or name another directory with 'persistence_location'"
        }
    }

    private static func text(_ line: MosquittoFiles.Line) -> String { "\(line.key) \(line.value)" }
}

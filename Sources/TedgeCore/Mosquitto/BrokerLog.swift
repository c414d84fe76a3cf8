/// What mosquitto has said since a point in time, in seconds since 1970.
struct BrokerLog {
    let context: Context
    let manager: ServiceManager
    let since: Int64

    /// How many bytes at the end of a log file are read.
    static let tail = 65_536
    /// How long the journal may take to answer.
    private static let timeout = Duration.seconds(3)

    /// Where mosquitto writes.
    var place: MosquittoLog { MosquittoLog(context) }

    /// The errors of mosquitto's last start, at most four lines, with those of OpenSSL at the end. Errors in the configuration
    /// are in the journal; once mosquitto has read the configuration, it writes to its log file.
    func lastErrors() -> [String] {
        let log = place
        for lines in [journal(), file(log)] {
            let said = MosquittoLogPattern.lastStart(lines).map {
                MosquittoLogPattern.withoutTime($0, format: log.timeFormat)
            }
            let errors = MosquittoLogPattern.errors(said)
            if !errors.isEmpty { return Array(errors.suffix(4)) }
        }
        return []
    }

    /// How a bridge's attempt to connect can end after the TLS handshake.
    enum Attempt: Equatable {
        /// The cloud refused the device, for this reason (MQTT 3.1.1, 3.2.2.3).
        case refused(String)
        /// The cloud closed the connection without an answer.
        case closed
    }

    /// How the last attempt of a bridge ended; nil if it is unknown.
    func lastAttempt(of cloud: Cloud, _ profile: ProfileName?) -> Attempt? {
        guard manager.isDefault else { return nil }
        return Self.lastAttempt(of: cloud, profile, in: running())
    }

    /// What mosquitto last said about a bridge, at most three lines without their times.
    func lastWords(of cloud: Cloud, _ profile: ProfileName?) -> [String] {
        guard manager.isDefault else { return [] }
        let format = place.timeFormat
        return Self.lastWords(
            of: cloud, profile, in: running().map { MosquittoLogPattern.withoutTime($0, format: format) })
    }

    private func running() -> [String] {
        let written = file(place)
        return written.isEmpty ? journal() : written
    }

    /// The same with the times in seconds since 1970; those of a log file with another format of times are nil.
    func timed() -> [(time: Int64?, text: String)] {
        let written = file(place)
        guard !written.isEmpty else { return timedJournal() }
        return written.map { line in
            let digits = line.prefix { $0.isASCII && $0.isNumber }
            return line.dropFirst(digits.count).hasPrefix(": ") ? (Int64(digits), line) : (nil, line)
        }
    }

    static func lastAttempt(of cloud: Cloud, _ profile: ProfileName?, in lines: [String]) -> Attempt? {
        let suffix = profile.map { "@\($0)" } ?? ""
        let begin = "Connecting bridge (step 2) \(connection(cloud, profile)) ("
        guard let last = lines.lastIndex(where: { $0.contains(begin) }) else { return nil }
        let client = "lient \(cloud.localClientID)\(suffix)"
        var isOurs = true
        for line in lines[(last + 1)...] {
            if line.contains("Connecting bridge ") {
                // Another bridge may connect meanwhile, and a refusal that follows may be its.
                isOurs = line.contains(" \(connection(cloud, profile)) (")
                if isOurs { return nil }
            }
            if isOurs, let refusal = line.firstRange(of: "Connection Refused: ") {
                return .refused(String(line[refusal.upperBound...]))
            }
            // The texts of mosquitto 2.0 and of 2.1, which has the address after the client id.
            if line.contains("\(client) closed its connection") || line.contains("Socket error on c\(client),")
                || (line.contains("\(client) [") && line.contains("disconnected: connection closed by client"))
            {
                return .closed
            }
        }
        return nil
    }

    static func lastWords(of cloud: Cloud, _ profile: ProfileName?, in lines: [String]) -> [String] {
        let suffix = profile.map { "@\($0)" } ?? ""
        let name = connection(cloud, profile)
        var attempts: [[String]] = []
        var isOurs = false
        for line in lines {
            if line.hasPrefix("Connecting bridge ") {
                isOurs = line.contains(" \(name) (")
                // The second step of an attempt, in versions that look names up beforehand, belongs to the first.
                if isOurs, !line.contains("(step 2)") { attempts.append([]) }
                continue
            }
            let isOfBridge = line.contains("lient \(cloud.localClientID)\(suffix) ") || line.contains(" bridge \(name)")
            let isError = MosquittoLogPattern.isError(line) || line.contains("Connection Refused: ")
            guard !attempts.isEmpty, isOfBridge || (isOurs && isError) else { continue }
            let last = attempts.count - 1
            if !attempts[last].contains(line) { attempts[last].append(line) }
        }
        return (attempts.last { !$0.isEmpty } ?? []).suffix(3)
    }

    static func connection(_ cloud: Cloud, _ profile: ProfileName?) -> String {
        "edge_to_\(cloud.name.rawValue)\(profile.map { "@\($0)" } ?? "")"
    }

    private func journal() -> [String] { timedJournal().map(\.text) }

    private func timedJournal() -> [(time: Int64?, text: String)] {
        guard manager.isDefault else { return [] }
        // With --since, journalctl of systemd 252 prints the first lines and not the last ones.
        let words = ["journalctl", "--unit=mosquitto", "--lines=40", "--output=short-unix", "--quiet", "--no-pager"]
        let answer = try? context.processes.ask(
            words, within: Self.timeout, interruption: context.interruption)
        guard let result = answer, result.succeeded else { return [] }
        return result.output.split(separator: Character("\n")).compactMap { line in
            // Such as `1795463966.072187 gateway mosquitto[456]: Error: ...`.
            guard let time = Int64(line.prefix { $0 != "." }), time >= since,
                let colon = line.firstRange(of: "]: ")
            else { return nil }
            // What systemd says about the unit is not from mosquitto.
            let source = line[..<colon.lowerBound].split(separator: " ").last ?? ""
            return source.hasPrefix("systemd[") ? nil : (time, String(line[colon.upperBound...]))
        }
    }

    private func file(_ log: MosquittoLog) -> [String] {
        guard let path = log.file, let bytes = try? context.files.readTail(path, count: Self.tail) else { return [] }
        // The first line may be half a line.
        let lines = bytes.split(separator: UInt8(ascii: "\n")).dropFirst(bytes.count == Self.tail ? 1 : 0)
        return lines.map { String(decoding: $0, as: UTF8.self) }.filter { line in
            let digits = line.prefix { $0.isASCII && $0.isNumber }
            return digits.count < 9 || (Int64(digits) ?? since) >= since
        }
    }
}

extension Diagnosis {
    /// A bridge is down, with what mosquitto said about it.
    static func bridgeDown(_ cloud: Cloud, _ profile: ProfileName?, in context: Context) -> Diagnosis {
        let settings = (try? SystemSettings.load(from: context)) ?? SystemSettings(path: "")
        let log = BrokerLog(context: context, manager: ServiceManager(settings, in: context), since: 0)
        let said = log.lastWords(of: cloud, profile)
        return Diagnosis(
            .bridgeDown, "The bridge to \(cloud.displayName) is down.",
            seen: said.isEmpty ? nil : "mosquitto said: " + said.joined(separator: "\n"), hint: log.place.hint)
    }
}

/// What mosquitto said since a point of time, in seconds since 1970.
struct BrokerLog {
    let context: Context
    let manager: ServiceManager
    let since: Int64

    /// The last lines that name an error, at most three, the oldest first. What mosquitto says against its configuration is
    /// in the journal; once it has read it, it writes to its log file.
    func lastErrors() -> [String] {
        let said = journal().filter(Self.namesError)
        let errors = (said.isEmpty ? logFile().filter(Self.namesError) : said).map(Self.withoutTime)
        // A service manager may have tried again and again.
        return Array(errors.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }.suffix(3))
    }

    /// How an attempt of a bridge to connect can end after the TLS handshake.
    enum Attempt: Equatable {
        /// The cloud refused the device, for this reason (MQTT 3.1.1, 3.2.2.3).
        case refused(String)
        /// The cloud closed the connection without a word.
        case closed
    }

    /// How the last attempt of a bridge ended; nil where mosquitto has not said it, or where nobody may look.
    func lastAttempt(of cloud: Cloud, _ profile: ProfileName?) -> Attempt? {
        guard manager.isDefault else { return nil }
        let written = logFile(200)
        return Self.lastAttempt(of: cloud, profile, in: written.isEmpty ? journal() : written)
    }

    static func lastAttempt(of cloud: Cloud, _ profile: ProfileName?, in lines: [String]) -> Attempt? {
        let suffix = profile.map { "@\($0)" } ?? ""
        let begin = "Connecting bridge (step 2) edge_to_\(cloud.name.rawValue)\(suffix) ("
        guard let last = lines.lastIndex(where: { $0.contains(begin) }) else { return nil }
        let client = "lient \(cloud.localClientID)\(suffix)"
        for line in lines[(last + 1)...] {
            if line.contains("Connecting bridge") { return nil }
            if let refusal = line.firstRange(of: "Connection Refused: ") {
                return .refused(String(line[refusal.upperBound...]))
            }
            if line.contains("\(client) closed its connection") || line.contains("Socket error on c\(client),") {
                return .closed
            }
        }
        return nil
    }

    private func journal() -> [String] {
        guard manager.isDefault else { return [] }
        // With --since, journalctl of systemd 252 prints the first lines and not the last ones.
        let words = ["journalctl", "--unit=mosquitto", "--lines=40", "--output=short-unix", "--quiet", "--no-pager"]
        guard let result = try? context.processes.run(words, interruption: .never), result.succeeded else { return [] }
        return result.output.split(separator: Character("\n")).compactMap { line in
            // Such as `1795463966.072187 gateway mosquitto[456]: Error: ...`.
            guard let time = Int64(line.prefix { $0 != "." }), time >= since,
                let colon = line.firstRange(of: "]: ")
            else { return nil }
            return String(line[colon.upperBound...])
        }
    }

    private func logFile(_ count: Int = 20) -> [String] {
        guard let path = MosquittoSetup.load(from: context)?.logFile,
            let bytes = try? context.files.read(path, limit: 64 << 20)
        else { return [] }
        let recent = bytes.suffix(16_384)
        return recent.split(separator: UInt8(ascii: "\n")).suffix(count).map { String(decoding: $0, as: UTF8.self) }
            .filter { (Int64($0.prefix { $0.isASCII && $0.isNumber }) ?? since) >= since }
    }

    private static func namesError(_ line: String) -> Bool {
        line.contains("Error") || line.contains("error")
    }

    /// A line without the seconds since 1970 that mosquitto begins with.
    static func withoutTime(_ line: String) -> String {
        let digits = line.prefix { $0.isASCII && $0.isNumber }
        return digits.count >= 9 && line.dropFirst(digits.count).hasPrefix(": ")
            ? String(line.dropFirst(digits.count + 2)) : line
    }
}

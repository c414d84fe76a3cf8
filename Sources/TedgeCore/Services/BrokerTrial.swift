/// Has mosquitto read the configuration that it would have with files that are not written yet, without serving anything: one
/// that it rejects costs the device neither the broker that runs nor, after a power cut, the one that is to start.
struct BrokerTrial {
    let context: Context
    /// The directory of our files.
    let directory: String
    /// The files to be, by their paths; nil for one that is to be removed.
    let planned: [String: [UInt8]?]

    /// An address that no device has (RFC 5737): the trial ends at its first listener, after everything was read.
    private static let listener = "listener 1 192.0.2.1"
    private static let refusal = "Cannot assign requested address"
    /// The log, the process number and the database belong to the broker that runs.
    private static let own = ["pid_file", "log_dest", "persistence", "persistence_location"]

    /// A line of the configuration, and where it stands or would stand.
    private struct Line {
        let bytes: ArraySlice<UInt8>
        let path: String
        let number: Int
    }

    /// What mosquitto says against the configuration; empty where it accepts it or where that cannot be tried.
    func complaints() -> [String] {
        guard let setup = MosquittoSetup.load(from: context) else { return [] }
        let path = "/tmp/\(randomClientID("tedge-mosquitto")).conf"
        let lines = [Line(bytes: Array(Self.listener.utf8)[...], path: path, number: 1)] + lines(of: setup)
        let text = Array(lines.map(\.bytes).joined(separator: [UInt8(ascii: "\n")])) + [UInt8(ascii: "\n")]
        guard (try? context.files.create(path, with: text, mode: 0o600, owner: nil)) != nil else { return [] }
        defer { context.files.discard(path) }
        guard let result = MosquittoVersion.run(["-c", path], context.processes, context.interruption),
            !result.succeeded, !result.error.contains(Self.refusal)
        else { return [] }
        return result.error.split(separator: "\n").map { BrokerLog.withoutTime(String($0)) }
            .filter { $0.contains("rror") && !$0.contains("log file") }
            .map { Self.located($0, path, lines) }
            .filter { !$0.contains(path) }
    }

    /// The main file with the files of our directory in the place of the line that includes it.
    private func lines(of setup: MosquittoSetup) -> [Line] {
        let including = setup.including(directory)
        var lines: [Line] = []
        var number = 0
        for line in Self.split(including ?? setup.text) {
            let included = MosquittoSetup.value(of: "include_dir", in: line)
            let isOurs =
                included.map { Path.absolute($0, relativeTo: "/") } == Path.absolute(directory, relativeTo: "/")
            // A line that is not there yet does not count.
            if !isOurs || including == nil { number += 1 }
            if isOurs {
                lines += ourLines()
            } else if !Self.own.contains(where: { MosquittoSetup.value(of: $0, in: line) != nil }) {
                lines.append(Line(bytes: line, path: setup.path, number: number))
            }
        }
        return lines
    }

    private func ourLines() -> [Line] {
        let there = ((try? context.files.list(directory)) ?? []).map { Path.join(directory, $0) }
        return Set(there).union(planned.keys).filter { $0.hasSuffix(".conf") }.sorted().flatMap { path in
            let bytes = planned[path] ?? (try? context.files.read(path))
            return Self.split(bytes ?? []).enumerated().map { Line(bytes: $1, path: path, number: $0 + 1) }
        }
    }

    private static func split(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
        text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    }

    /// A complaint with the file and line that it is about in the place of those of the trial.
    private static func located(_ complaint: String, _ path: String, _ lines: [Line]) -> String {
        guard let range = complaint.firstRange(of: path + ":") else { return complaint }
        let digits = complaint[range.upperBound...].prefix { $0.isNumber }
        guard let number = Int(digits), lines.indices.contains(number - 1), lines[number - 1].path != path else {
            return complaint
        }
        let line = lines[number - 1]
        return complaint[..<range.lowerBound] + "\(line.path):\(line.number)" + complaint[digits.endIndex...]
    }
}

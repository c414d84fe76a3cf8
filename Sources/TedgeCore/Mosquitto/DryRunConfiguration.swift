/// mosquitto's configuration as a trial reads it: what belongs to the broker that runs, and what needs a network, is changed,
/// each line where it stands, so that mosquitto names the right lines.
struct DryRunConfiguration {
    typealias Line = MosquittoFiles.Line

    /// A listener as its line names it.
    struct Listener: Equatable {
        let line: Line
        let port: UInt16
        /// The host; nil for every address.
        let host: String?
    }

    /// What a trial cannot do itself, so that it is looked at.
    struct Access: Equatable {
        let line: Line
        let path: String
        let isForWriting: Bool
        /// What mosquitto is to do with it, after "mosquitto cannot".
        let purpose: String
    }

    /// The listeners for TCP.
    private(set) var listeners: [Listener] = []
    /// What is to be looked at.
    private(set) var accesses: [Access] = []
    /// The lines that differ, by path and number; nil for one that is left out.
    private(set) var changes: [String: [Int: String?]] = [:]

    private let scratch: String?
    private let addresses: (String) -> String?
    private let settings: [String: [Line]]
    private var skipsOptions = false
    private var sockets = 0

    /// Goes through the lines.
    ///
    /// - Parameters:
    ///   - scratch: A directory where the trial may write; nil if there is none.
    ///   - addresses: The numeric address of a host name; nil if it has none.
    init(_ lines: [Line], scratch: String?, addresses: @escaping (String) -> String?) {
        self.scratch = scratch
        self.addresses = addresses
        settings = Dictionary(grouping: lines, by: \.key)
        for line in lines { take(line) }
    }

    /// A text with the lines that differ.
    func text(_ contents: [UInt8], of path: String) -> [UInt8] {
        guard let changes = changes[path] else { return contents }
        let feed = UInt8(ascii: "\n")
        let lines = contents.split(separator: feed, omittingEmptySubsequences: false).enumerated().map { index, line in
            guard let change = changes[index + 1] else { return Array(line) }
            return Array((change ?? "").utf8)
        }
        return Array(lines.joined(separator: [feed]))
    }

    private mutating func change(_ line: Line, _ text: String?) { changes[line.path, default: [:]][line.number] = text }

    /// Has a path of the broker that runs be one of the trial's own.
    private mutating func move(_ line: Line, _ name: String) {
        change(line, scratch.map { "\(line.key) \($0)/\(name)" })
    }

    private mutating func take(_ line: Line) {
        let words = line.value.split(separator: " ").map(String.init)
        switch line.key {
        case "pid_file" where !line.value.isEmpty:
            accesses.append(.init(line: line, path: line.value, isForWriting: true, purpose: "write its pid_file"))
            move(line, "pid")
        case "persistence_location" where !line.value.isEmpty: move(line, "")
        case "log_dest":
            // What the trial says is to be read here, and not in the log of the broker that runs.
            if words.first == "file", words.count > 1 {
                change(line, scratch.map { "log_dest file \($0)/log" })
            } else if ["syslog", "topic", "stdout", "dlt", "android", "none"].contains(words.first) {
                change(line, nil)
            }
        case "listener", "port": listen(line, words)
        case "bind_address" where !line.value.isEmpty:
            if let address = addresses(line.value) { change(line, "bind_address \(address)") }
        case "bind_interface": change(line, nil)
        case "address", "addresses":
            // The cloud is none of the trial's business.
            change(line, "\(line.key) " + words.map(Self.withoutHost).joined(separator: " "))
        case "plugin", "auth_plugin", "global_plugin", "plugin_load": plugin(line, words)
        case "plugin_use": if skipsOptions { change(line, nil) }
        default:
            guard line.key.hasPrefix("plugin_opt_") || line.key.hasPrefix("auth_opt_") else { return }
            if skipsOptions { change(line, nil) } else if line.key == "plugin_opt_db_file" { move(line, "db") }
        }
    }

    private mutating func listen(_ line: Line, _ words: [String]) {
        // A word is 0 to atoi(3), and so the path of a socket follows.
        guard let port = words.first.flatMap({ UInt16("0\($0.prefix { $0.isASCII && $0.isNumber })") }) else { return }
        var host = words.count > 1 && !words[1].hasPrefix("#") ? words[1] : nil
        if line.key == "port" { host = settings["bind_address"]?.last?.value }
        if port == 0, line.key == "listener", let path = host {
            accesses.append(.init(line: line, path: path, isForWriting: true, purpose: "make its socket"))
            sockets += 1
            // Without a directory of its own the trial ends before it opens a socket.
            if let scratch { change(line, "listener 0 \(scratch)/\(sockets).socket") }
        } else if port > 0 {
            listeners.append(Listener(line: line, port: port, host: host))
            if line.key == "listener", let host, let address = addresses(host), address != host {
                change(line, "listener \(port) \(address)")
            }
        }
    }

    /// The plugins of mosquitto itself are tried, but for one that makes its file where it has none. Others may need a
    /// network: it is only looked at if they can be loaded.
    private mutating func plugin(_ line: Line, _ words: [String]) {
        guard let path = line.key == "plugin_load" ? words.dropFirst().first : line.value, !path.isEmpty else { return }
        let name = Path.name(of: path)
        skipsOptions = !name.hasPrefix("mosquitto_") || name.contains("dynamic_security")
        guard skipsOptions else { return }
        accesses.append(.init(line: line, path: path, isForWriting: false, purpose: "load the plugin"))
        change(line, nil)
    }

    /// `host:port` with an address that no device has (RFC 5737), so that no name server is asked.
    private static func withoutHost(_ address: String) -> String {
        guard !address.hasPrefix("#") else { return address }
        return "192.0.2.1" + (address.lastIndex(of: ":").map { String(address[$0...]) } ?? "")
    }
}

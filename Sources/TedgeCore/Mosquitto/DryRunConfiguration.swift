/// mosquitto's configuration as a dry run reads it. Lines about what belongs to the running broker, or about the network, are
/// changed in place, so that mosquitto names the right line numbers.
struct DryRunConfiguration {
    typealias Line = MosquittoFiles.Line

    /// A listener as its line names it.
    struct Listener: Equatable {
        let line: Line
        let port: UInt16
        /// The host; nil for every address.
        let host: String?
    }

    /// A path that the dry run does not use, so that it is checked.
    struct Access: Equatable {
        let line: Line
        let path: String
        let isForWriting: Bool
        /// What mosquitto does with it, as words after "mosquitto cannot".
        let purpose: String
    }

    /// The listeners for TCP.
    private(set) var listeners: [Listener] = []
    /// The paths to check.
    private(set) var accesses: [Access] = []
    /// The changed lines by path and number; nil for one that is left out.
    private(set) var changes: [String: [Int: String?]] = [:]

    private let scratch: String?
    private let addresses: (String) -> String?
    private let settings: [String: [Line]]
    private var skipsOptions = false
    private var sockets = 0

    /// Finds what to change and to check.
    ///
    /// - Parameters:
    ///   - scratch: A directory where the dry run may write; nil if there is none.
    ///   - addresses: The numeric address of a host name; nil if it has none.
    init(_ lines: [Line], scratch: String?, addresses: @escaping (String) -> String?) {
        self.scratch = scratch
        self.addresses = addresses
        settings = Dictionary(grouping: lines, by: \.key)
        for line in lines { take(line) }
    }

    /// A text with the changed lines.
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

    /// Replaces a path of the running broker by one in the scratch directory.
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
            // What the dry run says is read here, and must not go to the log of the running broker.
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
            // The dry run does not connect to the cloud.
            change(line, "\(line.key) " + words.map(Self.withoutHost).joined(separator: " "))
        case "plugin", "auth_plugin", "global_plugin", "plugin_load": plugin(line, words)
        case "plugin_use": if skipsOptions { change(line, nil) }
        default:
            guard line.key.hasPrefix("plugin_opt_") || line.key.hasPrefix("auth_opt_") else { return }
            if skipsOptions { change(line, nil) } else if line.key == "plugin_opt_db_file" { move(line, "db") }
        }
    }

    private mutating func listen(_ line: Line, _ words: [String]) {
        // atoi(3) reads a word as 0, and then the path of a socket follows.
        guard let port = words.first.flatMap({ UInt16("0\($0.prefix { $0.isASCII && $0.isNumber })") }) else { return }
        var host = words.count > 1 && !words[1].hasPrefix("#") ? words[1] : nil
        if line.key == "port" { host = settings["bind_address"]?.last?.value }
        if port == 0, line.key == "listener", let path = host {
            accesses.append(.init(line: line, path: path, isForWriting: true, purpose: "make its socket"))
            sockets += 1
            // Without a scratch directory the dry run ends before it opens a socket.
            if let scratch { change(line, "listener 0 \(scratch)/\(sockets).socket") }
        } else if port > 0 {
            listeners.append(Listener(line: line, port: port, host: host))
            if line.key == "listener", let host, let address = addresses(host), address != host {
                change(line, "listener \(port) \(address)")
            }
        }
    }

    /// mosquitto's own plugins are loaded, except for one that creates its file if it has none. Others may need a network:
    /// for these it is only checked that they can be read.
    private mutating func plugin(_ line: Line, _ words: [String]) {
        guard let path = line.key == "plugin_load" ? words.dropFirst().first : line.value, !path.isEmpty else { return }
        let name = Path.name(of: path)
        skipsOptions = !name.hasPrefix("mosquitto_") || name.contains("dynamic_security")
        guard skipsOptions else { return }
        accesses.append(.init(line: line, path: path, isForWriting: false, purpose: "load the plugin"))
        change(line, nil)
    }

    /// `host:port` with an address that no device has (RFC 5737), to ask no name server.
    private static func withoutHost(_ address: String) -> String {
        guard !address.hasPrefix("#") else { return address }
        return "192.0.2.1" + (address.lastIndex(of: ":").map { String(address[$0...]) } ?? "")
    }
}

/// mosquitto's own configuration, as far as this program has to do with it.
struct MosquittoSetup {
    /// What the main file says that matters here.
    let text: [UInt8]
    let path: String

    /// Reads the file; nil where it is missing or may not be read.
    static func load(from context: Context) -> MosquittoSetup? {
        guard let text = try? context.files.readIfPresent(context.mosquittoConfiguration) else { return nil }
        return MosquittoSetup(text: text, path: context.mosquittoConfiguration)
    }

    /// The user that mosquitto becomes when root starts it: `mosquitto` unless the file says otherwise
    /// (mosquitto.conf(5), `user`).
    var user: String { values(of: "user").last ?? "mosquitto" }

    /// The log file, where mosquitto writes one.
    var logFile: String? {
        values(of: "log_dest").last { $0.hasPrefix("file ") }.map { String($0.dropFirst("file ".utf8.count)) }
    }

    /// The contents with a line that includes a directory, or nil where they have it. The line goes before the first
    /// other directory, because `per_listener_settings` must come before every listener.
    func including(_ directory: String) -> [UInt8]? {
        let wanted = Path.absolute(directory, relativeTo: "/")
        let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        var offset = 0
        var firstInclude: Int?
        for line in lines {
            if let value = Self.value(of: "include_dir", in: line) {
                if Path.absolute(value, relativeTo: "/") == wanted { return nil }
                if firstInclude == nil { firstInclude = offset }
            }
            offset += line.count + 1
        }
        let new = Array("include_dir \(directory)\n".utf8)
        if let firstInclude { return Array(text[..<firstInclude]) + new + Array(text[firstInclude...]) }
        let needsLineEnd = !text.isEmpty && text.last != UInt8(ascii: "\n")
        return text + (needsLineEnd ? [UInt8(ascii: "\n")] : []) + new
    }

    private func values(of key: String) -> [String] {
        text.split(separator: UInt8(ascii: "\n")).compactMap { Self.value(of: key, in: $0) }
    }

    static func value(of key: String, in line: ArraySlice<UInt8>) -> String? {
        let text = String(decoding: line, as: UTF8.self)
        guard let words = text.firstIndex(where: { !$0.isWhitespace }) else { return nil }
        let rest = text[words...]
        guard rest.hasPrefix(key), rest.dropFirst(key.utf8.count).first?.isWhitespace == true else { return nil }
        let value = rest.dropFirst(key.utf8.count).drop(while: \.isWhitespace)
        return String(value.reversed().drop(while: \.isWhitespace).reversed())
    }
}

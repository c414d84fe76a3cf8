/// Paths, as texts.
enum AbsolutePath {
    /// The path without `.`, `..` and repeated slashes, completed by a directory where it is relative.
    static func clean(_ path: String, in directory: () -> String) -> String {
        let whole = path.hasPrefix("/") ? path : "\(directory())/\(path)"
        var parts: [Substring] = []
        for part in whole.split(separator: "/") {
            switch part {
            case ".": break
            case "..": _ = parts.popLast()
            default: parts.append(part)
            }
        }
        return "/" + parts.joined(separator: "/")
    }
}

/// Path names as text; nothing here looks at the disk.
public enum Path {
    /// Joins a directory and a relative name.
    public static func join(_ directory: String, _ name: String) -> String {
        directory.hasSuffix("/") ? directory + name : directory + "/" + name
    }

    /// The directory part: `/a` for `/a/b`, `/` for `/a`, `.` for a bare name.
    public static func directory(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The last part: `b` for `/a/b`.
    public static func name(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
        return String(path[path.utf8.index(after: slash)...])
    }

    /// The path from the root, without `.`, `..` and doubled slashes.
    public static func absolute(_ path: String, relativeTo directory: String) -> String {
        var parts: [String] = []
        let whole = path.hasPrefix("/") ? path : directory + "/" + path
        for part in whole.split(separator: "/") where part != "." {
            if part == ".." {
                _ = parts.popLast()
            } else {
                parts.append(String(part))
            }
        }
        return parts.isEmpty ? "/" : parts.reduce(into: "") { $0 += "/" + $1 }
    }
}

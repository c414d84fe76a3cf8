/// Path names as text; nothing here looks at the disk. Paths are split by bytes, as the system does: for `String`, a slash with
/// a combining accent after it is one character and not a slash.
public enum Path {
    private static let slash = UInt8(ascii: "/")

    /// Whether a path begins at the root.
    static func isAbsolute(_ path: String) -> Bool { path.utf8.first == slash }

    /// Joins a directory and a relative name.
    static func join(_ directory: String, _ name: String) -> String {
        directory.utf8.last == slash ? directory + name : directory + "/" + name
    }

    /// The directory part: `/a` for `/a/b`, `/` for `/a`, `.` for a bare name.
    static func directory(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: slash) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The last part: `b` for `/a/b`.
    static func name(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: slash) else { return path }
        return String(path[path.utf8.index(after: slash)...])
    }

    /// The parts between the slashes of a path.
    static func parts(of path: String) -> [String] { path.utf8.split(separator: slash).map { String(Substring($0)) } }

    /// The absolute path, without `.`, `..` and double slashes. The directory is evaluated only if the path is relative.
    public static func absolute(_ path: String, relativeTo directory: @autoclosure () -> String) -> String {
        var parts: [String] = []
        for part in Self.parts(of: isAbsolute(path) ? path : directory() + "/" + path) where part != "." {
            if part == ".." {
                _ = parts.popLast()
            } else {
                parts.append(part)
            }
        }
        return parts.isEmpty ? "/" : parts.reduce(into: "") { $0 += "/" + $1 }
    }
}

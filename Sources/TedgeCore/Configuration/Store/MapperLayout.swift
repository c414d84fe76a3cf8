import TOML

/// The text of a new `mapper.toml`: the line that names the cloud, then the keys, grouped by table.
struct MapperLayout {
    private let cloud: CloudName
    private var tables: [(path: [String], text: String)] = [([], "")]
    /// For each path in the file, the path that the value was moved from.
    private(set) var origins: [[String]: [String]] = [:]

    /// Makes a text without keys.
    init(_ cloud: CloudName) { self.cloud = cloud }

    /// Adds a value.
    ///
    /// - Parameters:
    ///   - path: The path in this file.
    ///   - origin: The path in the file that it is moved from.
    ///   - heading: The comments above its table.
    mutating func add(_ fragment: TOMLFragment, at path: [String], from origin: [String], below heading: String) {
        origins[path] = origin
        let table = Array(path.dropLast())
        let line = "\(fragment.comments)\(Self.key(path.suffix(1))) = \(fragment.value)\(fragment.remark)\n"
        if let index = tables.firstIndex(where: { $0.path == table }) {
            tables[index].text += heading + line
        } else {
            tables.append((table, "\n\(heading)[\(Self.key(table[...]))]\n\(line)"))
        }
    }

    /// The whole text.
    var text: String { "cloud_type = \"\(cloud.rawValue)\"\n" + tables.map(\.text).joined() }

    private static func key(_ path: ArraySlice<String>) -> String { TOMLDocument.dottedKey(path) }
}

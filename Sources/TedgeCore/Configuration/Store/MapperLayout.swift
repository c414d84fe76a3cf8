import TOML

/// The text of a new `mapper.toml`: the line that names the cloud, then the keys by their tables.
struct MapperLayout {
    private let cloud: CloudName
    private var tables: [(path: [String], text: String)] = [([], "")]
    /// Where each place was filled from.
    private(set) var origins: [[String]: [String]] = [:]

    /// Begins with nothing.
    init(_ cloud: CloudName) { self.cloud = cloud }

    /// Adds a value.
    ///
    /// - Parameters:
    ///   - place: Its path in the file.
    ///   - origin: Its path where it comes from.
    ///   - heading: Comments for the table that it stands in.
    mutating func add(_ fragment: TOMLFragment, at place: [String], from origin: [String], below heading: String) {
        origins[place] = origin
        let path = Array(place.dropLast())
        let line = "\(fragment.comments)\(Self.key(place.suffix(1))) = \(fragment.value)\(fragment.remark)\n"
        if let index = tables.firstIndex(where: { $0.path == path }) {
            tables[index].text += heading + line
        } else {
            tables.append((path, "\n\(heading)[\(Self.key(path[...]))]\n\(line)"))
        }
    }

    /// The whole text.
    var text: String { "cloud_type = \"\(cloud.rawValue)\"\n" + tables.map(\.text).joined() }

    private static func key(_ path: ArraySlice<String>) -> String { TOMLDocument.dottedKey(path) }
}

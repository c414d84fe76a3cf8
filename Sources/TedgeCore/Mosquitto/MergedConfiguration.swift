/// All that mosquitto reads as one text, for a dry run that can have neither files nor a network of its own, as in some
/// containers. It ends before the first socket is opened, and so does not check what TLS needs.
struct MergedConfiguration {
    /// The file that mosquitto reads.
    static let path = "/dev/stdin"
    /// The first listener has an IPv4 address and asks for IPv6, which getaddrinfo(3) refuses at once.
    private static let beginning = ["listener 1 127.0.0.1", "socket_domain ipv6"]
    private static let refusals = ["Address family for hostname not supported", "Name or service not known"]

    private struct Line {
        let text: [UInt8]
        let place: String
    }

    private let lines: [Line]

    /// Joins the files, each at the line that includes it.
    init(_ files: MosquittoFiles, _ configuration: DryRunConfiguration) {
        func split(_ reading: MosquittoFiles.Reading) -> [Line] {
            let changed = configuration.text(reading.contents, of: reading.path)
            return changed.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated().map {
                Line(text: Array($1), place: "\(reading.path):\($0 + 1)")
            }
        }
        guard let main = files.readings.first else {
            lines = []
            return
        }
        // The line of a directory that cannot be read stays, for mosquitto to say so.
        let unread = files.obstacles.filter { $0.line?.value == $0.path }.compactMap(\.line?.number)
        let including = Set(files.lines.filter { $0.path == main.path && $0.key == "include_dir" }.map(\.number))
            .subtracting(unread)
        let included = Dictionary(grouping: files.readings.dropFirst()) { $0.line?.number ?? 0 }
        lines =
            Self.beginning.map { Line(text: Array($0.utf8), place: main.path) }
            + split(main).enumerated().flatMap { index, line in
                including.contains(index + 1) ? (included[index + 1] ?? []).flatMap(split) : [line]
            }
    }

    /// The text.
    var text: [UInt8] { Array(lines.map(\.text).joined(separator: [UInt8(ascii: "\n")])) + [UInt8(ascii: "\n")] }

    /// Whether mosquitto got as far as its first socket.
    static func isAccepted(_ error: String) -> Bool { refusals.contains { error.contains($0) } }

    /// A line that mosquitto said, with the original place of the line that it names.
    func located(_ said: String) -> String {
        guard let name = said.firstRange(of: Self.path + ":") else { return said }
        let digits = said[name.upperBound...].prefix { $0.isNumber }
        guard let number = Int(digits), lines.indices.contains(number - 1) else { return said }
        return String(said[..<name.lowerBound]) + lines[number - 1].place + String(said[digits.endIndex...])
    }
}

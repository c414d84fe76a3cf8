/// All that mosquitto reads as one text, for a trial that can have neither files nor a network of its own, as in some
/// containers. It ends before the first socket is opened, so that it does not find what TLS needs.
struct MergedConfiguration {
    /// The file that mosquitto reads.
    static let path = "/dev/stdin"
    /// The first listener has an address of version 4 and is to have one of version 6, which getaddrinfo(3) refuses at once.
    private static let beginning = ["listener 1 127.0.0.1", "socket_domain ipv6"]
    private static let refusals = ["Address family for hostname not supported", "Name or service not known"]

    private struct Line {
        let text: [UInt8]
        let place: String
    }

    private let lines: [Line]

    /// Puts the files together.
    init(main: String, _ files: any Files, _ configuration: DryRunConfiguration) {
        func split(_ path: String) -> [Line] {
            guard let contents = try? files.read(path, limit: MosquittoFileReader.limit) else { return [] }
            let changed = configuration.text(contents, of: path)
            return changed.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated().map {
                Line(text: Array($1), place: "\(path):\($0 + 1)")
            }
        }
        lines =
            Self.beginning.map { Line(text: Array($0.utf8), place: main) }
            + split(main).flatMap { line -> [Line] in
                let words = String(decoding: line.text, as: UTF8.self).split(separator: " ", maxSplits: 1)
                guard words.first == "include_dir", words.count == 2 else { return [line] }
                let directory = Path.absolute(String(words[1].filter { $0 != "\r" }), relativeTo: "/")
                guard let names = try? files.list(directory) else { return [line] }
                return names.filter { $0.hasSuffix(".conf") }.sorted(by: MosquittoFileReader.precedes).flatMap {
                    split(Path.join(directory, $0))
                }
            }
    }

    /// The text.
    var text: [UInt8] { Array(lines.map(\.text).joined(separator: [UInt8(ascii: "\n")])) + [UInt8(ascii: "\n")] }

    /// Whether mosquitto came as far as its first socket.
    static func isAccepted(_ error: String) -> Bool { refusals.contains { error.contains($0) } }

    /// A line that mosquitto said, with the place that it is about.
    func located(_ said: String) -> String {
        guard let name = said.firstRange(of: Self.path + ":") else { return said }
        let digits = said[name.upperBound...].prefix { $0.isNumber }
        guard let number = Int(digits), lines.indices.contains(number - 1) else { return said }
        return said[..<name.lowerBound] + lines[number - 1].place + said[digits.endIndex...]
    }
}

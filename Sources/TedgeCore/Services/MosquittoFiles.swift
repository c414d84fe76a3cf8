/// Everything that mosquitto reads when it starts: its main file and the directories that it includes.
struct MosquittoFiles {
    /// A setting with the place where it stands.
    struct Line: Sendable, Equatable {
        let path: String
        let number: Int
        let key: String
        let value: String

        /// The place as mosquitto itself names it.
        var place: String { "\(path):\(number)" }
    }

    /// A listener for TCP.
    struct Listener: Sendable, Equatable {
        let line: Line
        let port: UInt16
        /// The address; nil for all.
        let address: String?

        /// Whether both cannot be opened side by side.
        func clashes(with other: Listener) -> Bool {
            let all = [nil, "0.0.0.0", "::"]
            return port == other.port
                && (address == other.address || all.contains(address) || all.contains(other.address))
        }
    }

    /// The lines in the order in which they are read.
    let lines: [Line]
    /// What could not be read.
    let unreadable: [String]

    /// Reads the files. Only the main file includes directories, and of these the files whose names end in `.conf`, in the
    /// order of their bytes (mosquitto.conf(5), `include_dir`).
    init(main path: String, files: any Files) {
        var lines: [Line] = []
        var unreadable: [String] = []
        func read(_ path: String) -> [Line] {
            do {
                return Self.lines(of: try files.read(path), path)
            } catch {
                unreadable.append(path)
                return []
            }
        }
        for line in read(path) {
            lines.append(line)
            guard line.key == "include_dir" else { continue }
            let names: [String]
            do {
                names = try files.list(line.value)
            } catch {
                unreadable.append(line.value)
                continue
            }
            for name in names where name.hasSuffix(".conf") { lines += read(Path.join(line.value, name)) }
        }
        (self.lines, self.unreadable) = (lines, unreadable)
    }

    /// Whether a directory is included.
    func includes(_ directory: String) -> Bool {
        let wanted = Path.absolute(directory, relativeTo: "/")
        return lines.contains { $0.key == "include_dir" && Path.absolute($0.value, relativeTo: "/") == wanted }
    }

    /// The listeners for TCP. The port of a listener of its own is 0 for a socket in the file system.
    var listeners: [Listener] {
        lines.compactMap { line in
            let words = line.value.split(separator: " ")
            switch line.key {
            case "listener":
                guard let port = words.first.flatMap({ UInt16($0) }), port > 0 else { return nil }
                return Listener(line: line, port: port, address: words.count > 1 ? String(words[1]) : nil)
            case "port":
                guard let port = UInt16(line.value), port > 0 else { return nil }
                return Listener(line: line, port: port, address: lines.last { $0.key == "bind_address" }?.value)
            default: return nil
            }
        }
    }

    /// The first two listeners that cannot be opened side by side.
    var clash: (Listener, Listener)? {
        let listeners = listeners
        for (index, one) in listeners.enumerated() {
            for other in listeners[..<index] where one.clashes(with: other) { return (other, one) }
        }
        return nil
    }

    private static func lines(of bytes: [UInt8], _ path: String) -> [Line] {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return lines.enumerated().compactMap { index, bytes in
            let blanks: [Character] = [" ", "\t", "\r", "\r\n"]
            let text = String(decoding: bytes, as: UTF8.self).drop { blanks.contains($0) }
            guard !text.isEmpty, text.first != "#" else { return nil }
            let key = text.prefix { !blanks.contains($0) }
            let value = text.dropFirst(key.count).drop { blanks.contains($0) }
            let trimmed = value.reversed().drop { blanks.contains($0) }.reversed()
            return Line(path: path, number: index + 1, key: String(key), value: String(trimmed))
        }
    }
}

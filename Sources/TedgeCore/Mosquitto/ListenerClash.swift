/// Two lines that have mosquitto listen on the same address and port, of which it says no more than that it is in use.
struct ListenerClash {
    /// The line that a person has to correct.
    let place: String
    /// The other one.
    let other: MosquittoFiles.Line?
    /// Why the line at `place` opens a listener, where it is none.
    var reason: String?

    /// Whether a line opens the default listener if it stands before every listener of its file.
    private static func opensDefaultListener(_ line: MosquittoFiles.Line) -> Bool {
        line.key == "bind_address" || MosquittoDialect.opensDefaultListener(line)
            || MosquittoDialect(version: nil).opensDefaultListenerWithAccess(line)
    }

    /// Takes what mosquitto said; nil if that is something else.
    init?(_ said: [String], in lines: [MosquittoFiles.Line]) {
        guard said.contains(where: { $0.contains("Address already in use") }),
            let opening = said.last(where: { $0.contains("listen socket on port ") }),
            let words = opening.firstRange(of: "listen socket on port "),
            let port = UInt16(opening[words.upperBound...].prefix { $0.isNumber })
        else { return nil }
        let listeners = lines.filter { line in
            ["listener", "port"].contains(line.key) && UInt16(line.value.prefix { $0.isNumber }) == port
        }
        if listeners.count > 1 {
            (place, other) = (listeners[1].place, listeners[0])
            return
        }
        var files: Set<String> = []
        let opener = lines.first { line in
            if line.key == "listener" { files.insert(line.path) }
            return Self.opensDefaultListener(line) && !files.contains(line.path)
        }
        guard let line = opener ?? listeners.first else { return nil }
        place = line.place
        if opener != nil {
            reason =
                "\(line.place): '\(line.key)' stands before every listener of its file, so that mosquitto opens its default "
                + "listener too."
        }
        other = opener == nil ? nil : listeners.first
    }
}

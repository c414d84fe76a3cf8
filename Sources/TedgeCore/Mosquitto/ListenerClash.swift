/// Two lines that have mosquitto listen on the same port, of which it says no more than that the address is in use.
struct ListenerClash {
    /// The line that a person has to correct.
    let place: String
    /// The other one; nil if there is none, because another program holds the port.
    let other: MosquittoFiles.Line?
    /// Why the line at `place` opens a listener, if it does not say so itself.
    var reason: String?

    /// Takes what mosquitto said; nil if that is something else.
    init?(_ said: [String], in lines: [MosquittoFiles.Line]) {
        guard said.contains(where: { $0.contains("Address already in use") }),
            let opening = said.last(where: { $0.contains("listen socket on port ") }),
            let words = opening.firstRange(of: "listen socket on port "),
            let port = UInt16(opening[words.upperBound...].prefix { $0.isNumber })
        else { return nil }
        let model = MosquittoModel(lines, dialect: MosquittoDialect(version: nil))
        let listeners = model.listeners.filter { $0.port == port }
        guard let last = listeners.last else { return nil }
        place = last.line.place
        other = listeners.count > 1 ? listeners[0].line : nil
        if last.isDefault, last.line.key != "port" {
            reason =
                "\(place): '\(last.line.key)' stands before every listener of its file, so that mosquitto opens its default "
                + "listener too."
        }
    }
}

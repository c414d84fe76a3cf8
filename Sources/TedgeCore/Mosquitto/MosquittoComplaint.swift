/// Why mosquitto would not start with a configuration.
struct MosquittoComplaint: Sendable, Equatable {
    /// What mosquitto said, or what was found without it, one or more lines.
    let text: String
    /// The line that it is about, as mosquitto names it, `FILE:LINE`.
    var place: String?
    /// The file of `place`.
    var path: String? { place.flatMap { place in place.lastIndex(of: ":").map { String(place[..<$0]) } } }
    /// The line of another file without which the line at `place` would be valid.
    var cause: MosquittoFiles.Line?

    /// Lines for a person.
    var lines: String {
        guard let cause else { return text }
        return "\(text)\nThe line that it clashes with is \(cause.place): \(cause.key) \(cause.value)"
    }

    /// An existing file that mosquitto's user cannot read.
    var unreadable: String?

    /// What a person has to do, which is never to change a line that this program writes; nil if only such a line is wrong.
    ///
    /// - Parameter own: The names of the files that this program writes.
    func correction(besides own: OwnNames) -> String? {
        if let unreadable {
            return "Let mosquitto's user read \(unreadable)" + (place.map { ", which the line \($0) names" } ?? "")
        }
        if let place, let path, !own.contains(path) { return "Correct the line \(place)" }
        if let cause, !own.contains(cause.path) { return "Correct the line \(cause.place)" }
        return nil
    }

    /// The same, with advice also if only a line of this program is wrong.
    func advice(besides own: OwnNames) -> String {
        if let correction = correction(besides: own) { return correction }
        guard let path, own.contains(path) else { return "Correct what mosquitto names" }
        return "Change the setting that \(path) is written from; 'tedge config list' shows it"
    }

    /// Takes what mosquitto said before it ended; nil if it said nothing.
    ///
    /// - Parameters:
    ///   - lines: The configuration, in which the other line of a clash is searched.
    ///   - isThere: Whether a file exists.
    init?(said: [String], in lines: [MosquittoFiles.Line], isThere: (String) -> Bool) {
        let errors = MosquittoLogPattern.errors(said)
        guard !errors.isEmpty else { return nil }
        if let clash = ListenerClash(said, in: lines) {
            text = (errors + [clash.reason].compactMap(\.self)).joined(separator: "\n")
            (place, cause) = (clash.place, clash.other)
            return
        }
        text = errors.joined(separator: "\n")
        place = errors.lazy.compactMap(MosquittoLogPattern.place).first ?? Self.place(of: errors, in: lines)
        cause = Self.cause(errors[0], at: place, in: lines)
        guard errors.contains(where: { $0.contains("Permission denied") || $0.contains("Unable to open ") }),
            let value = lines.first(where: { $0.place == place })?.value, value.hasPrefix("/"),
            errors[0].contains("'\(value)'") || errors[0].contains("\"\(value)\""), isThere(value)
        else { return }
        unreadable = value
    }

    /// Takes what was found.
    init(_ text: String, at place: String? = nil) { (self.text, self.place) = (text, place) }

    /// The line that names a file which mosquitto cannot load: mosquitto does not name the line.
    private static func place(of errors: [String], in lines: [MosquittoFiles.Line]) -> String? {
        let line = lines.first { line in
            line.value.hasPrefix("/")
                && errors.contains { $0.contains("\"\(line.value)\"") || $0.contains("'\(line.value)'") }
        }
        return line?.place
    }

    private static func cause(_ error: String, at place: String?, in lines: [MosquittoFiles.Line]) -> MosquittoFiles
        .Line?
    {
        guard let index = lines.firstIndex(where: { $0.place == place }) else { return nil }
        let before = lines[..<index]
        if error.contains("per_listener_settings must be set before") {
            return before.first { MosquittoDialect.accessKeys.contains($0.key) }
        }
        guard error.contains("Duplicate") else { return nil }
        return before.last { $0.key == lines[index].key && $0.path != lines[index].path }
    }
}

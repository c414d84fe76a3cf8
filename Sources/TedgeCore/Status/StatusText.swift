import X509

/// The status as text: a line that says it all, then a paragraph for each connection, then mosquitto and the versions.
struct StatusText {
    let status: DeviceStatus
    /// The columns of the terminal; nil to break no lines.
    let width: Int?
    private static let indent = 16

    /// The first line, for programs that look for a word: `status: up`, `status: down`, `status: unknown`,
    /// `status: not configured`.
    var summary: String {
        if status.connections.isEmpty { return "status: not configured" }
        let problems = status.problems.map(\.message)
        if problems.isEmpty { return "status: up" }
        return "status: \(status.isDown ? "down" : "unknown"): " + problems.joined(separator: " ")
    }

    /// All lines, each with its line end.
    var lines: String {
        var rows = wrapped(summary, indent: "  ")
        for connection in status.connections { rows += [""] + paragraph(connection) }
        rows.append("")
        rows += row("mosquitto", words(status.mosquitto, isNamed: false))
        let versions = status.versions.map { "\($0.shown) \($0.version ?? "unknown")" }
        rows += row("versions", versions.joined(separator: ", "))
        return rows.map { "\($0)\n" }.joined()
    }

    private func paragraph(_ connection: DeviceStatus.Connection) -> [String] {
        var rows = row(connection.words, state(connection), isTitle: true)
        rows += row("address", connection.address ?? connection.url ?? "unknown")
        rows += row("device id", connection.deviceID ?? "unknown")
        if let mapper = connection.mapper { rows += row("mapper", words(mapper)) }
        if let agent = connection.agent { rows += row("agent", words(agent)) }
        rows += row("certificate", connection.knowsSettings ? words(connection.certificate) : "unknown")
        if case .success(let summary)? = connection.certificate?.summary, summary.isRenewedWaiting {
            rows += row("", "a renewed one is waiting: run 'sudo tedge reconnect \(connection.words)'")
        }
        for difference in connection.differences {
            rows += row("differs", difference.sentence)
            if let hint = difference.hint { rows += row("", hint) }
        }
        for text in connection.unchecked { rows += row("not checked", text) }
        return rows
    }

    private func state(_ connection: DeviceStatus.Connection) -> String {
        switch connection.isUp {
        case true?:
            guard let since = connection.upSince else { return "up" }
            return "up since \(Self.time(since)) (\(Self.length(status.now - since)))"
        case false?: return "down"
        case nil: return "unknown"
        }
    }

    private func words(_ unit: DeviceStatus.Unit, isNamed: Bool = true) -> String {
        if unit.isMissing { return "\(isNamed ? "\(unit.name): " : "")not installed" }
        let active = unit.isActive.map { $0 ? "active" : "not active" } ?? "unknown"
        let enabled = unit.isEnabled.map { $0 ? ", enabled" : ", not enabled" } ?? ""
        return (isNamed ? "\(unit.name): " : "") + active + enabled
    }

    private func words(_ certificate: DeviceCertificate?) -> String {
        guard let certificate else { return "none: the device has a user name and password" }
        switch certificate.summary {
        case .success(let summary):
            let name = summary.certificate.commonName ?? "no name"
            switch summary.validity {
            case .valid(let rest): return "valid for \(Self.length(rest)) (\(name))"
            case .expiresSoon(let rest): return "expires in \(Self.length(rest)) (\(name))"
            case .expired(let since): return "expired \(Self.length(since)) ago (\(name))"
            case .notYetValid(let wait): return "not valid yet, but in \(Self.length(wait)) (\(name))"
            }
        case .failure:
            return certificate.state == .missing
                ? "there is none at \(certificate.path)" : "\(certificate.path) cannot be read"
        }
    }

    // MARK: Lines

    private func row(_ name: String, _ text: String, isTitle: Bool = false) -> [String] {
        let label = isTitle || ["mosquitto", "versions"].contains(name) ? name : "  \(name)"
        let pad = String(repeating: " ", count: max(1, Self.indent - label.count))
        return wrapped(
            label + pad + ErrorFrame.shown(text).replacing("\n", with: " "),
            indent: String(repeating: " ", count: Self.indent))
    }

    /// The text in lines of at most `width` columns, if no word is longer.
    private func wrapped(_ text: String, indent: String) -> [String] {
        guard let width, text.count > width else { return [text] }
        var rows: [String] = []
        var row = ""
        var rest = text[...]
        // What is before the first word stays as it is.
        let head = rest.prefix { $0 == " " }
        row += head
        rest = rest.dropFirst(head.count)
        for word in rest.split(separator: " ", omittingEmptySubsequences: false) {
            if row.count + word.count + 1 > width, row.contains(where: { $0 != " " }) {
                rows.append(row)
                row = indent + word
            } else {
                row += (row.isEmpty || row == head || row == indent ? "" : " ") + word
            }
        }
        return rows + [row]
    }

    /// Such as `2026-11-27 09:12:03 UTC`.
    private static func time(_ seconds: Int64) -> String {
        RFC3339Date.text(seconds).replacing("T", with: " ").replacing("Z", with: " UTC")
    }

    /// A length of time in its largest unit of which there are two.
    private static func length(_ seconds: Int64) -> String {
        let units = [("days", 86_400), ("hours", 3600), ("minutes", 60)] as [(String, Int64)]
        guard let unit = units.first(where: { seconds >= 2 * $0.1 }) else {
            return "\(max(0, seconds)) \(seconds == 1 ? "second" : "seconds")"
        }
        return "\(seconds / unit.1) \(unit.0)"
    }
}

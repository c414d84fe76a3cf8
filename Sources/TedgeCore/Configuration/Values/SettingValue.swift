import TOML

/// A checked value of a setting.
enum SettingValue: Sendable, Equatable {
    /// A text, path, address, or the printed word of a choice.
    case text(String)
    /// True or false.
    case flag(Bool)
    /// A port, a number, or a number of bytes.
    case number(UInt32)
    /// A host with its port.
    case hostPort(HostPort)
    /// A length of time.
    case duration(SettingDuration)
    /// The address of an HTTP proxy.
    case proxy(ProxyAddress)
    /// Texts in order.
    case list([String])
    /// Numbers by names, as `NAME:COUNT`, in order.
    case counts([String])

    /// The value as `config get` prints it.
    var printed: String {
        switch self {
        case .text(let text): text
        case .flag(let flag): flag ? "true" : "false"
        case .number(let number): String(number)
        case .hostPort(let endpoint): endpoint.description
        case .duration(let duration): duration.text
        case .proxy(let proxy): proxy.description
        // As thin-edge.io prints it.
        case .counts(let entries): "[\(entries.joined(separator: ", "))]"
        case .list(let entries): TOMLValue.array(entries.map(TOMLValue.string)).text
        }
    }

    /// The value for programs: a boolean, a number, an array of texts, or a text.
    ///
    /// - Parameter shown: What is shown of a text.
    func json(_ shown: (String) -> String = { $0 }) -> JSONValue {
        switch self {
        case .flag(let flag): .bool(flag)
        case .number(let number): .number(Int(number))
        case .list(let entries), .counts(let entries): .array(entries.map { .string(shown($0)) })
        case .text, .hostPort, .duration, .proxy: .string(shown(printed))
        }
    }
}

/// Why a value is refused.
public struct SettingRefusal: Error, Sendable, Equatable {
    /// The reason, one or more lines.
    public let reason: String
    /// What to give instead, or nil if the reason already says it.
    let hint: String?

    init(_ reason: String, hint: String? = nil) {
        self.reason = reason
        self.hint = hint
    }
}

/// What mosquitto makes of its configuration: which listeners it opens, and who may use them.
struct MosquittoModel {
    typealias Line = MosquittoFiles.Line

    /// Lines about access, of one listener or for all.
    struct Access: Sendable {
        /// The last line of each key.
        var lines: [String: Line] = [:]
        /// The plugins with their options, in their order.
        var plugins: [[Line]] = []

        /// What `allow_anonymous` says; nil if it is not set.
        var allowsAnonymous: Bool? { lines["allow_anonymous"].map { ["true", "1"].contains($0.value) } }

        /// All lines that decide, in their order, without the options of plugins.
        var all: [Line] {
            (Array(lines.values) + plugins.compactMap(\.first)).filter { $0.key != "check_retain_source" }
                .sorted { ($0.reading, $0.number) < ($1.reading, $1.number) }
        }
    }

    /// Who may use a listener in effect. Equal values let the same clients do the same.
    struct EffectiveAccess: Sendable, Equatable {
        var allowsAnonymous: Bool
        /// What else decides: files, plugins and prefixes.
        var rules: [String]
    }

    /// A listener.
    struct Listener: Sendable {
        /// The line that opens it: its own, or one that opens the default listener.
        let line: Line
        /// Whether it is the default listener.
        var isDefault = false
        /// The port; 0 for a socket in the file system.
        var port: UInt16
        /// The host name or address; nil for all addresses. The path of a socket in the file system.
        var host: String?
        /// The other lines about it, by their keys.
        var settings: [String: Line] = [:]
        /// Its own lines about access.
        var access = Access()

        /// Host and port, for messages; `*` for all addresses.
        var endpoint: String { "\(host ?? "*"):" + String(port) }
    }

    /// Why mosquitto refuses the configuration, as far as this model knows.
    enum Refusal: Sendable, Equatable {
        /// `per_listener_settings true` stands behind a line about access.
        case tooLate(Line, after: Line)
        /// With `per_listener_settings true`, mosquitto 2.1 wants a listener above a line about access.
        case withoutListener(Line)
    }

    let dialect: MosquittoDialect
    /// The listeners in the order in which they are opened.
    private(set) var listeners: [Listener] = []
    /// The lines about access for all listeners.
    private(set) var shared = Access()
    /// Whether each listener has its own access; the line that says so.
    private(set) var perListener: Line?
    /// What mosquitto refuses.
    private(set) var refusals: [Refusal] = []
    /// Whether no listener is defined, so that mosquitto serves the device alone, on 127.0.0.1 and ::1, port 1883.
    var isLocalOnly: Bool { listeners.isEmpty }

    private var definesListener = false
    /// The default listener, if something opens it.
    private var defaultListener: Listener?
    /// The lines above every listener, which are about the default one.
    private var defaultSettings: [String: Line] = [:]
    private var defaultAccess = Access()
    /// The first line about access.
    private var firstAccess: Line?
    /// The files in which mosquitto 2.1 applies the lines that follow to the default listener.
    private var aboveDefault: Set<Int> = []
    /// The listener that the lines that follow in a file belong to.
    private var current: [Int: Int] = [:]
    /// The plugin that options belong to, in each file.
    private var plugin: [Int: (listener: Int?, index: Int)] = [:]

    /// Follows the lines in the order in which mosquitto reads them.
    init(_ lines: [Line], dialect: MosquittoDialect) {
        self.dialect = dialect
        for line in lines { follow(line) }
        openDefaultBySettings()
        guard var listener = defaultListener else { return }
        (listener.settings, listener.access) = (defaultSettings, defaultAccess)
        listeners.append(listener)
    }

    /// Who may use a listener.
    func access(of listener: Listener) -> EffectiveAccess {
        if perListener != nil {
            // mosquitto 2.0 creates the default listener after it has closed those without a setting.
            let unsaid: Bool? = listener.isDefault && !dialect.hasListenerAccess ? true : nil
            return effective(listener.access, allowsAnonymous: listener.access.allowsAnonymous ?? unsaid)
        }
        let own = dialect.hasListenerAccess ? listener.access.allowsAnonymous : nil
        var access = shared
        access.plugins += listener.access.plugins
        return effective(access, allowsAnonymous: own ?? shared.allowsAnonymous)
    }

    /// Who may use the listeners of a broker that serves the device alone.
    var localAccess: EffectiveAccess {
        var access = effective(shared, allowsAnonymous: shared.allowsAnonymous ?? true)
        if dialect.opensLocalOnly { access.allowsAnonymous = true }
        return access
    }

    private func effective(_ access: Access, allowsAnonymous: Bool?) -> EffectiveAccess {
        let anonymous = allowsAnonymous ?? (definesListener ? false : true)
        let isOpen = anonymous || (!definesListener && dialect.opensLocalOnly)
        let files = access.lines.filter { $0.key != "allow_anonymous" && $0.key != "check_retain_source" }.values
            .map { "\($0.key) \($0.value)" }.sorted()
        let plugins = access.plugins.flatMap { $0.map { "\($0.key) \($0.value)" } }
        return EffectiveAccess(allowsAnonymous: isOpen, rules: files + plugins)
    }

    // MARK: Following the lines

    private mutating func follow(_ line: Line) {
        switch line.key {
        case "listener": open(line)
        case "port":
            definesListener = true
            openDefault(line)
            aboveDefault.insert(line.reading)
            current[line.reading] = nil
            if let port = UInt16(line.value) { defaultListener?.port = port }
        case "bind_address":
            definesListener = true
            openDefault(line)
            aboveDefault.insert(line.reading)
            defaultListener?.host = line.value
        case "per_listener_settings": setPerListener(line)
        case "listener_allow_anonymous": setOwnAccess("allow_anonymous", line)
        case "listener_auto_id_prefix": setOwnAccess("auto_id_prefix", line)
        default:
            if MosquittoDialect.accessKeys.contains(line.key) || MosquittoDialect.pluginKeys.contains(line.key) {
                setAccess(line)
            } else if line.key.hasPrefix("plugin_opt_") || line.key.hasPrefix("auth_opt_") {
                addOption(line)
            } else {
                set(line)
            }
        }
    }

    private mutating func open(_ line: Line) {
        definesListener = true
        let words = line.value.split(separator: " ", omittingEmptySubsequences: true)
        guard let port = words.first.flatMap({ Self.number(String($0)) }) else { return }
        let host = words.count > 1 && words[1].first != "#" ? String(words[1]) : nil
        listeners.append(Listener(line: line, port: port, host: host))
        current[line.reading] = listeners.count - 1
    }

    /// The number that C's `atoi` reads.
    private static func number(_ text: String) -> UInt16? { UInt16(text.prefix { $0.isASCII && $0.isNumber }) }

    private mutating func openDefault(_ line: Line) {
        if defaultListener == nil { defaultListener = Listener(line: line, isDefault: true, port: 1883) }
    }

    /// Changes the listener that a line of a file belongs to; false if there is none above it.
    @discardableResult
    private mutating func change(_ reading: Int, _ body: (inout Listener) -> Void) -> Bool {
        guard let index = current[reading] else { return false }
        body(&listeners[index])
        return true
    }

    private mutating func set(_ line: Line) {
        guard !change(line.reading, { $0.settings[line.key] = line }) else { return }
        defaultSettings[line.key] = line
        // mosquitto 2.1 opens it at the first such line, 2.0 at the end by what the last lines say.
        guard dialect.hasListenerAccess, MosquittoDialect.concernsListener(line) else { return }
        openDefault(line)
        aboveDefault.insert(line.reading)
    }

    private mutating func openDefaultBySettings() {
        let access = (Array(defaultAccess.lines.values) + defaultAccess.plugins.joined())
            .filter(dialect.opensDefaultListenerWithAccess)
        let opening = defaultSettings.values.filter(MosquittoDialect.opensDefaultListener) + access
        guard let first = opening.min(by: { ($0.reading, $0.number) < ($1.reading, $1.number) }) else { return }
        openDefault(first)
    }

    private mutating func setPerListener(_ line: Line) {
        let isTrue = ["true", "1"].contains(line.value)
        // mosquitto 2.1 does not let it be unset.
        if dialect.hasListenerAccess, perListener != nil { return }
        if isTrue, let firstAccess { refusals.append(.tooLate(line, after: firstAccess)) }
        perListener = isTrue ? line : nil
    }

    /// A line of mosquitto 2.1 about the access to one listener.
    private mutating func setOwnAccess(_ key: String, _ line: Line) {
        let own = Line(path: line.path, number: line.number, key: key, value: line.value, reading: line.reading)
        if change(line.reading, { $0.access.lines[key] = own }) { return }
        guard dialect.hasListenerAccess, aboveDefault.contains(line.reading) else {
            refusals.append(.withoutListener(line))
            return
        }
        defaultAccess.lines[key] = own
    }

    private mutating func setAccess(_ line: Line) {
        if firstAccess == nil { firstAccess = line }
        let isPlugin = MosquittoDialect.pluginKeys.contains(line.key)
        func add(_ access: inout Access) {
            if isPlugin { access.plugins.append([line]) } else { access.lines[line.key] = line }
        }
        let isOwn = line.key == "plugin_use" || (perListener != nil && line.key != "global_plugin")
        guard isOwn else {
            add(&shared)
            if isPlugin { plugin[line.reading] = (nil, shared.plugins.count - 1) }
            return
        }
        if let index = current[line.reading] {
            add(&listeners[index].access)
            if isPlugin { plugin[line.reading] = (index, listeners[index].access.plugins.count - 1) }
        } else if dialect.hasListenerAccess, !aboveDefault.contains(line.reading) {
            refusals.append(.withoutListener(line))
        } else {
            add(&defaultAccess)
        }
    }

    private mutating func addOption(_ line: Line) {
        guard let (listener, index) = plugin[line.reading] else { return }
        if let listener {
            listeners[listener].access.plugins[index].append(line)
        } else {
            shared.plugins[index].append(line)
        }
    }
}

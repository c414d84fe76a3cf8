import Foundation

/// Turns JSON into runs.
///
/// Foundation keeps one of several members with the same key, so a repeated key is not noticed.
struct BootstrapDocumentReader {
    let source: String

    typealias Failure = BootstrapDocumentError

    private static let members = [
        "cloud", "profile", "type", "url", "register", "device_id", "set", "env", "re_register", "clean",
    ]
    /// How an object looks, for hints.
    private static let example = "[{\"cloud\": \"c8y\", \"url\": \"<tenant>.cumulocity.com\", \"device_id\": \"<id>\"}]"

    func runs(_ bytes: [UInt8]) throws(Failure) -> [BootstrapRun] {
        guard bytes.contains(where: { $0 > 0x20 }) else {
            throw failure(nil, "the document is empty", hint: "Write one object for each connection: \(Self.example).")
        }
        let root: Placed
        do {
            root = Placed(
                place: nil, value: try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed))
        } catch {
            let problem = JSONProblem(error as NSError, in: bytes)
            throw failure(problem.place, problem.reason)
        }
        guard let elements = root.value as? [Any] else {
            throw failure(
                nil, "an array of runs is expected, and here is \(root.kind)",
                hint: "Put the object between brackets: \(Self.example).")
        }
        guard !elements.isEmpty else {
            throw failure(
                nil, "the array holds no run", hint: "Write one object for each connection: \(Self.example).")
        }
        var runs: [BootstrapRun] = []
        for (index, element) in elements.enumerated() {
            let object = Placed(place: "run \(index + 1)", value: element)
            let run = try run(object)
            if let first = runs.firstIndex(where: { $0.cloud == run.cloud && $0.profile == run.profile }) {
                throw failure(
                    object.place, "run \(first + 1) is for \(run.name), too",
                    hint: "Give each further connection to this cloud a 'profile' of its own.")
            }
            runs.append(run)
        }
        return runs
    }

    private func failure(_ place: String?, _ reason: String, hint: String? = nil) -> Failure {
        Failure(source, place, reason, hint: hint)
    }

    private func run(_ object: Placed) throws(Failure) -> BootstrapRun {
        guard let members = object.members else {
            throw failure(
                object.place, "a run is an object, and here is \(object.kind)", hint: "Write \(Self.example).")
        }
        for (key, member) in members where !Self.members.contains(key) {
            throw failure(
                member.place, "a run has no such member",
                hint: "Its members are \(Self.members.joined(separator: ", ")).")
        }
        func member(_ key: String) -> Placed? { members.first { $0.key == key }?.value }
        guard let cloud = member("cloud") else {
            throw failure(object.place, "the member 'cloud' is missing", hint: "It is c8y, az or aws.")
        }
        var run = try target(cloud)
        if let member = member("profile") {
            let name = try profile(try text(member), at: member)
            guard run.profile == nil || run.profile == name else {
                throw failure(member.place, "'cloud' names another profile", hint: "Name the profile once.")
            }
            run.profile = name
        }
        if let member = member("type") { try check(type: member, of: run) }
        if let member = member("url") {
            let typed = try text(member)
            let cloud = run.cloud
            run.url = try checked(member) { () throws(BootstrapRunProblem) -> String in
                try BootstrapRun.checkedURL(typed, of: cloud)
            }
        }
        if let member = member("register") { run.method = try method(member, of: run) }
        if let member = member("device_id") {
            let id = try text(member)
            try checked(member) { () throws(BootstrapRunProblem) -> Void in try BootstrapRun.checkDeviceID(id) }
            run.deviceID = id
        }
        if let member = member("set") { run.settings = try settings(member, of: run) }
        if let member = member("env") { run.variables = try variables(member, of: run) }
        if let member = member("re_register") { run.registersAgain = try flag(member) }
        if let member = member("clean") { run.isClean = try flag(member) }
        return run
    }

    // MARK: Members

    /// The cloud, and the profile of a word such as `c8y.test`.
    private func target(_ member: Placed) throws(Failure) -> BootstrapRun {
        let text = try text(member)
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let cloud = CloudName(rawValue: parts[0]) else {
            let meant = CloudName(called: parts[0]).map { "Did you mean '\($0.rawValue)'?" }
            throw failure(
                member.place, "'\(text.beginning)' is not a cloud", hint: meant ?? "The clouds are c8y, az and aws.")
        }
        guard parts.count == 2 else { return BootstrapRun(cloud) }
        return BootstrapRun(cloud, profile: try profile(parts[1], at: member))
    }

    private func profile(_ text: String, at member: Placed) throws(Failure) -> ProfileName {
        do throws(ProfileName.Problem) {
            return try ProfileName(parsing: text)
        } catch {
            throw failure(member.place, "'\(text.beginning)' is not the name of a profile: \(error.text)")
        }
    }

    private func check(type member: Placed, of run: BootstrapRun) throws(Failure) {
        let word = try text(member)
        guard word != run.cloud.rawValue else { return }
        throw failure(
            member.place, "the type '\(word.beginning)' is not that of \(run.cloud.rawValue)",
            hint: "This program connects to c8y, az and aws, each with its own mapper. Leave 'type' out.")
    }

    private func method(_ member: Placed, of run: BootstrapRun) throws(Failure) -> BootstrapRun.Method {
        let word = try text(member)
        guard let method = BootstrapRun.Method(rawValue: word) else {
            let offered = BootstrapRun.methods(of: run.cloud).map { "'\($0.rawValue)'" }.joined(separator: ", ")
            throw failure(
                member.place, "there is no registration '\(word.beginning)'",
                hint: "\(run.cloud.productName) has \(offered).")
        }
        try checked(member) { () throws(BootstrapRunProblem) -> Void in try run.check(method) }
        return method
    }

    private func settings(_ member: Placed, of run: BootstrapRun) throws(Failure) -> [BootstrapRun.Setting] {
        guard let pairs = member.members else {
            throw failure(
                member.place, "an object of settings is expected, and here is \(member.kind)",
                hint: "Write {\"device.type\": \"<type>\"}.")
        }
        var (settings, typed): ([BootstrapRun.Setting], [SettingName: String]) = ([], [:])
        for (key, value) in pairs {
            let setting = BootstrapRun.Setting(key, try text(value))
            try checked(value) { () throws(BootstrapRunProblem) -> Void in try run.check(setting) }
            if let name = try? run.settingName(key) {
                if let first = typed[name] {
                    throw failure(value.place, "this setting is there already, as '\(first)'", hint: "Set it once.")
                }
                typed[name] = key
            }
            settings.append(setting)
        }
        return settings
    }

    private func variables(_ member: Placed, of run: BootstrapRun) throws(Failure) -> [BootstrapRun.Variable] {
        let hint =
            "Write [\"C8Y_PASSWORD\"], or {\"C8Y_PASSWORD\": \"<variable>\"}; the value itself is never written here."
        var found: [(purpose: String?, name: Placed)] = []
        if let pairs = member.members {
            found = pairs.map { ($0.key, $0.value) }
        } else if let names = member.value as? [Any] {
            found = names.enumerated().map { (nil, member.inside("name \($0 + 1)", $1)) }
        } else {
            throw failure(member.place, "names of variables are expected, and here is \(member.kind)", hint: hint)
        }
        var variables: [BootstrapRun.Variable] = []
        for (purpose, name) in found {
            guard let text = name.value as? String else {
                throw failure(
                    name.place, "the name of a variable is expected, and here is \(name.kind)", hint: hint)
            }
            let variable = BootstrapRun.Variable(purpose ?? text, from: text)
            try checked(name) { () throws(BootstrapRunProblem) -> Void in try run.check(variable) }
            guard !variables.contains(where: { $0.purpose == variable.purpose }) else {
                throw failure(name.place, "'\(variable.purpose)' is there already")
            }
            variables.append(variable)
        }
        return variables
    }

    // MARK: Values

    private func text(_ member: Placed) throws(Failure) -> String {
        guard let text = member.value as? String else {
            throw failure(member.place, "a text in double quotes is expected, and here is \(member.kind)")
        }
        return text
    }

    private func flag(_ member: Placed) throws(Failure) -> Bool {
        guard let flag = member.flag else {
            throw failure(member.place, "true or false is expected, and here is \(member.kind)")
        }
        return flag
    }

    private func checked<Value>(
        _ member: Placed, _ body: () throws(BootstrapRunProblem) -> Value
    ) throws(Failure) -> Value {
        do throws(BootstrapRunProblem) {
            return try body()
        } catch {
            throw failure(member.place, error.reason, hint: error.hint)
        }
    }
}

/// A value of Foundation's, and the way to it in words, for example `run 2, 'set', 'device.type'`.
private struct Placed {
    /// Nil for the whole document.
    let place: String?
    let value: Any

    /// The members of an object, sorted by their keys; nil if it is no object.
    var members: [(key: String, value: Placed)]? {
        (value as? [String: Any])?.sorted { $0.key < $1.key }
            .map { ($0.key, inside("'\(ErrorFrame.printable($0.key.beginning))'", $0.value)) }
    }

    /// True or false; nil for anything else. Foundation would take the numbers 0 and 1 for both.
    var flag: Bool? {
        guard let number = value as? NSNumber else { return nil }
        return [true, false].first { NSNumber(value: $0) === number }
    }

    /// The kind of the value in words.
    var kind: String {
        switch value {
        case is NSNull: "null"
        case is String: "a text"
        case is [Any]: "an array"
        case is [String: Any]: "an object"
        default: flag == nil ? "a number" : "true or false"
        }
    }

    func inside(_ step: String, _ value: Any) -> Placed {
        Placed(place: [place, step].compactMap(\.self).joined(separator: ", "), value: value)
    }
}

/// Foundation's reason why a text is not JSON.
private struct JSONProblem {
    /// A sentence without a full stop.
    let reason: String
    /// For example `line 3, column 5`: both begin at 1, and the column counts Unicode scalars. Nil if Foundation names no place,
    /// and for UTF-16.
    let place: String?

    /// What stands before the offset in Foundation's text.
    private static let marks = [" around character ", " starting from character ", " at "]
    /// Plainer words for beginnings of Foundation's text.
    private static let words = [
        ("Unexpected end of file during JSON parse", "the text ends before the document is complete"),
        ("Unexpected end of file during string parse", "an escape \\u is half of a surrogate pair"),
        ("Invalid UTF-8 sequence", "the text is not UTF-8"),
        ("Cannot convert input string", "the text is neither UTF-8 nor UTF-16"),
    ]

    init(_ error: NSError, in bytes: [UInt8]) {
        let text = error.userInfo["NSDebugDescription"] as? String ?? "It is not JSON."
        let parts = Self.marks.map { text.split(separator: $0, maxSplits: 1) }.first { $0.count == 2 } ?? [text[...]]
        if let word = Self.words.first(where: { text.hasPrefix($0.0) }) {
            reason = word.1
        } else {
            // Foundation can quote the document here, which is not repeated.
            let said = parts[0].split(separator: " in \"", maxSplits: 1)[0]
            reason = said.prefix(1).lowercased() + (said.hasSuffix(".") ? said.dropLast() : said).dropFirst()
        }
        let offset = parts.count == 2 ? Int(parts[1].prefix(while: \.isNumber)) : nil
        place = offset.flatMap { Self.place($0, in: bytes) }
    }

    /// Foundation counts bytes of UTF-8, after a byte order mark.
    private static func place(_ offset: Int, in bytes: [UInt8]) -> String? {
        guard !bytes.contains(0) else { return nil }
        let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        let before = String(decoding: bytes.dropFirst(start).prefix(offset), as: UTF8.self).unicodeScalars
        let lines = before.split(separator: "\n", omittingEmptySubsequences: false)
        return "line \(lines.count), column \((lines.last?.count ?? 0) + 1)"
    }
}

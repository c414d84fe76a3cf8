import ArgumentParsing
import TedgeCore

/// What people type who know another command or an older page, and what to type instead.
enum NearMiss {
    /// The tip for a wrong command line; nil if it is none of these.
    static func tip(for error: UsageError, words: [String]) -> UsageError.Tip? {
        // A word that is shown escaped cannot be typed from what is shown.
        guard words.allSatisfy(isPrintable) else { return nil }
        let command = Array(error.path.dropFirst())
        var rest = words[...]
        for name in command { rest = rest[(rest.firstIndex(of: name) ?? rest.startIndex)...].dropFirst() }
        switch error.kind {
        case .unrecognizedSubcommand(let word):
            if case .similarSubcommand? = error.tip { return nil }
            return subcommand(word, of: command, before: rest.drop { $0 != word }.dropFirst().filter(isValue))
        case .missingRequired, .invalidValue:
            if let tip = setting(command, rest.filter(isValue)) ?? value(error.kind, command) { return tip }
            guard error.tip == nil, case .invalidValue(let word, "<KEY>", _, _) = error.kind, !word.isEmpty else {
                return nil
            }
            return .advice("'tedge config list --all' lists all keys")
        case .unexpectedArgument(let word): return argument(word, of: command, rest)
        default: return nil
        }
    }

    private static func isPrintable(_ word: String) -> Bool {
        word.unicodeScalars.count <= 200 && ErrorFrame.printable(word) == word && !word.contains("\n")
    }

    private static func isValue(_ word: String) -> Bool { !word.hasPrefix("-") }

    // MARK: Subcommands

    private static func subcommand(_ word: String, of command: [String], before rest: [String]) -> UsageError.Tip? {
        switch command {
        case []: return program(word)
        case ["config"]:
            if let line = assignment("set", [word] + rest) { return .type(line) }
            guard SettingName.isKnown(word) else { return others["config \(word)"].map(UsageError.Tip.type) }
            return .type(
                rest.isEmpty ? "tedge config get \(word)" : "tedge config set \(word) \(shown(rest[0], of: word))")
        case ["cert", "upload"], ["cert", "download"]: return cloud(word, of: command)
        default: return others[(command + [word]).joined(separator: " ")].map(UsageError.Tip.type)
        }
    }

    private static func program(_ word: String) -> UsageError.Tip? {
        if let target = CloudTarget.meant(by: word) { return .type("tedge connect \(target)") }
        if absent.contains(word) {
            return .advice("'\(word)' belongs to other programs of thin-edge.io and is not part of this one")
        }
        return others[word].map(UsageError.Tip.type)
    }

    private static func cloud(_ word: String, of command: [String]) -> UsageError.Tip? {
        guard let meant = CloudTarget.meant(by: word), let target = try? CloudTarget(argument: meant) else {
            return nil
        }
        guard target.cloud == .c8y else {
            return .advice(
                "\(target.cloud.productName) has no 'cert \(command[1])': register there what 'tedge cert show' prints")
        }
        return .type("tedge \(command.joined(separator: " ")) \(meant)")
    }

    /// Commands that belong to other programs of thin-edge.io.
    private static let absent: Set = ["upload", "http", "flows", "mapper", "agent", "run", "bridge"]

    /// Words that other programs use for a command of this one.
    private static let others = [
        "version": "tedge --version", "check": "tedge doctor", "test": "tedge doctor",
        "diagnose": "tedge doctor", "health": "tedge status", "info": "tedge status", "start": "tedge connect <cloud>",
        "stop": "tedge disconnect <cloud>", "restart": "tedge reconnect <cloud>", "setup": "tedge init",
        "refresh": "tedge refresh-bridges", "publish": "tedge mqtt pub <topic> <message>",
        "subscribe": "tedge mqtt sub <topic>", "settings": "tedge config list", "ls": "tedge config list",
        "config show": "tedge config list", "config ls": "tedge config list", "config print": "tedge config list",
        "config delete": "tedge config unset <key>", "config rm": "tedge config unset <key>",
        "config del": "tedge config unset <key>", "config reset": "tedge config unset <key>",
        "config edit": "tedge config set <key> <value>", "config migrate": "tedge config upgrade",
        "cert new": "tedge cert create --device-id <id>", "cert generate": "tedge cert create --device-id <id>",
        "cert delete": "tedge cert remove", "cert rm": "tedge cert remove", "cert list": "tedge cert show",
        "cert info": "tedge cert show", "cert csr": "tedge cert create-csr", "cert check": "tedge cert needs-renewal",
        "mqtt publish": "tedge mqtt pub <topic> <message>", "mqtt subscribe": "tedge mqtt sub <topic>",
    ]

    // MARK: Settings and values

    /// `config set KEY=VALUE` and its like.
    private static func setting(_ command: [String], _ values: [String]) -> UsageError.Tip? {
        guard command.first == "config", command.count == 2, let first = values.first else { return nil }
        if ["set", "add", "remove"].contains(command[1]) {
            if let line = assignment(command[1], values) { return .type(line) }
        }
        guard !SettingName.isKnown(first) else { return nil }
        let keys = SettingName.keys(endingIn: first)
        if keys.count == 1 { return .similarValue(keys[0]) }
        if !keys.isEmpty, keys.count <= 8 { return .similarValues(keys) }
        return SettingName.isTable(first) ? .type("tedge config list \(first)") : nil
    }

    private static func assignment(_ command: String, _ values: [String]) -> String? {
        guard let word = values.first, let equals = word.firstIndex(of: "=") else { return nil }
        let (key, value) = (String(word[..<equals]), String(word[word.index(after: equals)...]))
        guard SettingName.isKnown(key), values.count <= 2 else { return nil }
        let given = value.isEmpty && values.count == 2 ? values[1] : value
        return "tedge config \(command) \(key) \(shown(given, of: key))"
    }

    /// A value as a shell reads it. A secret is not repeated.
    private static func shown(_ value: String, of key: String) -> String {
        SettingName.isSecret(key) || value.isEmpty ? "<value>" : quoted(value)
    }

    private static func value(_ kind: UsageError.Kind, _ command: [String]) -> UsageError.Tip? {
        guard case .invalidValue(let word, let argument, _, _) = kind else { return nil }
        if word == "help" { return .type("tedge \(command.joined(separator: " ")) --help") }
        guard argument == "[CLOUD]", command == ["cert", "create"], CloudTarget.meant(by: word) == nil
        else { return nil }
        return .type("tedge cert create --device-id \(quoted(word))")
    }

    // MARK: Arguments

    private static func argument(
        _ word: String, of command: [String], _ rest: ArraySlice<String>
    ) -> UsageError.Tip? {
        switch command {
        case ["mqtt", "pub"], ["mqtt", "sub"]: return message(command, rest)
        case ["connect"], ["disconnect"], ["reconnect"], ["status"], ["doctor"]:
            let values = rest.filter(isValue)
            guard values.count == 2, values[1] == word, let target = try? CloudTarget(argument: values[0]),
                let profile = try? ProfileName(argument: word), target.profile(or: nil) == nil
            else { return nil }
            return .type("tedge \(command[0]) \(values[0]) --profile \(profile)")
        case ["cert", "upload", "c8y"] where isValue(word): return .type("tedge cert upload c8y --user \(quoted(word))")
        case ["config", "set"] where isValue(word):
            let values = rest.filter(isValue)
            guard values.count > 2 else { return nil }
            if values[1] == "=" { return .type("tedge config set \(values[0]) \(shown(values[2], of: values[0]))") }
            return .advice("put a value with blanks in quotes")
        default: return nil
        }
    }

    /// The options of `mosquitto_pub` and `mosquitto_sub` for what is given by position here.
    private static func message(_ command: [String], _ rest: ArraySlice<String>) -> UsageError.Tip? {
        var found: [String: String] = [:]
        var isNamed = false
        var words = rest
        while let word = words.popFirst() {
            let name = ["--topic": "-t", "--message": "-m"][word] ?? word
            guard name == "-t" || name == "-m" else { continue }
            isNamed = true
            found[name] = words.popFirst()
        }
        guard isNamed else { return nil }
        let topic = found["-t"].map(quoted) ?? "<topic>"
        return .type(
            "tedge mqtt \(command[1]) \(topic)"
                + (command[1] == "pub" ? " \(found["-m"].map(quoted) ?? "<message>")" : ""))
    }

    /// A word as a shell reads it.
    private static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 26
                || "-_./:@%+,=".utf8.contains(byte)
        }
        return isPlain && !word.isEmpty ? word : "'\(word.replacing("'", with: #"'\''"#))'"
    }
}

import X509

/// What a command would change, as text for people and as members of the JSON object. Secrets are left out of both.
struct Plan {
    /// A setting whose value in the files would change; nil for none.
    struct SettingChange {
        let key: String
        let before: Setting?
        let after: Setting?
    }

    /// A service whose state would change.
    struct ServiceChange {
        struct State: Equatable {
            /// nil if unknown.
            var isActive: Bool?
            var isEnabled: Bool?
            var isRestarted = false
        }

        let unit: String
        let before: State
        let after: State
    }

    let settings: [SettingChange]
    let files: [RehearsedFiles.Difference]
    let services: [ServiceChange]
    /// What would change elsewhere, in whole sentences.
    let remarks: [String]
    /// What would be done and is no change, in whole sentences.
    let mentions: [String]
    /// Texts that must not be shown.
    let secrets: [String]

    /// Whether anything would change.
    var hasChanges: Bool { !(settings.isEmpty && files.isEmpty && services.isEmpty && remarks.isEmpty) }

    /// The result in one sentence.
    var summary: String { hasChanges ? "Dry run: nothing was changed." : "Dry run: nothing would change." }

    // MARK: Text

    /// The plan for people.
    ///
    /// - Parameter fails: Whether the command fails after that.
    func text(fails: Bool = false) -> String {
        let announcement = fails ? " Before it fails, the command" : " The command"
        var parts = [summary + (hasChanges ? "\(announcement) would change this:\n" : "\n")]
        if !settings.isEmpty {
            parts.append(
                "Settings:\n"
                    + settings.map { change in
                        let values = [change.before, change.after].map { $0.map(Masking.shown) ?? "(none)" }
                        return "  \(change.key): \(values[0]) -> \(values[1])\n"
                    }.joined())
        }
        if !files.isEmpty { parts.append("Files:\n" + files.map(difference).joined()) }
        if !services.isEmpty {
            parts.append("Services:\n" + services.map { "  \($0.unit): \($0.words)\n" }.joined())
        }
        if !remarks.isEmpty { parts.append("Elsewhere:\n" + remarks.map { "  \($0)\n" }.joined()) }
        if !mentions.isEmpty { parts.append("Besides:\n" + mentions.map { "  \($0)\n" }.joined()) }
        return parts.joined(separator: "\n")
    }

    private func difference(_ file: RehearsedFiles.Difference) -> String {
        let (before, after) = (shown(file.before, isNew: false), shown(file.after, isNew: file.hasOtherContents))
        if (before ?? after)?.first == "(", (after ?? before)?.first == "(" {
            let verb = before == nil ? "create" : after == nil ? "remove" : "change"
            let attributes = file.attributesDiffer ? " \(file.before.attributes) -> \(file.after.attributes)" : ""
            return "\(verb) \(file.path) \((after ?? before ?? "").dropLast())\(attributes)\n"
        }
        let names = "--- \(before == nil ? "/dev/null" : file.path)\n+++ \(after == nil ? "/dev/null" : file.path)\n"
        let body = before == after ? "" : TextDifference(before ?? "", after ?? "").text
        let attributes = file.attributesDiffer ? "# \(file.before.attributes) -> \(file.after.attributes)\n" : ""
        return names + attributes + body
    }

    // MARK: JSON

    /// `dry_run`, and `diff` with `before` and `after`, which have the same keys; `besides` if there is anything else.
    var members: [JSONValue.Member] {
        [.init("dry_run", .bool(true)), .init("diff", .object([side("before", false), side("after", true)]))]
            + (mentions.isEmpty ? [] : [.init("besides", .array(mentions.map { .string(masked($0)) }))])
    }

    private func side(_ name: String, _ isAfter: Bool) -> JSONValue.Member {
        var members: [JSONValue.Member] = [
            .init("settings", .object(settings.map { .init($0.key, Self.json(isAfter ? $0.after : $0.before)) })),
            .init(
                "files",
                .object(
                    files.map {
                        .init(
                            $0.path,
                            .optional(shown(isAfter ? $0.after : $0.before, isNew: isAfter && $0.hasOtherContents)))
                    })),
            .init("services", .object(services.map { .init($0.unit, (isAfter ? $0.after : $0.before).json) })),
        ]
        let changed = files.filter(\.attributesDiffer)
        if !changed.isEmpty {
            members.append(
                .init(
                    "attributes",
                    .object(changed.map { .init($0.path, .string((isAfter ? $0.after : $0.before).attributes)) })))
        }
        if !remarks.isEmpty {
            members.append(.init("elsewhere", .array(isAfter ? remarks.map { .string($0) } : [])))
        }
        return .init(name, .object(members))
    }

    /// The value with its type; null for none. A secret is one word.
    private static func json(_ setting: Setting?) -> JSONValue {
        guard let setting else { return .null }
        return setting.name.key.isSecret ? .string(Masking.word) : setting.value.json(Masking.inMessage)
    }

    // MARK: Contents

    /// The contents as they may be shown; nil if there is nothing.
    private func shown(_ side: RehearsedFiles.Difference.Side, isNew: Bool) -> String? {
        guard let status = side.status else { return nil }
        guard let contents = side.contents else {
            return status.kind == .directory ? "(directory)\n" : "(not readable)\n"
        }
        if status.kind == .link { return "(link to \(String(decoding: contents, as: UTF8.self)))\n" }
        let form = StoredForm(contents)
        if form.holdsKey { return isNew ? "(new private key)\n" : "(private key)\n" }
        if let name = form.certificateName(contents) { return isNew ? "(new \(name))\n" : "(\(name))\n" }
        guard let text = String(validating: contents, as: UTF8.self) else { return "(\(contents.count) bytes)\n" }
        return masked(text)
    }

    private func masked(_ text: String) -> String {
        var text = text
        for secret in secrets { text = text.replacing(secret, with: Masking.word) }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let bare = line.drop { $0 == " " || $0 == "\t" }
            for key in ["remote_password", "password", "bridge_psk"] where bare.hasPrefix(key) {
                let rest = bare.dropFirst(key.count)
                guard let next = rest.first, " \t=".contains(next) else { continue }
                return "\(key)\(next == "=" ? " = " : " ")\(Masking.word)"
            }
            return Masking.inMessage(String(line))
        }
        return lines.joined(separator: "\n")
    }
}

extension StoredForm {
    /// What certificates and requests are called, because their bytes are others each time; nil for other contents.
    fileprivate func certificateName(_ contents: [UInt8]) -> String? {
        guard case .blocks(let labels) = self, let label = labels.first else { return nil }
        if label.hasSuffix("CERTIFICATE REQUEST") { return "certificate request" }
        guard label.hasSuffix("CERTIFICATE"), let certificate = try? Certificate(pem: contents) else { return nil }
        return "certificate of \(certificate.commonName ?? certificate.subject)"
    }
}

extension Plan.ServiceChange {
    /// What would be done, for example `restart, enable`.
    fileprivate var words: String {
        var words: [String] = []
        if after.isRestarted {
            words.append(before.isActive == false ? "start" : "restart")
        } else if before.isActive != after.isActive {
            words.append(after.isActive == true ? "start" : "stop")
        }
        if before.isEnabled != after.isEnabled { words.append(after.isEnabled == true ? "enable" : "disable") }
        return words.joined(separator: ", ")
    }
}

extension Plan.ServiceChange.State {
    fileprivate var json: JSONValue {
        .object([
            .init("active", isActive.map(JSONValue.bool) ?? .null),
            .init("enabled", isEnabled.map(JSONValue.bool) ?? .null),
            .init("restarted", .bool(isRestarted)),
        ])
    }
}

extension RehearsedFiles.Difference {
    /// Whether a file would have other contents than now, or be made.
    fileprivate var hasOtherContents: Bool { before.contents != after.contents }

    /// Whether a file that stays would get another owner or other permissions.
    fileprivate var attributesDiffer: Bool {
        guard let old = before.status, let new = after.status, old.kind == new.kind else { return false }
        return old.mode != new.mode || old.owner != new.owner
    }
}

extension RehearsedFiles.Difference.Side {
    /// Permissions and the numbers of user and group, for example `0444 108:113`.
    fileprivate var attributes: String {
        guard let status else { return "" }
        let digits = String(status.mode, radix: 8)
        return
            "\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits) \(status.owner.user):\(status.owner.group)"
    }
}

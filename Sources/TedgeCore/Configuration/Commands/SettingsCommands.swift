/// `config get`, `set`, `unset`, `add`, `remove` and `list`.
public struct SettingsCommands {
    private let context: Context

    /// Works in a world.
    public init(in context: Context) { self.context = context }

    /// Prints a value alone. One that is not set is an error.
    public func get(_ typed: TypedSetting) -> CommandReport {
        run("config get", "failed to get the configuration value for key: '\(typed.text)'") {
            let settings = try load()
            let name = try typed.name(in: context)
            guard let setting = try settings.value(of: name) else {
                let text = SettingsError.notSetText(name)
                context.console.error(text + "\n")
                return CommandReport(
                    command: "config get", result: .failed, changed: false, reason: "setting-not-set", message: text,
                    status: 1)
            }
            if name.key.isDeviceID, !setting.origin.isCertificate,
                let problem = try settings.certificateProblem(for: name)
            {
                context.console.warning(
                    "The device id is not that of the certificate: \(problem.causes.joined(separator: ": "))")
            }
            context.console.result(setting.value.printed + "\n")
            var report = CommandReport.done("config get", changed: false)
            report.details = [.init("key", .string(name.text)), .init("value", .string(setting.value.printed))]
            return report
        }
    }

    /// Stores a value.
    public func set(_ typed: TypedSetting, to value: String) -> CommandReport {
        edit("config set", "failed to set the configuration key: '\(typed.text)'\(typed.shown(value)).", typed) {
            editor, name throws(SettingsError) in try editor.set(name, to: value)
        }
    }

    /// Takes a value out of the file.
    public func unset(_ typed: TypedSetting) -> CommandReport {
        edit("config unset", "failed to unset the configuration value for '\(typed.text)'", typed) {
            editor, name throws(SettingsError) in try editor.unset(name)
        }
    }

    /// Adds to a list, or sets what is none.
    public func add(_ typed: TypedSetting, _ value: String) -> CommandReport {
        edit("config add", "failed to set the configuration key: '\(typed.text)'\(typed.shown(value)).", typed) {
            editor, name throws(SettingsError) in try editor.add(name, value)
        }
    }

    /// Takes out of a list, or unsets what is none and has this value.
    public func remove(_ typed: TypedSetting, _ value: String) -> CommandReport {
        edit("config remove", "failed to Remove or unset the configuration value for '\(typed.text)'", typed) {
            editor, name throws(SettingsError) in try editor.remove(name, value)
        }
    }

    /// Lists the settings that have a value; with `all` also the others, with `doc` what each is for.
    public func list(all: Bool, doc: Bool, filter: String?, isTerminal: Bool) -> CommandReport {
        run("config list", "failed to list the configuration keys and values") {
            let settings = try load()
            if doc {
                context.console.result(SettingsManual.text(filter: filter, spaced: !isTerminal))
            }
            let listing = settings.listing(filter: filter)
            if !doc {
                context.console.result(listing.text(all: all))
                for problem in listing.problems { context.console.warning(problem.causes.joined(separator: ": ")) }
            }
            var report = CommandReport.done("config list", changed: false)
            report.details = [.init("settings", .array(listing.entries.compactMap { $0.json(all: all || doc) }))]
            return report
        }
    }

    // MARK: Helpers

    private func load() throws(SettingsError) -> Settings {
        let settings = try Settings.load(from: context.settingsSource)
        for warning in settings.warnings() { context.console.warning(warning.text) }
        return settings
    }

    private func edit(
        _ command: String, _ title: String, _ typed: TypedSetting,
        _ change: (inout SettingsEditor, SettingName) throws(SettingsError) -> Void
    ) -> CommandReport {
        run(command, title) {
            let name = try typed.name(in: context)
            return try context.changingFiles("tedge \(command) \(name.text)") { files in
                var editor = SettingsEditor(try load())
                try change(&editor, name)
                for warning in editor.warnings { context.console.warning(warning.text) }
                return .done(command, changed: try SettingsStore(context, files).write(editor.edits))
            }
        }
    }

    private func run(_ command: String, _ title: String, _ body: () throws -> CommandReport) -> CommandReport {
        do {
            return try body()
        } catch {
            let failure = CommandFailure(command: "tedge \(command)", title, error)
            context.console.report(failure)
            return .failed(command, failure)
        }
    }
}

/// A setting as it was typed, with the profile from an option.
public struct TypedSetting: Sendable {
    /// The key as typed.
    public let text: String
    /// The profile of the option.
    public let profile: String?

    /// Takes what was typed.
    public init(_ text: String, profile: String?) {
        self.text = text
        self.profile = profile
    }

    /// Whether the value must not be shown: the setting is secret, or there is no such setting.
    public var isSecret: Bool { SettingName.lookUp(text)?.key.isSecret ?? true }

    /// The value for the title of an error.
    fileprivate func shown(_ value: String) -> String { isSecret ? "" : " with value: \(value)" }

    func name(in context: Context) throws(SettingsError) -> SettingName {
        let parsed = try SettingName.parse(
            text, profile: profile, environmentProfile: context.environment["TEDGE_CLOUD_PROFILE"])
        if let warning = parsed.warning { context.console.warning(warning.text) }
        return parsed.name
    }
}

/// Writes the files that an editor has changed.
struct SettingsStore {
    private let context: Context
    private let files: FileTransaction

    init(_ context: Context, _ files: FileTransaction) {
        self.context = context
        self.files = files
    }

    /// Writes the files; false where there is nothing to write.
    func write(_ edits: [FileEdit]) throws -> Bool {
        for edit in edits {
            try context.interruption.check()
            try write(edit)
        }
        try context.interruption.check()
        return files.hasChanges
    }

    private func write(_ edit: FileEdit) throws {
        guard let contents = edit.contents else {
            _ = try files.remove(edit.path)
            return
        }
        let isNew = edit.original == nil
        let owner =
            isNew && context.accounts.isRoot
            ? (try? SystemSettings.load(from: context)).flatMap { context.ownerOfNew($0) } : nil
        if isNew { try files.makeDirectory(Path.directory(of: edit.path), mode: 0o755, owner: owner) }
        try files.write(edit.path, contents, mode: isNew ? 0o644 : nil, owner: owner)
    }
}

extension SettingsListing.Entry {
    /// The setting for programs; nil for one without a value unless all are wanted. A secret value is null.
    fileprivate func json(all: Bool) -> JSONValue? {
        guard setting != nil || all else { return nil }
        let value = name.key.isSecret ? nil : setting.map(Masking.shown)
        let members: [JSONValue.Member] = [
            .init("key", .string(name.text)), .init("value", .optional(value)),
            .init("origin", .optional(setting?.origin.word)),
        ]
        return .object(name.key.isSecret ? members + [.init("secret", .bool(true))] : members)
    }
}

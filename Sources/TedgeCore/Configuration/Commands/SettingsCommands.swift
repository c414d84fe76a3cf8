/// `config get`, `set`, `unset`, `add`, `remove` and `list`.
public struct SettingsCommands {
    private let context: Context

    /// Creates the commands for a context.
    public init(in context: Context) { self.context = context }

    /// Prints a value and nothing else. A setting without a value is an error.
    public func get(_ typed: TypedSetting) -> CommandReport {
        run("config get", "failed to get the configuration value for key: '\(typed.text.beginning)'") {
            let settings = try loadForReading()
            let name = try typed.name(in: context)
            guard let setting = try settings.value(of: name) else {
                let (text, hint) = (SettingsError.notSetText(name), SettingsError.notSetHint(name))
                context.console.error(text + "\n" + (hint.map { "Hint: \($0)\n" } ?? ""))
                var report = CommandReport.failed("config get", reason: .settingNotSet, causes: [text], hint: hint)
                report.details = [
                    .init("key", .string(name.text)), .init("value", .null), .init("origin", .null),
                ]
                return report
            }
            if name.key.isDeviceID, !setting.origin.isCertificate,
                let problem = try settings.certificateProblem(for: name)
            {
                context.console.warning(
                    "The device id does not come from the certificate: \(problem.causes.joined(separator: ": "))")
            }
            context.console.result(setting.value.printed + "\n")
            var report = CommandReport.done("config get", changed: false)
            report.details = [
                .init("key", .string(name.text)), .init("value", setting.value.json()),
                .init("origin", .string(setting.origin.word)),
            ]
            return report
        }
    }

    /// Stores a value.
    public func set(_ typed: TypedSetting, to value: String) -> CommandReport {
        edit(
            "config set", "failed to set the configuration key: '\(typed.text)'\(typed.shown(value).beginning).", typed
        ) {
            editor, name throws(SettingsError) in try editor.set(name, to: value)
        }
    }

    /// Removes a value from the file.
    public func unset(_ typed: TypedSetting) -> CommandReport {
        edit("config unset", "failed to unset the configuration value for '\(typed.text)'", typed) {
            editor, name throws(SettingsError) in try editor.unset(name)
        }
    }

    /// Adds to a list; sets a setting that is not a list.
    public func add(_ typed: TypedSetting, _ value: String) -> CommandReport {
        edit(
            "config add", "failed to set the configuration key: '\(typed.text)'\(typed.shown(value).beginning).", typed
        ) {
            editor, name throws(SettingsError) in try editor.add(name, value)
        }
    }

    /// Removes from a list; unsets a setting that is not a list, if it has this value.
    public func remove(_ typed: TypedSetting, _ value: String) -> CommandReport {
        let report = edit(
            "config remove", "failed to Remove or unset the configuration value for '\(typed.text)'", typed
        ) { editor, name throws(SettingsError) in try editor.remove(name, value) }
        if report.result == .ok, !report.changed {
            context.console.note(
                "'\(typed.text.beginning)' does not contain '\(value.beginning)'. Nothing was removed.")
        }
        return report
    }

    /// Lists the settings that have a value; with `all` also the others; with `doc` the documentation of each.
    ///
    /// - Parameter similar: A key to suggest if the filter matches nothing.
    public func list(
        all: Bool, doc: Bool, filter: String?, isTerminal: Bool, similar: String? = nil
    ) -> CommandReport {
        run("config list", "failed to list the configuration keys and values") {
            let settings = try loadForReading()
            if doc {
                context.console.result(SettingsManual.text(filter: filter, spaced: !isTerminal))
            }
            let listing = try settings.listing(filter: filter, check: context.interruption.check)
            if let filter { explain(listing, of: filter, similar: similar, showsUnset: all || doc) }
            if !doc {
                context.console.result(listing.text(all: all))
                for problem in listing.problems { context.console.warning(problem.causes.joined(separator: ": ")) }
            }
            var report = CommandReport.done("config list", changed: false)
            if context.console.isJSON {
                report.details = [.init("settings", .array(listing.entries.compactMap { $0.json(all: all || doc) }))]
            }
            return report
        }
    }

    /// Prints a note if a filter leaves nothing to list.
    private func explain(_ listing: SettingsListing, of filter: String, similar: String?, showsUnset: Bool) {
        if listing.entries.isEmpty {
            let next = similar.map { "Did you mean '\($0)'?" } ?? "Run 'tedge config list --all' for all keys."
            context.console.note("No key contains '\(filter.beginning)'. \(next)")
        } else if !showsUnset, listing.entries.allSatisfy({ $0.setting == nil }) {
            context.console.note(
                "No setting whose key contains '\(filter.beginning)' has a value. Run 'tedge config list --all "
                    + "\(filter.beginning)' for the keys.")
        }
    }

    // MARK: Helpers

    /// The settings, for a command that changes nothing.
    private func loadForReading() throws(SettingsError) -> Settings {
        let directory = context.configurationDirectory
        if !context.files.isDirectory(directory) {
            let next = directory == Context.usualDirectory ? "" : " Check --config-dir and TEDGE_CONFIG_DIR."
            context.console.note(
                "There is no directory \(directory): only defaults and the environment are used.\(next)")
        }
        return try load()
    }

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
            let directory = context.configurationDirectory
            let isNew = directory != Context.usualDirectory && !context.files.exists(directory)
            defer {
                if isNew, context.files.exists(directory) {
                    context.console.note("Created the directory \(directory).")
                }
            }
            return try context.changingFiles("tedge \(command) \(name.text)") { files in
                var editor = SettingsEditor(try load())
                try change(&editor, name)
                editor.warnOfOverride(of: name)
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
            return context.failed(command, failure)
        }
    }
}

/// A typed key, with the profile of the `--profile` option.
public struct TypedSetting: Sendable {
    /// The key as typed.
    public let text: String
    /// The profile of the option, or nil.
    public let profile: String?

    /// Keeps the words; they are parsed later.
    public init(_ text: String, profile: String?) {
        self.text = text
        self.profile = profile
    }

    /// Whether the value must not be shown: the setting is secret or unknown.
    public var isSecret: Bool { SettingName.lookUp(text)?.key.isSecret ?? true }

    /// The end of an error's first line, with the value unless it is secret.
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

    /// Writes the files. Returns whether anything changed.
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
        try files.write(edit.path, contents, mode: isNew ? 0o644 : nil, owner: owner, original: edit.original)
    }
}

extension SettingsListing.Entry {
    /// The setting as JSON; nil for one without a value, unless `all` is true. A secret value is null.
    fileprivate func json(all: Bool) -> JSONValue? {
        guard setting != nil || all else { return nil }
        let value = name.key.isSecret ? nil : setting?.value.json(Masking.inMessage)
        let members: [JSONValue.Member] = [
            .init("key", .string(name.text)), .init("value", value ?? .null),
            .init("origin", .optional(setting?.origin.word)),
        ]
        return .object(name.key.isSecret ? members + [.init("secret", .bool(true))] : members)
    }
}

/// `config upgrade`.
public struct SettingsUpgrader {
    private let context: Context

    /// Creates the command for a context.
    public init(in context: Context) { self.context = context }

    /// Moves the settings to the files of release 2 of thin-edge.io and keeps a backup of the main file. Moves everything or
    /// nothing.
    public func run() -> CommandReport {
        do {
            let backup = try context.changingFiles("tedge config upgrade") { files in try upgrade(files) }
            guard let backup else {
                say("Configuration is already up to date, nothing was migrated.")
                return .done("config upgrade", changed: false)
            }
            say("Configuration updates completed successfully.")
            say(
                "Your original configuration has been backed up to: \(backup) in case the old configuration must be "
                    + "restored.")
            say("You may delete it after validating that your upgraded configuration is working.")
            var report = CommandReport.done("config upgrade", changed: true)
            report.details = [.init("backup", .string(backup))]
            return report
        } catch {
            let failure = CommandFailure(
                command: "tedge config upgrade", "failed to upgrade the configuration format", error)
            return context.failed("config upgrade", failure)
        }
    }

    /// Prints a line, except in a rehearsal, where nothing of it is so.
    private func say(_ text: String) {
        guard context.rehearsal == nil else { return }
        context.console.error("\(ErrorFrame.printable(text))\n")
    }

    /// Moves the settings. Returns the path of the backup, or nil if there was nothing to move.
    private func upgrade(_ files: FileTransaction) throws -> String? {
        let settings = try Settings.load(from: context.settingsSource)
        for warning in settings.warnings() { context.console.warning(warning.text) }
        do {
            try context.interruption.check()
            let edits = try SettingsUpgrade(settings).edits
            try context.interruption.check()
            let mark = Settings.upgradeMark(in: context.configurationDirectory)
            if !edits.isEmpty {
                try files.mark(mark, Array("tedge config upgrade\n".utf8))
            } else if context.files.exists(mark) {
                try files.mark(mark)
            }
            return try write(edits, files)
        } catch let interrupted as Interrupted {
            throw interrupted
        } catch {
            throw UpgradeError(cause: error as? any ExplainedError ?? UnexpectedError("\(error)"))
        }
    }

    private func write(_ edits: [FileEdit], _ files: FileTransaction) throws -> String? {
        let main = Settings.mainPath(in: context.configurationDirectory)
        guard !edits.isEmpty, let snapshot = try context.files.snapshot(main) else { return nil }
        let (status, contents) = (snapshot.status, snapshot.contents)
        // The new files get the permissions of the main file.
        if let original = edits.first(where: { $0.path == main })?.original, original != contents {
            throw FileError(.write, main, .exchanged)
        }
        let owner = context.accounts.isRoot ? status.owner : nil
        let backup = try backupPath(main, contents)
        try files.write(backup, contents, mode: status.mode, owner: owner)
        // The mark of an incomplete upgrade is on the disk; syncing the files of thousands of profiles one by one takes minutes.
        if edits.count > 64 { files.deferDurability(in: context.configurationDirectory) }
        for edit in edits {
            try context.interruption.check()
            // The new files are on the disk before the main file loses the settings.
            if edit.path == main { try files.makeDurable() }
            guard let contents = edit.contents else { continue }
            if edit.original == nil {
                // Only those who could read the settings before can read them now.
                try files.makeDirectory(Path.directory(of: edit.path), mode: 0o755, owner: owner)
                try files.write(edit.path, contents, mode: status.mode, owner: owner)
            } else {
                try files.write(edit.path, contents, original: edit.original)
            }
        }
        try context.interruption.check()
        return backup
    }

    /// The first name for a backup that is free, or of a file that already has these contents.
    private func backupPath(_ main: String, _ contents: [UInt8]) throws -> String {
        var (path, number) = ("\(main).bak", 0)
        while let there = try context.files.readIfPresent(path), there != contents {
            number += 1
            path = "\(main).bak.\(number)"
        }
        return path
    }
}

/// The error of an upgrade that failed.
struct UpgradeError: ExplainedError {
    let cause: any ExplainedError

    var id: ReasonID { cause.id }

    var causes: [String] {
        [
            "Failed to migrate mapper configurations. Fix the underlying issue and run 'tedge config upgrade' again to "
                + "retry."
        ] + cause.causes
    }

    var hint: String? { cause.hint }

    var forbiddenPath: String? { cause.forbiddenPath }
}

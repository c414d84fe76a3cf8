/// The settings, in one change.
extension BootstrapSession {
    func configure() throws -> Done {
        let isInitialized = try initialize()
        let changed = try context.changingFiles("tedge bootstrap \(run.name)") { files in
            // Another command may have changed them since `prepare`.
            let plan = try BootstrapPlan(run, settings(), mqttHost: mqttHost, in: context)
            self.plan = plan
            for warning in plan.editor.warnings { context.console.warning(warning.text) }
            let edits = plan.editor.edits
            _ = try SettingsStore(context, files).write(edits)
            changedFiles = edits
            return plan.changed
        }
        hasChanged = isInitialized || !changedFiles.isEmpty
        try hooks(plan).run(.configure)
        guard !changed.isEmpty || !changedFiles.isEmpty else {
            let text = "keeps the settings, which are as wanted"
            return isInitialized ? .changed("\(text); has made the directories.") : .kept(text + ".")
        }
        let names = changed.map(\.text).sorted()
        return .changed("has set \(names.isEmpty ? "what is needed" : names.joined(separator: ", ")).")
    }

    /// Makes the directories of a device that was never initialised. Returns whether anything was made.
    private func initialize() throws -> Bool {
        let root = context.configurationDirectory
        let isMissing = ["mosquitto-conf", "device-certs", "mappers"].contains {
            !context.files.isDirectory("\(root)/\($0)")
        }
        guard isMissing else { return false }
        let report = DeviceInitializer(user: nil, group: nil, in: quiet).run()
        guard report.status == .success else { throw BootstrapFailure(report) }
        return report.changed
    }
}

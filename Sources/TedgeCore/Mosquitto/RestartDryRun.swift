/// Finds out what a restart of mosquitto would do, before anything is changed.
struct RestartDryRun {
    /// The device, with what is known of mosquitto's unit.
    let context: Context
    /// The directory of our files.
    let directory: String

    /// Throws `ConnectError.brokerRejects` if mosquitto would not start with the files as planned,
    /// `ConnectError.brokerCannotReturn` if one that runs would not start again with the files as they are, because then nothing
    /// could be undone, `ServiceError.confined`, and `Interrupted`.
    ///
    /// A broken file of ours that is written again or removed is no reason to throw.
    ///
    /// - Parameter links: Links to files of ours as they are planned; nil for one that is removed.
    func run(_ planned: [String: BrokerDryRun.Planned], links: [String: String?] = [:]) throws {
        // mosquitto itself cannot read files that are only in memory, and only root can start it as its unit does.
        guard context.rehearsal?.hasChangedFiles != true, context.rehearsal?.isWithoutRoot != true else { return }
        let unit = context.mosquittoUnit ?? unknownUnit
        guard unit.isInstalled else {
            if context.files.exists(MosquittoUnit.snap) { throw ServiceError.confined(unit: MosquittoUnit.snapUnit) }
            return
        }
        let dryRun = BrokerDryRun(context: context, unit: unit, directory: directory)
        let present = LinkDirectory.beside(context.mosquittoConfiguration).links(to: directory, context.files)
        let own = OwnNames(directory, links: Array(present.keys) + links.keys)
        // Whether the files as they are need no try, because the running mosquitto has started with them.
        var isProven = false
        if unit.process != nil {
            // A line of ours that is wrong is written again or removed.
            let dangling = present.filter { !context.files.exists($0.value) }.sorted { $0.key < $1.key }
            if let other = dangling.first(where: { !links.keys.contains($0.key) }) {
                throw ConnectError.brokerCannotReturn(
                    complaint: "\(other.key) leads to \(other.value), which does not exist.",
                    advice: "Run 'sudo tedge init' to remove the link")
            }
            // Otherwise they are removed, or get their files again.
            if dangling.isEmpty {
                isProven = hasStartedWithPresentFiles(unit)
                if !isProven { try requireReturn(dryRun, own) }
            }
        }
        guard let complaint = try dryRun.complaint(planned, links: links) else { return }
        // Something else than the files may have changed since then.
        if isProven { try requireReturn(dryRun, own) }
        throw ConnectError.brokerRejects(complaint: complaint.lines, advice: complaint.advice(besides: own))
    }

    /// Throws `brokerCannotReturn` if the mosquitto that runs would not start again with the files as they are.
    private func requireReturn(_ dryRun: BrokerDryRun, _ own: OwnNames) throws {
        guard let found = try dryRun.complaint(), found.place == nil || found.correction(besides: own) != nil else {
            return
        }
        throw ConnectError.brokerCannotReturn(complaint: found.lines, advice: found.advice(besides: own))
    }

    /// Whether nothing that mosquitto reads has changed since its process started, as the kernel noted it for each file and
    /// for each included directory but our own, whose marks come and go.
    private func hasStartedWithPresentFiles(_ unit: MosquittoUnit) -> Bool {
        guard let process = unit.process,
            let start = ProcessStart.microseconds(process, proc: context.processDirectory)
        else { return false }
        let files = MosquittoFiles(main: context.mosquittoConfiguration, files: context.files)
        guard files.obstacles.isEmpty else { return false }
        let directories = files.lines.filter { $0.key == "include_dir" }.map(\.value)
        let paths = files.readings.flatMap { [$0.path, $0.canonical] } + directories.filter { $0 != directory }
        return paths.allSatisfy { path in
            guard let changed = ChangeTime.bootMicroseconds(of: path) else { return false }
            return changed < Int64(start)
        }
    }

    /// The unit that is assumed if systemd did not answer.
    private var unknownUnit: MosquittoUnit {
        var unit = MosquittoUnit()
        unit.arguments = ["-c", context.mosquittoConfiguration]
        unit.isAssumed = true
        return unit
    }
}

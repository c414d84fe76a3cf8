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
    func run(_ planned: [String: BrokerDryRun.Planned]) throws {
        let unit = context.mosquittoUnit ?? unknownUnit
        guard unit.isInstalled else {
            if context.files.exists(MosquittoUnit.snap) { throw ServiceError.confined(unit: MosquittoUnit.snapUnit) }
            return
        }
        let dryRun = BrokerDryRun(context: context, unit: unit, directory: directory)
        if unit.process != nil {
            // A line of ours that is wrong is written again or removed.
            if let present = try dryRun.complaint(),
                present.place == nil || present.correction(besides: directory) != nil
            {
                throw ConnectError.brokerCannotReturn(
                    complaint: present.lines, advice: present.advice(besides: directory))
            }
        }
        guard let complaint = try dryRun.complaint(planned) else { return }
        throw ConnectError.brokerRejects(complaint: complaint.lines, advice: complaint.advice(besides: directory))
    }

    /// The unit that is assumed if systemd did not answer.
    private var unknownUnit: MosquittoUnit {
        var unit = MosquittoUnit()
        unit.arguments = ["-c", context.mosquittoConfiguration]
        unit.isAssumed = true
        return unit
    }
}

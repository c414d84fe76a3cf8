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
            let present = try dryRun.complaints()
            if let first = present.first, first.place == nil || first.correction(besides: directory) != nil {
                throw ConnectError.brokerCannotReturn(
                    complaints: present.map(\.lines), advice: first.advice(besides: directory))
            }
        }
        let complaints = try dryRun.complaints(planned)
        guard let first = complaints.first else { return }
        throw ConnectError.brokerRejects(complaints: complaints.map(\.lines), advice: first.advice(besides: directory))
    }

    /// The unit that is assumed if systemd did not answer.
    private var unknownUnit: MosquittoUnit {
        var unit = MosquittoUnit()
        unit.arguments = ["-c", context.mosquittoConfiguration]
        unit.isAssumed = true
        return unit
    }
}

/// Tries what a restart of mosquitto would do, before anything is changed.
struct RestartDryRun {
    /// The device, with what is known of mosquitto's unit.
    let context: Context
    /// The directory of our files.
    let directory: String

    /// Throws `ConnectError.brokerRejects` if mosquitto would not start with the files as planned,
    /// `ConnectError.brokerCannotReturn` if one that runs would not come back with the files as they are, for then nothing can
    /// be put back, `ConnectError.brokerIsSnap`, and `Interrupted`.
    ///
    /// A file of ours that is broken and is to be written again, or removed, does not stand in the way.
    func run(_ planned: [String: BrokerDryRun.Planned]) throws {
        let unit = context.mosquittoUnit ?? unknownUnit
        guard unit.isInstalled else {
            if context.files.exists(MosquittoUnit.snap) { throw ConnectError.brokerIsSnap }
            return
        }
        let trial = BrokerDryRun(context: context, unit: unit, directory: directory)
        if unit.process != nil {
            let present = try trial.complaints()
            if let first = present.first, first.place == nil || first.correction(besides: directory) != nil {
                throw ConnectError.brokerCannotReturn(
                    complaints: present.map(\.lines), advice: first.advice(besides: directory))
            }
        }
        let complaints = try trial.complaints(planned)
        guard let first = complaints.first else { return }
        throw ConnectError.brokerRejects(complaints: complaints.map(\.lines), advice: first.advice(besides: directory))
    }

    /// What is taken for granted where systemd did not answer.
    private var unknownUnit: MosquittoUnit {
        var unit = MosquittoUnit()
        unit.arguments = ["-c", context.mosquittoConfiguration]
        unit.isAssumed = true
        return unit
    }
}

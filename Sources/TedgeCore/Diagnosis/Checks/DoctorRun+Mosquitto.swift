/// The check of mosquitto's configuration.
extension DoctorRun {
    func mosquittoConfiguration() -> CheckOutcome {
        guard (try? manager.get())?.isDefault == true, let unit = brokerContext.mosquittoUnit, unit.isInstalled else {
            return .skipped("it is unknown how mosquitto is started here")
        }
        if context.ownsMosquitto, let dangling = danglingLink() { return .error(dangling) }
        guard isRoot else { return Self.needsRoot }
        let directory = paths.directory
        let complaint: MosquittoComplaint?
        do {
            complaint = try BrokerDryRun(context: brokerContext, unit: unit, directory: directory).complaint()
        } catch {
            return .skipped("there was no time left for it")
        }
        guard let first = complaint else { return .ok("mosquitto takes it") }
        let own = OwnNames(directory, in: brokerContext)
        let isOurs = first.path.map(own.contains) == true && first.correction(besides: own) == nil
        return .error(
            Diagnosis(
                .mosquittoConfigurationRejected,
                unit.process == nil
                    ? "mosquitto does not start with its configuration."
                    : "mosquitto runs, but would not start again with its configuration.",
                seen: first.lines,
                hint: isOurs
                    ? "Run '\(reconnectCommand)' to write \(first.path ?? "it") again."
                    : "\(first.advice(besides: own)), then run 'sudo systemctl restart mosquitto'."))
    }
}

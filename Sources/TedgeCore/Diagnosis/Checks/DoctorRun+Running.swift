/// The check of which files the running mosquitto has read.
extension DoctorRun {
    /// Whether mosquitto was started after its files last changed.
    func bridgeRead() -> CheckOutcome {
        guard let manager = try? manager.get() else { return .skipped("there is no service manager to ask") }
        let port = (try? plan.get())?.listeners?.port
        switch UnreadFiles(in: brokerContext, manager, port: port).answer() {
        case .read: return .ok("it has")
        case .unknown: return .skipped("it is unknown when mosquitto started")
        case .unread:
            if FileLock.isHeld(ConfigurationLock.path(in: context.configurationDirectory)) {
                return .skipped("another command changes them")
            }
            return .warning(
                Diagnosis(
                    .bridgeNotRead, "mosquitto runs with older files than those that are written.",
                    seen: "it started before the last change of \(paths.directory)",
                    hint: "Run 'sudo tedge refresh-bridges'."))
        }
    }
}

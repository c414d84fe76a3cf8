/// What systemd knows about a service.
struct ServiceState: Sendable, Equatable {
    /// Whether the service exists.
    var isInstalled: Bool
    /// Whether it runs.
    var isActive: Bool
    /// Whether it is enabled; nil if systemd does not say.
    var isEnabled: Bool?
    /// Whether it is masked.
    var isMasked = false
    /// Whether it is masked only until the next boot.
    var isMaskedForNow = false
    /// Whether systemd cannot read its unit, and so cannot start it.
    var isBroken = false
    /// Whether systemd did not start it the last time because a condition of its unit was not met.
    var isConditional = false
    /// The number of its main process; nil if it has none.
    var mainProcess: Int32?
    /// The script of `/etc/init.d` that systemd generated the service from, because it has no unit.
    var script: String?

    /// The properties of systemd that are read, systemd.unit(5) and org.freedesktop.systemd1(5).
    static let properties =
        "LoadState,ActiveState,UnitFileState,MainPID,SourcePath,ConditionResult,ConditionTimestampMonotonic"

    /// What a word of `systemctl is-enabled` means for the next boot; nil for an unknown word. A service that cannot be
    /// enabled, because others start it or systemd generates it, counts as enabled.
    static func isEnabled(_ word: String) -> Bool? {
        switch word {
        case "enabled", "static", "alias", "indirect", "generated", "transient": true
        case "enabled-runtime", "linked", "linked-runtime", "masked", "masked-runtime", "disabled", "bad", "not-found":
            false
        default: nil
        }
    }

    /// Why systemd would not start the service in any case; nil if it may.
    func refusal(of service: Service) -> ServiceError? {
        if isMasked { return .masked(service, isRuntime: isMaskedForNow) }
        return isBroken ? .unitBroken(service) : nil
    }
}

extension ServiceState {
    /// Reads the properties of a unit.
    init(_ values: SystemdProperties) {
        let load = values["LoadState"]
        let enablement = values["UnitFileState"] ?? ""
        self.init(
            isInstalled: load != "not-found",
            isActive: ["active", "reloading", "refreshing"].contains(values["ActiveState"]),
            isEnabled: Self.isEnabled(enablement), isMasked: load == "masked",
            isMaskedForNow: enablement == "masked-runtime", isBroken: load == "bad-setting" || load == "error",
            // Before the first time it is "no" as well.
            isConditional: values["ConditionResult"] == "no" && values["ConditionTimestampMonotonic"] ?? "0" != "0",
            mainProcess: values.number("MainPID").flatMap { Int32(exactly: $0) }.flatMap { $0 > 0 ? $0 : nil },
            script: values["SourcePath"].flatMap { $0.hasPrefix("/etc/init.d/") ? $0 : nil })
    }
}

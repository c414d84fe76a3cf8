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

    /// Reads a block of the output of `systemctl show`.
    init(_ block: Substring) {
        var values: [Substring: Substring] = [:]
        for line in block.split(separator: Character("\n")) {
            guard let sign = line.firstIndex(of: "=") else { continue }
            values[line[..<sign]] = line[line.index(after: sign)...]
        }
        let enablement = values["UnitFileState"].map(String.init) ?? ""
        self.init(
            isInstalled: values["LoadState"] != "not-found",
            isActive: ["active", "reloading", "refreshing"].contains(values["ActiveState"]),
            isEnabled: Self.isEnabled(enablement), isMasked: values["LoadState"] == "masked",
            isMaskedForNow: enablement == "masked-runtime",
            isBroken: values["LoadState"] == "bad-setting" || values["LoadState"] == "error",
            // Before the first time it is "no" as well.
            isConditional: values["ConditionResult"] == "no" && values["ConditionTimestampMonotonic"] ?? "0" != "0",
            mainProcess: values["MainPID"].flatMap { Int32($0) }.flatMap { $0 > 0 ? $0 : nil },
            script: values["SourcePath"].flatMap { $0.hasPrefix("/etc/init.d/") ? String($0) : nil })
    }

    init(
        isInstalled: Bool, isActive: Bool, isEnabled: Bool? = nil, isMasked: Bool = false, isMaskedForNow: Bool = false,
        isBroken: Bool = false, isConditional: Bool = false, mainProcess: Int32? = nil, script: String? = nil
    ) {
        (self.isInstalled, self.isActive, self.isEnabled) = (isInstalled, isActive, isEnabled)
        (self.isMasked, self.isMaskedForNow) = (isMasked, isMaskedForNow)
        (self.isBroken, self.isConditional) = (isBroken, isConditional)
        (self.mainProcess, self.script) = (mainProcess, script)
    }

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

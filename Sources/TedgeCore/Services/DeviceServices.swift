/// The services of a connection, mosquitto, the mapper of the cloud and the agent, driven as steps of a transaction.
final class DeviceServices {
    private let manager: ServiceManager
    private let transaction: Transaction
    private let mappers: [Service]
    private var states: [Service: ServiceState]?
    /// Whether mosquitto ran before the first step, or is to run in any case.
    private(set) var mosquittoWasActive: Bool?
    private var started: Service?
    private var inactiveBefore: Set<Service> = []
    /// Whether a service that runs, or is enabled, is left as it is.
    var keepsWhatIs = false
    /// Whether a service that runs is not enabled if it is unknown whether it is enabled already.
    var leavesUnknown = false
    /// Whether a service was restarted, started, stopped, enabled or disabled.
    private(set) var hasChanged = false
    private var linksChanged = false

    init(_ manager: ServiceManager, cloud: CloudName, profile: ProfileName?, on transaction: Transaction) {
        self.manager = manager
        self.transaction = transaction
        mappers = [.mapper(cloud, profile)] + (profile == nil ? [.singleMapper] : [])
    }

    /// Finds out what runs. Throws if the service manager does not answer.
    ///
    /// - Parameter mosquittoIsToRun: Whether mosquitto counts as running although it does not.
    func look(mosquittoIsToRun: Bool = false) throws(ServiceError) {
        states = try manager.states(of: [.mosquitto] + mappers + [.agent])
        let isActive = try isActive(.mosquitto)
        if mosquittoWasActive == nil { mosquittoWasActive = isActive || mosquittoIsToRun }
    }

    private func isActive(_ service: Service) throws(ServiceError) -> Bool {
        try manager.isActive(service, states?[service])
    }

    /// Throws if systemd could not start a service in any case.
    private func requireStartable(_ service: Service) throws(ServiceError) {
        if let refusal = states?[service]?.refusal(of: service) { throw refusal }
    }

    /// Runs a command that undoes something. A service that is not there needs no undoing.
    private func undo(_ body: (ServiceManager) throws -> Void) throws {
        do { try body(manager.undoing) } catch ServiceError.notFound {}
    }

    // MARK: mosquitto

    /// The script of `/etc/init.d` that starts mosquitto, if it has no unit.
    var mosquittoScript: String? { states?[.mosquitto]?.script }

    /// Throws if mosquitto could not be started: it is masked, its unit is broken, or it is a snap.
    func requireMosquitto() throws(ServiceError) {
        try requireStartable(.mosquitto)
        guard states?[.mosquitto]?.isInstalled == false, let snap = try manager.confinedBroker() else { return }
        throw .confined(unit: snap)
    }

    /// Throws if mosquitto runs and could not be started again.
    func requireMosquittoIfActive() throws(ServiceError) {
        if states?[.mosquitto]?.isActive == true { try requireStartable(.mosquitto) }
    }

    /// Restarts mosquitto. `restoreMosquitto` undoes this, when the files are as before.
    func restartMosquitto() throws(ServiceError) {
        hasChanged = true
        try manager.restart(.mosquitto)
    }

    /// Restarts or stops mosquitto, so that it runs with the files as they are now if it ran before.
    func restoreMosquitto() throws {
        if mosquittoWasActive == true { return try manager.undoing.restart(.mosquitto) }
        try undo { try $0.stop(.mosquitto) }
    }

    func enableMosquitto() throws {
        // Asking is quick; enabling calls a helper for the SysV script that Debian ships besides the unit.
        guard let isEnabled = try manager.isEnabled(.mosquitto) else {
            if leavesUnknown, mosquittoWasActive == true { return }
            try manager.enable(.mosquitto)
            return
        }
        if isEnabled { return }
        hasChanged = true
        try transaction.perform {
            try manager.enable(.mosquitto)
            noteLinks()
        } undo: { result in
            if case .success = result {
                try self.disable(.mosquitto)
            } else {
                try self.disableIfEnabled(.mosquitto)
            }
        }
    }

    // MARK: Mapper and agent

    private var installedMapper: Service? {
        states.flatMap { states in mappers.first { states[$0]?.isInstalled == true } }
    }

    /// The mapper that disconnect stops.
    private var mapper: Service { installedMapper ?? mappers[0] }

    /// Whether the mapper is the one that all clouds share.
    var isMapperShared: Bool { mapper == .singleMapper }

    /// Whether the mapper runs and starts with the device, or none is installed.
    var isMapperAsNeeded: Bool {
        guard let installedMapper, let state = states?[installedMapper] else { return states != nil }
        return state.isActive && state.isEnabled == true
    }

    /// Throws if systemd could not start the mapper.
    func requireMapper() throws(ServiceError) {
        if let installedMapper { try requireStartable(installedMapper) }
    }

    func startMapper() throws {
        if let installedMapper { return try start(installedMapper) }
        do {
            try start(mappers[0])
        } catch ServiceError.notFound where mappers.count > 1 {
            try start(mappers[1])
        }
    }

    /// Enables the mapper that was started.
    func enableMapper() throws {
        if let started { try enable(started) }
    }

    /// Stops the mapper. One that is not installed as a service needs no stopping.
    func stopMapper() throws {
        let mapper = mapper
        if try isActive(mapper) {
            // Also if stopping fails: one that a signal interrupts may have stopped.
            transaction.afterFiles { try self.undo { try $0.start(mapper) } }
        }
        do throws(ServiceError) {
            try manager.stop(mapper)
            hasChanged = true
            states?[mapper]?.isActive = false
        } catch {
            guard case .notFound = error else { throw error }
        }
    }

    /// Disables the mapper. One that is not installed or masked is not enabled.
    func disableMapper() throws {
        let (mapper, state) = (mapper, states?[mapper])
        if let state, !state.isInstalled || state.isMasked { return }
        do {
            try transaction.perform {
                let isNew = try manager.disable(mapper)
                if isNew { noteLinks() }
                return isNew
            } undo: { result in
                switch result {
                case .success(true): try self.undo { try $0.enable(mapper) }
                case .success(false), .failure(ServiceError.notFound): return
                case .failure:
                    guard state?.isEnabled == true else { return }
                    try self.undo { manager in
                        guard try manager.isEnabled(mapper) == false else { return }
                        self.noteLinks()
                        try manager.enable(mapper)
                    }
                }
            }
        } catch ServiceError.notFound {}
    }

    func startAgent() throws {
        if states?[.agent]?.isInstalled == false { throw ServiceError.notFound(.agent) }
        try requireStartable(.agent)
        try start(.agent)
        try enable(.agent)
    }

    private func start(_ service: Service) throws {
        let wasActive = try isActive(service)
        if wasActive, keepsWhatIs {
            started = service
            return
        }
        if !wasActive { inactiveBefore.insert(service) }
        hasChanged = true
        try transaction.perform {
            try manager.start(service)
        } undo: { result in
            if case .failure(ServiceError.notFound) = result { return }
            // One that failed to start may be started again and again by systemd.
            if !wasActive { try self.undo { try $0.stop(service) } }
        }
        started = service
    }

    private func enable(_ service: Service) throws {
        // If it is unknown whether it was enabled, one that did not run counts as disabled.
        let wasDisabled = !manager.isDefault && inactiveBefore.contains(service)
        let state = states?[service]
        if keepsWhatIs, state?.isEnabled == true { return }
        if leavesUnknown, !manager.isDefault, !inactiveBefore.contains(service) { return }
        try transaction.perform {
            let isNew = try manager.enable(service)
            if isNew, manager.isDefault || !keepsWhatIs { hasChanged = true }
            let isUndone = manager.isDefault ? isNew : wasDisabled
            if isUndone { noteLinks() }
            return isUndone
        } undo: { result in
            switch result {
            case .success(true): try self.disable(service)
            case .success(false): return
            case .failure: if state?.isEnabled == false { try self.disableIfEnabled(service) }
            }
        }
    }

    // MARK: Links

    private func disable(_ service: Service) throws {
        noteLinks()
        try undo { try $0.disable(service) }
    }

    /// Disables a service whose enabling failed or was cut off, if it is enabled. Throws if that is unknown.
    private func disableIfEnabled(_ service: Service) throws {
        guard try manager.undoing.isEnabled(service) == true else { return }
        try disable(service)
    }

    /// Remembers to have systemd read its units again, at the end or when all is undone.
    private func noteLinks() {
        if !linksChanged { transaction.afterFiles { self.finish() } }
        linksChanged = true
    }

    /// Has systemd read its units again if services were enabled or disabled.
    func finish() {
        if linksChanged { manager.reloadUnits() }
        linksChanged = false
    }
}

/// What disconnect does to services, and how it is undone.
final class ServiceRemoval {
    private(set) var manager: ServiceManager
    private let mappers: [Service]
    private let states: [Service: ServiceState]?
    private let mosquittoIsActive: Bool
    private var mosquittoWasTouched = false
    private var stopped: Service?
    private var disabled: Service?
    /// One that was enabled, and that may not be so any more although the command was ended or failed.
    private var maybeDisabled: Service?
    private var linksChanged = false

    /// Finds out what runs. Throws if nobody can say, and if mosquitto runs and could not be started again.
    ///
    /// - Parameter mosquittoIsToRun: Whether mosquitto is started where it does not run.
    init(
        _ manager: ServiceManager, cloud: CloudName, profile: ProfileName?, mosquittoIsToRun: Bool = false
    ) throws(ServiceError) {
        self.manager = manager
        mappers = [.mapper(cloud, profile)] + (profile == nil ? [.singleMapper] : [])
        states = try manager.states(of: [.mosquitto] + mappers)
        if let state = states?[.mosquitto] {
            mosquittoIsActive = state.isActive || mosquittoIsToRun
            if state.isActive, let refusal = state.refusal(of: .mosquitto) { throw refusal }
        } else {
            mosquittoIsActive = try manager.isActive(.mosquitto) || mosquittoIsToRun
        }
    }

    /// Whether the mapper is the one that all clouds share.
    var isMapperShared: Bool { mapper == .singleMapper }

    /// Whether mosquitto was restarted.
    var mosquittoRunsAgain: Bool { mosquittoWasTouched }

    /// Restarts mosquitto where it runs; false where it does not.
    func restartMosquitto() throws(ServiceError) -> Bool {
        guard mosquittoIsActive else { return false }
        mosquittoWasTouched = true
        try manager.restart(.mosquitto)
        return true
    }

    /// Stops the mapper. One that is not installed as a service needs none.
    func stopMapper() throws(ServiceError) {
        // One that a signal interrupts may have come to its end.
        let state = states?[mapper]
        if try manager.isActive(mapper, state) { stopped = mapper }
        do {
            try manager.stop(mapper)
        } catch {
            guard case .notFound = error else { throw error }
            stopped = nil
        }
    }

    /// No longer has the mapper started with the device. One that is masked is not.
    func disableMapper() throws(ServiceError) {
        let state = states?[mapper]
        if let state, !state.isInstalled || state.isMasked { return }
        do {
            if try manager.disable(mapper) { (disabled, linksChanged) = (mapper, true) }
        } catch {
            if case .notFound = error { return }
            // It may have come to its end all the same: systemd will say so.
            if state?.isEnabled == true { maybeDisabled = mapper }
            throw error
        }
    }

    private var mapper: Service {
        states.flatMap { states in mappers.first { states[$0]?.isInstalled == true } } ?? mappers[0]
    }

    /// Has the service manager know of what was disabled, after all is done.
    func finish() { if linksChanged { manager.reloadUnits() } }

    /// Starts what was stopped, and restarts mosquitto with the files as before.
    func undo() -> [ServiceError] {
        manager = manager.undoing
        var failures: [ServiceError] = []
        func attempt(_ body: () throws(ServiceError) -> Void) {
            do throws(ServiceError) {
                try body()
            } catch {
                failures.append(error)
            }
        }
        if mosquittoWasTouched { attempt { () throws(ServiceError) in try manager.restart(.mosquitto) } }
        if let maybeDisabled {
            attempt { () throws(ServiceError) in
                guard try manager.isEnabled(maybeDisabled) == false else { return }
                linksChanged = true
                try manager.enable(maybeDisabled)
            }
        }
        if let disabled { attempt { () throws(ServiceError) in try manager.enable(disabled) } }
        if let stopped { attempt { () throws(ServiceError) in try manager.start(stopped) } }
        finish()
        return failures
    }
}

/// What disconnect does to services, and how it is undone.
final class ServiceRemoval {
    private(set) var manager: ServiceManager
    private let mappers: [Service]
    private let states: [Service: ServiceState]?
    private var mosquittoWasTouched = false
    private var stopped: Service?
    private var disabled: Service?

    init(_ manager: ServiceManager, cloud: CloudName, profile: ProfileName?) {
        self.manager = manager
        mappers = [.mapper(cloud, profile)] + (profile == nil ? [.singleMapper] : [])
        states = manager.states(of: [.mosquitto] + mappers)
    }

    /// Whether the mapper is the one that all clouds share.
    var isMapperShared: Bool { mapper == .singleMapper }

    /// Whether mosquitto was restarted.
    var mosquittoRunsAgain: Bool { mosquittoWasTouched }

    /// Restarts mosquitto where it runs; false where it does not.
    func restartMosquitto() throws(ServiceError) -> Bool {
        guard states?[.mosquitto]?.isActive ?? manager.isActive(.mosquitto) else { return false }
        mosquittoWasTouched = true
        try manager.restart(.mosquitto)
        return true
    }

    /// Stops the mapper. One that is not installed as a service needs none.
    func stopMapper() throws(ServiceError) {
        // One that a signal interrupts may have come to its end.
        if states?[mapper]?.isActive ?? true { stopped = mapper }
        do {
            try manager.stop(mapper)
        } catch {
            guard case .notFound = error else { throw error }
            stopped = nil
        }
    }

    /// No longer has the mapper started with the device.
    func disableMapper() throws(ServiceError) {
        if states != nil, states?[mapper]?.isInstalled == false { return }
        do {
            if try manager.disable(mapper) { disabled = mapper }
        } catch {
            guard case .notFound = error else { throw error }
        }
    }

    private var mapper: Service {
        states.flatMap { states in mappers.first { states[$0]?.isInstalled == true } } ?? mappers[0]
    }

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
        if let disabled { attempt { () throws(ServiceError) in try manager.enable(disabled) } }
        if let stopped { attempt { () throws(ServiceError) in try manager.start(stopped) } }
        return failures
    }
}

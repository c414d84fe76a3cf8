/// What connect does to services, and how it is undone.
final class ServiceTransaction {
    private var manager: ServiceManager
    private let mappers: [Service]
    private var states: [Service: ServiceState]?
    private var mosquittoWasActive = false
    private var mosquittoWasTouched = false
    private var mosquittoWasEnabled = true
    private var undoing: [Undo] = []

    private enum Undo {
        case stop(Service)
        case disable(Service)
    }

    init(_ manager: ServiceManager, cloud: CloudName, profile: ProfileName?) {
        self.manager = manager
        mappers = [.mapper(cloud, profile)] + (profile == nil ? [.singleMapper] : [])
    }

    /// Whether mosquitto ran before and was started again.
    var mosquittoRunsAgain: Bool { mosquittoWasTouched && mosquittoWasActive }

    /// Remembers what runs.
    func remember() {
        states = manager.states(of: [.mosquitto] + mappers + [.agent])
        mosquittoWasActive = wasActive(.mosquitto)
    }

    private func wasActive(_ service: Service) -> Bool {
        states?[service]?.isActive ?? manager.isActive(service)
    }

    // MARK: mosquitto

    func restartMosquitto() throws(ServiceError) {
        mosquittoWasTouched = true
        try manager.restart(.mosquitto)
    }

    func enableMosquitto() throws(ServiceError) {
        // Asking is quick; enabling calls a helper for the SysV script that Debian ships besides the unit.
        if manager.isEnabled(.mosquitto) == true { return }
        try manager.enable(.mosquitto)
        mosquittoWasEnabled = false
    }

    /// Starts or stops mosquitto so that it runs as before, with the files as before.
    func undoMosquitto() -> [ServiceError] {
        guard mosquittoWasTouched else { return [] }
        manager = manager.undoing
        var failures: [ServiceError] = []
        do throws(ServiceError) {
            if mosquittoWasActive {
                try manager.restart(.mosquitto)
            } else {
                try manager.stop(.mosquitto)
            }
            if !mosquittoWasEnabled, manager.isDefault { try manager.disable(.mosquitto) }
        } catch {
            // What is not there needs no stopping.
            if case .notFound = error {} else { failures.append(error) }
        }
        return failures
    }

    // MARK: Mapper and agent

    func startMapper() throws(ServiceError) {
        let installed = states.flatMap { states in mappers.first { states[$0]?.isInstalled == true } }
        if let installed { return try start(installed) }
        do {
            try start(mappers[0])
        } catch {
            guard case .notFound = error, mappers.count > 1 else { throw error }
            try start(mappers[1])
        }
    }

    func enableMapper() throws(ServiceError) {
        if let mapper = started { try enable(mapper) }
    }

    func startAgent() throws(ServiceError) {
        if states?[.agent]?.isInstalled == false { throw .notFound(service: Service.agent.unit) }
        try start(.agent)
        try enable(.agent)
    }

    private var started: Service?
    private var inactiveBefore: Set<Service> = []

    private func start(_ service: Service) throws(ServiceError) {
        let wasActive = wasActive(service)
        // One that did not start well may be left starting again and again.
        if !wasActive {
            inactiveBefore.insert(service)
            undoing.append(.stop(service))
        }
        do {
            try manager.start(service)
        } catch {
            if case .notFound = error, !wasActive { undoing.removeLast() }
            throw error
        }
        started = service
    }

    private func enable(_ service: Service) throws(ServiceError) {
        // Where nobody says whether it was enabled, one that did not run is taken for disabled.
        let isNew = try manager.enable(service)
        if manager.isDefault ? isNew : inactiveBefore.contains(service) {
            undoing.append(.disable(service))
        }
    }

    /// Stops and disables what was started and enabled.
    func undoStarts() -> [ServiceError] {
        manager = manager.undoing
        var failures: [ServiceError] = []
        for undo in undoing.reversed() {
            do throws(ServiceError) {
                switch undo {
                case .stop(let service): try manager.stop(service)
                case .disable(let service): try manager.disable(service)
                }
            } catch {
                failures.append(error)
            }
        }
        undoing = []
        return failures
    }
}

/// What connect does to services, and how it is undone.
final class ServiceTransaction {
    private var manager: ServiceManager
    private let mappers: [Service]
    private var states: [Service: ServiceState]?
    private var mosquittoWasActive = false
    /// Whether mosquitto was restarted, or may have been.
    private(set) var mosquittoWasTouched = false
    private var mosquittoWasEnabled = true
    /// Whether enabling mosquitto was begun and did not end well.
    private var mosquittoMayBeEnabled = false
    private var undoing: [Undo] = []
    private var linksChanged = false

    private enum Undo {
        case stop(Service)
        case disable(Service)
        /// Of one that was not enabled, and that may be so although its command was ended or failed.
        case disableIfEnabled(Service)
    }

    init(_ manager: ServiceManager, cloud: CloudName, profile: ProfileName?) {
        self.manager = manager
        mappers = [.mapper(cloud, profile)] + (profile == nil ? [.singleMapper] : [])
    }

    /// Whether mosquitto ran before and was started again.
    var mosquittoRunsAgain: Bool { mosquittoWasTouched && mosquittoWasActive }

    /// Remembers what runs. Throws if nobody can say, and if mosquitto could not be started.
    func remember() throws(ServiceError) {
        states = try manager.states(of: [.mosquitto] + mappers + [.agent])
        mosquittoWasActive = try wasActive(.mosquitto)
        try refuse(.mosquitto)
        guard states?[.mosquitto]?.isInstalled == false, let snap = try manager.confinedBroker() else { return }
        throw .confined(unit: snap)
    }

    /// Throws if systemd could not start the mapper.
    func refuseMapper() throws(ServiceError) {
        if let mapper = installedMapper { try refuse(mapper) }
    }

    private func refuse(_ service: Service) throws(ServiceError) {
        if let refusal = states?[service]?.refusal(of: service) { throw refusal }
    }

    /// The script of `/etc/init.d` that starts mosquitto, if it has no unit.
    var brokerScript: String? { states?[.mosquitto]?.script }

    private func wasActive(_ service: Service) throws(ServiceError) -> Bool {
        try manager.isActive(service, states?[service])
    }

    /// Has the service manager know of what was enabled or disabled, after all is done.
    func finish() {
        if linksChanged { manager.reloadUnits() }
        linksChanged = false
    }

    // MARK: mosquitto

    func restartMosquitto() throws(ServiceError) {
        mosquittoWasTouched = true
        try manager.restart(.mosquitto)
    }

    func enableMosquitto() throws(ServiceError) {
        // Asking is quick; enabling calls a helper for the SysV script that Debian ships besides the unit.
        guard let isEnabled = try manager.isEnabled(.mosquitto) else {
            try manager.enable(.mosquitto)
            return
        }
        if isEnabled { return }
        mosquittoMayBeEnabled = true
        try manager.enable(.mosquitto)
        (mosquittoWasEnabled, linksChanged) = (false, true)
    }

    /// Disables a service if it is enabled. Where nobody says whether it is, nothing is done, and that is an error.
    private func disableIfEnabled(_ service: Service) throws(ServiceError) {
        guard try manager.isEnabled(service) == true else { return }
        linksChanged = true
        try manager.disable(service)
    }

    /// Starts or stops mosquitto so that it runs as before, with the files as before.
    func undoMosquitto() -> [ServiceError] {
        guard mosquittoWasTouched else { return [] }
        manager = manager.undoing
        var failures: [ServiceError] = []
        attempt(&failures) { () throws(ServiceError) in
            if mosquittoWasActive {
                try manager.restart(.mosquitto)
            } else {
                try manager.stop(.mosquitto)
            }
        }
        attempt(&failures) { () throws(ServiceError) in
            if !mosquittoWasEnabled {
                linksChanged = true
                try manager.disable(.mosquitto)
            } else if mosquittoMayBeEnabled {
                try disableIfEnabled(.mosquitto)
            }
        }
        finish()
        return failures
    }

    private func attempt(_ failures: inout [ServiceError], _ body: () throws(ServiceError) -> Void) {
        do throws(ServiceError) {
            try body()
        } catch {
            // What is not there needs no undoing.
            if case .notFound = error { return }
            failures.append(error)
        }
    }

    // MARK: Mapper and agent

    private var installedMapper: Service? {
        states.flatMap { states in mappers.first { states[$0]?.isInstalled == true } }
    }

    func startMapper() throws(ServiceError) {
        if let installedMapper { return try start(installedMapper) }
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
        try refuse(.agent)
        try start(.agent)
        try enable(.agent)
    }

    private var started: Service?
    private var inactiveBefore: Set<Service> = []

    private func start(_ service: Service) throws(ServiceError) {
        let wasActive = try wasActive(service)
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
        do {
            // Where nobody says whether it was enabled, one that did not run is taken for disabled.
            let isNew = try manager.enable(service)
            guard manager.isDefault ? isNew : inactiveBefore.contains(service) else { return }
        } catch {
            if states?[service]?.isEnabled == false { undoing.append(.disableIfEnabled(service)) }
            throw error
        }
        noteEnabled(service)
    }

    private func noteEnabled(_ service: Service) {
        undoing.append(.disable(service))
        linksChanged = true
    }

    /// Stops and disables what was started and enabled.
    func undoStarts() -> [ServiceError] {
        manager = manager.undoing
        var failures: [ServiceError] = []
        for undo in undoing.reversed() {
            attempt(&failures) { () throws(ServiceError) in
                switch undo {
                case .stop(let service): try manager.stop(service)
                case .disable(let service): try manager.disable(service)
                case .disableIfEnabled(let service): try disableIfEnabled(service)
                }
            }
        }
        undoing = []
        return failures
    }
}

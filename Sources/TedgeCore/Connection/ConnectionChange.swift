/// A change of the connection to a cloud: one undo stack, with the services and the broker that are changed on it.
struct ConnectionChange {
    /// The device, with what is known of mosquitto's unit.
    let context: Context
    let paths: BridgePaths
    let manager: ServiceManager
    let transaction: Transaction
    let services: DeviceServices
    let broker: BrokerChange
    /// What mosquitto needs for keys in a TPM or token.
    var keys: KeyProviderSetup { KeyProviderSetup(context: context, manager: manager) }

    /// Prepares a change; changes nothing.
    init(
        of cloud: CloudName, _ profile: ProfileName?, _ settings: Settings, _ system: SystemSettings,
        in context: Context
    ) {
        let context = context.knowingMosquitto()
        self.context = context
        paths = BridgePaths(in: context.configurationDirectory, cloud, profile)
        manager = ServiceManager(system, in: context)
        transaction = Transaction(in: context)
        services = DeviceServices(manager, cloud: cloud, profile: profile, on: transaction)
        broker = BrokerChange(settings, system, manager, services, on: transaction, in: context)
    }

    /// Whether the service manager runs. Throws if it does not answer.
    func isManaged() throws(ServiceError) -> Bool {
        do {
            try manager.checkAvailability()
            return true
        } catch {
            guard case .unavailable = error else { throw error }
            return false
        }
    }
}

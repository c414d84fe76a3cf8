/// The problems that every service can have.
enum ServiceProblem {
    case absent, down, notEnabled, masked, unitBroken
}

extension Service {
    /// The reason for a problem with this service. All mappers share the same reasons.
    func reason(_ problem: ServiceProblem) -> ReasonID {
        switch (problem, self) {
        case (.absent, .mosquitto): .mosquittoNotFound
        case (.absent, .agent): .agentWithoutService
        case (.absent, _): .mapperWithoutService
        case (.down, .mosquitto): .mosquittoNotRunning
        case (.down, .agent): .agentFailed
        case (.down, _): .mapperFailed
        case (.notEnabled, .mosquitto): .mosquittoNotEnabled
        case (.notEnabled, .agent): .agentNotEnabled
        case (.notEnabled, _): .mapperNotEnabled
        case (.masked, .mosquitto): .mosquittoMasked
        case (.masked, .agent): .agentMasked
        case (.masked, _): .mapperMasked
        case (.unitBroken, .mosquitto): .mosquittoUnitBroken
        case (.unitBroken, .agent): .agentUnitBroken
        case (.unitBroken, _): .mapperUnitBroken
        }
    }
}

import TestSupport

/// `connect c8y` on a device that has never been connected and whose mosquitto runs.
struct ConnectScenario: FaultScenario {
    let gateway: Gateway
    // What a fault in the check leads to is told by the tests of the check; the second run proves the connection.
    let words = ["connect", "c8y", "--offline"]
    private let cloud: StandInCloud
    private let before: FileStates
    private let after: FileStates

    init() throws {
        (cloud, gateway) = (try StandInCloud(), try Gateway())
        try gateway.configure(for: cloud)
        try gateway.certify(for: cloud)
        try gateway.startLocalBroker()
        try gateway.save()
        before = try gateway.fileStates()
        try gateway.run(words).expectSuccess()
        after = try gateway.fileStates()
    }

    func reset() throws {
        try gateway.service("stop", "tedge-mapper-c8y")
        try gateway.service("disable", "tedge-mapper-c8y")
        try gateway.restore()
    }

    func problemsOfFailure() throws -> [String] {
        let states = try gateway.fileStates().settled.filter { !$0.key.hasSuffix(".rejected") }
        return states.differences(from: before) + problemsOfServices(runs: false)
    }

    func problemsOfSuccess() throws -> [String] {
        try gateway.fileStates().settled.differences(from: after) + problemsOfServices(runs: true)
    }

    func problemsOfKill() throws -> [String] {
        let states = try gateway.fileStates().settled
        let torn = states.filter { before[$0.key] != $0.value && after[$0.key] != $0.value }
        return torn.map { "\($0.key) is \($0.value)" } + problemsOfBroker()
    }

    func problemsOfSecondRun() throws -> [String] {
        let states = try gateway.fileStates()
        let bridge = "mosquitto-conf/c8y-bridge.conf"
        let isWhole = states[bridge] != nil && states["\(bridge).unfinished"] == nil
        let outcome = try gateway.tedge("connect", "c8y")
        let isRefused = outcome.status == 1 && outcome.errors.contains("Connection is already established")
        guard isWhole ? isRefused : outcome.status == 0 else { return ["\(outcome)"] }
        if isWhole { try gateway.tedge("connect", "c8y", "--test").expectSuccess() }
        return try gateway.fileStates().differences(from: after) + problemsOfServices(runs: true)
    }

    private func problemsOfServices(runs: Bool) -> [String] {
        let states = [("pid", "runs"), ("enabled", "is enabled")].filter { gateway.isMapper($0.0) != runs }
        return states.map { "the mapper \($0.1): \(!runs)" } + problemsOfBroker()
    }

    private func problemsOfBroker() -> [String] {
        eventually { gateway.isListening } ? [] : ["mosquitto is not alive"]
    }
}

/// `disconnect c8y` on a device that is connected.
struct DisconnectScenario: FaultScenario {
    let gateway: Gateway
    let words = ["disconnect", "c8y"]
    private let cloud: StandInCloud
    private let before: FileStates
    private let after: FileStates

    init() throws {
        (cloud, gateway) = (try StandInCloud(), try Gateway())
        try gateway.configure(for: cloud)
        try gateway.certify(for: cloud)
        try gateway.tedge("connect", "c8y").expectSuccess()
        try gateway.save()
        before = try gateway.fileStates()
        try gateway.run(words).expectSuccess()
        after = try gateway.fileStates()
    }

    func reset() throws {
        try gateway.service("start", "tedge-mapper-c8y")
        try gateway.service("enable", "tedge-mapper-c8y")
        try gateway.restore()
    }

    func problemsOfFailure() throws -> [String] {
        try gateway.fileStates().settled.differences(from: before) + problemsOfServices(runs: true)
    }

    func problemsOfSuccess() throws -> [String] {
        try gateway.fileStates().settled.differences(from: after) + problemsOfServices(runs: false)
    }

    func problemsOfKill() throws -> [String] {
        let states = try gateway.fileStates().settled
        let torn = states.filter { before[$0.key] != $0.value && after[$0.key] != $0.value }
        return torn.map { "\($0.key) is \($0.value)" } + problemsOfBroker()
    }

    func problemsOfSecondRun() throws -> [String] {
        let outcome = try gateway.run(words)
        guard outcome.status == 0 else { return ["\(outcome)"] }
        return try gateway.fileStates().differences(from: after) + problemsOfServices(runs: false)
    }

    private func problemsOfServices(runs: Bool) -> [String] {
        let states = [("pid", "runs"), ("enabled", "is enabled")].filter { gateway.isMapper($0.0) != runs }
        return states.map { "the mapper \($0.1): \(!runs)" } + problemsOfBroker()
    }

    private func problemsOfBroker() -> [String] {
        eventually { gateway.isListening } ? [] : ["mosquitto is not alive"]
    }
}

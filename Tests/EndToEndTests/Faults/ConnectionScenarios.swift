import TestSupport

/// A command that makes or takes away a connection.
private protocol ConnectionScenario: FaultScenario {
    var before: FileStates { get }
    var after: FileStates { get }
    /// Whether the mapper runs where the command has succeeded.
    var isConnectedAfter: Bool { get }
    /// Whether it runs before the command, and where that has failed.
    var isConnectedBefore: Bool { get }
}

/// A command on a device that is connected, and that succeeds again where it has succeeded.
private protocol ConnectedScenario: ConnectionScenario {}

extension ConnectedScenario {
    func reset() throws {
        try gateway.service("start", "tedge-mapper-c8y")
        try gateway.service("enable", "tedge-mapper-c8y")
        try gateway.restore()
    }

    func problemsOfSecondRun() throws -> [String] {
        let outcome = try gateway.run(words)
        return outcome.status == 0 ? try problemsOfEnd() : ["\(outcome)"]
    }
}

/// `connect c8y` on a device that has never been connected and whose mosquitto runs.
struct ConnectScenario: ConnectionScenario {
    let gateway: Gateway
    // What a fault in the check leads to is told by the tests of the check; the second run proves the connection.
    let words = ["connect", "c8y", "--offline"]
    fileprivate let before: FileStates
    fileprivate let after: FileStates
    fileprivate let isConnectedAfter = true
    private let cloud: StandInCloud

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

    func problemsOfSecondRun() throws -> [String] {
        let states = try gateway.fileStates()
        let bridge = "mosquitto-conf/c8y-bridge.conf"
        let isWhole = states[bridge] != nil && states["\(bridge).unfinished"] == nil
        let outcome = try gateway.tedge("connect", "c8y")
        let isRefused = outcome.status == 1 && outcome.errors.contains("Connection is already established")
        // Where mosquitto has not read the whole bridge, the second run completes it.
        let mayBeUnread = states["mosquitto-conf/tedge-mosquitto.conf.unread"] != nil
        guard isWhole ? isRefused || (mayBeUnread && outcome.status == 0) : outcome.status == 0 else {
            return ["\(outcome)"]
        }
        // A bridge that was cut off while it began tries again after some seconds.
        let isProven = try (0..<5).contains { _ in try gateway.tedge("connect", "c8y", "--test").status == 0 }
        guard isProven else { return ["the connection is not proven"] }
        return try problemsOfEnd()
    }
}

/// `disconnect c8y` on a device that is connected.
struct DisconnectScenario: ConnectedScenario {
    let gateway: Gateway
    let words = ["disconnect", "c8y"]
    fileprivate let before: FileStates
    fileprivate let after: FileStates
    fileprivate let isConnectedAfter = false
    private let cloud: StandInCloud

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
}

/// `reconnect c8y` on a device that is connected, with settings that have changed since.
struct ReconnectScenario: ConnectedScenario {
    let gateway: Gateway
    let words = ["reconnect", "c8y", "--offline"]
    fileprivate let before: FileStates
    fileprivate let after: FileStates
    fileprivate let isConnectedAfter = true
    fileprivate let isConnectedBefore = true
    private let cloud: StandInCloud

    init() throws {
        (cloud, gateway) = (try StandInCloud(), try Gateway())
        try gateway.configure(for: cloud)
        try gateway.certify(for: cloud)
        try gateway.tedge("connect", "c8y").expectSuccess()
        try gateway.tedge("config", "set", "c8y.bridge.keepalive_interval", "42s").expectSuccess()
        try gateway.save()
        before = try gateway.fileStates()
        try gateway.run(words).expectSuccess()
        after = try gateway.fileStates()
    }
}

extension ConnectionScenario {
    fileprivate var isConnectedBefore: Bool { !isConnectedAfter }

    func problemsOfFailure() throws -> [String] {
        // A bridge file that mosquitto did not take is kept to be looked at.
        let states = try gateway.fileStates().settled.filter { !$0.key.hasSuffix(".rejected") }
        return states.differences(from: before) + problemsOfServices(areConnected: isConnectedBefore)
    }

    func problemsOfSuccess() throws -> [String] {
        try gateway.fileStates().settled.differences(from: after) + problemsOfServices(areConnected: isConnectedAfter)
    }

    func problemsOfKill() throws -> [String] {
        let states = try gateway.fileStates().settled
        let torn = states.filter { before[$0.key] != $0.value && after[$0.key] != $0.value }
        return torn.map { "\($0.key) is \($0.value)" } + problemsOfBroker()
    }

    /// What is wrong at the very end, where nothing may be left over any more.
    fileprivate func problemsOfEnd() throws -> [String] {
        try gateway.fileStates().differences(from: after) + problemsOfServices(areConnected: isConnectedAfter)
    }

    private func problemsOfServices(areConnected: Bool) -> [String] {
        let states = [("pid", "runs"), ("enabled", "is enabled")].filter { gateway.isMapper($0.0) != areConnected }
        return states.map { "the mapper \($0.1): \(!areConnected)" } + problemsOfBroker()
    }

    private func problemsOfBroker() -> [String] {
        eventually { gateway.isListening } ? [] : ["mosquitto is not alive"]
    }
}

import Glibc
import TestSupport

/// `init` where nothing is yet but the settings, with a main file of mosquitto that does not include ours.
struct InitScenario: FaultScenario {
    let gateway: Gateway
    let words: [String]
    private let before: FileStates
    private let after: FileStates

    init() throws {
        gateway = try Gateway()
        // Beside the settings, so that it is kept and compared with them.
        let main = gateway.path("main.conf")
        try write("pid_file /run/mosquitto.pid\nlistener 1884\n", to: main)
        for (key, name) in [("data.path", "data"), ("logs.path", "log")] {
            try gateway.tedge("config", "set", key, gateway.path(name)).expectSuccess()
        }
        rmdir(gateway.path("mosquitto-conf"))
        words = ["init", "--mosquitto-conf", main]
        try gateway.save()
        before = try gateway.fileStates()
        try gateway.run(words).expectSuccess()
        after = try gateway.fileStates()
    }

    func reset() throws { try gateway.restore() }
    func problemsOfFailure() throws -> [String] { try gateway.fileStates().settled.differences(from: before) }
    func problemsOfSuccess() throws -> [String] { try gateway.fileStates().settled.differences(from: after) }

    /// Each file is as before or as after; a directory is never open to more than it will be.
    func problemsOfKill() throws -> [String] {
        let states = try gateway.fileStates().settled
        let torn = states.filter { before[$0.key] != $0.value && after[$0.key] != $0.value && !Self.isClosed($0.value) }
        return torn.map { "\($0.key) is \($0.value)" }
    }

    func problemsOfSecondRun() throws -> [String] {
        try gateway.run(words).expectSuccess()
        return try gateway.fileStates().differences(from: after)
    }

    /// A directory for the one who made it, who had no time to open it.
    private static func isClosed(_ state: String) -> Bool { state.hasPrefix("d700 ") }
}

/// `refresh-bridges` on a device that is connected, with a setting that has changed since.
struct RefreshScenario: FaultScenario {
    let gateway: Gateway
    let words = ["refresh-bridges"]
    private let before: FileStates
    private let after: FileStates
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

    func reset() throws {
        try gateway.restore()
        // The broker of the run before has read other files.
        try gateway.service("restart", "mosquitto")
    }

    func problemsOfFailure() throws -> [String] {
        let states = try gateway.fileStates().settled.filter { !$0.key.hasSuffix(".rejected") }
        return try states.differences(from: before) + problemsOfBroker()
    }

    func problemsOfSuccess() throws -> [String] {
        try gateway.fileStates().settled.differences(from: after) + problemsOfBroker()
    }

    func problemsOfKill() throws -> [String] {
        let states = try gateway.fileStates().settled
        let torn = states.filter { before[$0.key] != $0.value && after[$0.key] != $0.value }
        return torn.map { "\($0.key) is \($0.value)" } + (isListening ? [] : ["mosquitto is not alive"])
    }

    func problemsOfSecondRun() throws -> [String] {
        let outcome = try gateway.run(words)
        guard outcome.status == 0 else { return ["\(outcome)"] }
        return try gateway.fileStates().differences(from: after) + problemsOfBroker()
    }

    private var isListening: Bool { eventually { gateway.isListening } }

    /// The broker is alive, and has read the bridge as it is now.
    private func problemsOfBroker() throws -> [String] {
        guard isListening else { return ["mosquitto is not alive"] }
        // The number of the process is written when it starts.
        let isRead = try ChildProcess.run(
            "sh",
            [
                "-c", #"[ ! "$0" -nt "$1" ]"#, gateway.path("mosquitto-conf/c8y-bridge.conf"),
                "\(gateway.directory)/services/mosquitto.pid",
            ])
        return isRead.exit == .status(0) ? [] : ["mosquitto runs with an older bridge"]
    }
}

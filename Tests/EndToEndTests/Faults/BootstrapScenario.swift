import TestSupport

/// `bootstrap --offline` on a device where nothing is yet. What it has done before a fault stays, and the next run, which may
/// ask the cloud, does the rest.
struct BootstrapScenario: FaultScenario {
    let gateway: Gateway
    let words: [String]
    private let rest: [String]
    private let cloud: StandInCloud

    init() throws {
        (cloud, gateway) = (try StandInCloud(), try Gateway())
        let password = "\(gateway.directory)/password"
        try write("secret\n", to: password)
        rest = [
            "bootstrap", "c8y", "--url", "localhost:\(cloud.httpsPort)", "--set",
            "c8y.mqtt=localhost:\(cloud.mqttPort)", "--set", "c8y.root_cert_path=\(cloud.rootCertificate)",
            "--device-id", "gateway-1", "--register",
            "self-signed", "--user", "alice", "--password-file", password,
        ]
        words = rest + ["--offline"]
        try gateway.save()
    }

    func reset() throws {
        for service in ["tedge-mapper-c8y", "mosquitto"] { try gateway.service("stop", service) }
        try gateway.service("disable", "tedge-mapper-c8y")
        try gateway.restore()
    }

    /// Each step is done or not, and none is half done.
    func problemsOfFailure() throws -> [String] {
        let files = try gateway.fileStates().settled.keys
        let isPaired = files.contains("device-certs/tedge-certificate.pem")
        var problems = try problemsOfKill()
        if isPaired != files.contains("device-certs/tedge-private-key.pem") { problems.append("there is half a pair") }
        if files.contains(where: { $0.hasSuffix(".unfinished") }) { problems.append("there is a mark: \(files)") }
        return problems
    }

    func problemsOfSuccess() throws -> [String] {
        let isWhole = gateway.text("mosquitto-conf/c8y-bridge.conf") != nil && eventually { gateway.isListening }
        return try problemsOfFailure() + (isWhole ? [] : ["the device is not connected"])
    }

    /// The settings can be read.
    func problemsOfKill() throws -> [String] {
        let listed = try gateway.tedge("config", "list")
        return listed.status == 0 ? [] : ["\(listed)"]
    }

    func problemsOfSecondRun() throws -> [String] {
        let outcome = try gateway.run(rest)
        guard outcome.status == 0, outcome.output.hasSuffix("verify:    Cumulocity answers.\n") else {
            return ["\(outcome)"]
        }
        let third = try gateway.run(["--json"] + rest)
        let isIdle = third.output.contains(#""result":"ok","changed":false"#)
        return isIdle ? [] : ["a third run is not idle: \(third)"]
    }
}

import Glibc
import TestSupport
import Testing

/// Values of people who mean harm: none adds a line to a file of mosquitto, or a command to a terminal.
@Suite("hostile values", .serialized) struct HostileTests {
    private static let evil = "evil\u{1B}[2J\nconnection evil\r\nallow_anonymous true"

    /// What is wrong with what a command printed and with the files that mosquitto reads.
    private func problems(_ outcome: Outcome, _ gateway: Gateway) throws -> [String] {
        let printed = outcome.output + outcome.errors
        let controls = printed.unicodeScalars.filter { $0.value < 32 && $0 != "\n" }
        let read = try ChildProcess.run("sh", ["-c", "cat \"$0\"/*.conf 2>/dev/null", gateway.path("mosquitto-conf")])
        let lines = read.output.split(whereSeparator: \.isNewline).filter { $0.contains("evil") }
        return (controls.isEmpty ? [] : ["control characters are printed: \(printed.debugDescription)"])
            + lines.map { "mosquitto reads: \($0)" }
            + ([0, 1, 2, 4].contains(outcome.status) ? [] : ["status \(outcome.status)"])
    }

    private func ready() throws -> (StandInCloud, Gateway, [String]) {
        let (cloud, gateway) = (try StandInCloud(), try Gateway(mapper: false))
        try gateway.configure(for: cloud)
        try gateway.certify(for: cloud)
        let listed = try gateway.tedge("config", "list", "--all").output
        let keys = listed.split(separator: "\n").compactMap { $0.split(separator: "=").first.map(String.init) }
        guard keys.count > 90 else { throw TestFailure("\(keys)") }
        return (cloud, gateway, keys)
    }

    @Test("of a variable of the environment, whatever setting it stands for")
    func environment() throws {
        let (_, gateway, keys) = try ready()
        var found: [String] = []
        for key in keys {
            let variable = "TEDGE_" + key.uppercased().replacing(".", with: "_")
            let outcome = try gateway.tedge("connect", "c8y", "--offline", environment: [variable: Self.evil])
            found += try problems(outcome, gateway).map { "\(variable): \($0)" }
            let listed = try gateway.tedge("config", "list", environment: [variable: Self.evil])
            found += try problems(listed, gateway).map { "list with \(variable): \($0)" }
            if gateway.text("mosquitto-conf/c8y-bridge.conf") != nil {
                try gateway.tedge("disconnect", "c8y").expectSuccess()
            }
        }
        #expect(found == [])
    }

    @Test("of a command, and of a file that somebody wrote")
    func values() throws {
        let (_, gateway, keys) = try ready()
        let text = gateway.text("tedge.toml") ?? ""
        var found: [String] = []
        for key in keys {
            let set = try gateway.tedge("config", "set", key, Self.evil)
            found += try problems(set, gateway).map { "set \(key): \($0)" }
            let escaped = Self.evil.unicodeScalars.map {
                $0.value < 32 ? "\\u000\(String($0.value, radix: 16))" : "\($0)"
            }
            let value = escaped.joined().replacing("\\u0001b", with: "\\u001b")
            try write("\(key) = \"\(value)\"\n", to: gateway.path("tedge.toml"))
            let listed = try gateway.tedge("config", "list")
            found += try problems(listed, gateway).map { "list of \(key): \($0)" }
            let connected = try gateway.tedge(
                "connect", "c8y", "--offline",
                environment: key == "c8y.url"
                    ? [:] : ["TEDGE_C8Y_URL": "localhost", "TEDGE_MQTT_BIND_PORT": "\(gateway.port)"])
            found += try problems(connected, gateway).map { "\(key) in the file: \($0)" }
            try write(text, to: gateway.path("tedge.toml"))
            if gateway.text("mosquitto-conf/c8y-bridge.conf") != nil {
                try gateway.tedge("disconnect", "c8y").expectSuccess()
            }
        }
        #expect(found == [])
    }

    @Test("of a user name and a password")
    func credentials() throws {
        let (cloud, gateway, _) = try ready()
        let outcome = try gateway.tedge(
            "cert", "upload", "c8y", "--user", "a\r\nX-Evil: 1", environment: ["C8Y_PASSWORD": "b\r\nX-Evil: 2"])
        #expect(outcome.status == 1)
        #expect(try problems(outcome, gateway) == [])
        #expect(try !cloud.show().contains("X-Evil"))
    }
}

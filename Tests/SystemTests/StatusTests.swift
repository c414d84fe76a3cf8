import Foundation
import TestSupport
import Testing

extension SystemTests {
    /// `tedge status` with the real systemd, mosquitto and its log.
    @Suite("status") struct StatusTests {
        private func status(_ prepared: PreparedDevice, user: String? = nil) throws -> (Outcome, [String: Any]) {
            let text = try prepared.device.run(["tedge", "status"], user: user)
            let json = try prepared.device.run(["tedge", "status", "--json"], user: user)
            #expect(text.status == json.status)
            let object = try JSONSerialization.jsonObject(with: Data(json.stdout.utf8)) as? [String: Any]
            return (text, try #require(object))
        }

        private func connection(_ object: [String: Any]) throws -> [String: Any] {
            try #require((object["connections"] as? [[String: Any]])?.first)
        }

        @Test(
            "root sees since when the bridge is up, by mosquitto's log; another user sees the rest, and what is missing"
        )
        func callers() throws {
            let prepared = try PreparedDevice()
            #expect(try prepared.tedge("status").status == 3)
            try prepared.device.ask(["tedge", "connect", "c8y"])
            let script = """
                seconds=$(grep 'Connecting bridge (step 2) edge_to_c8y ' /var/log/mosquitto/mosquitto.log | tail -n 1 | cut -d : -f 1)
                date --utc --date="@$seconds" +%Y-%m-%dT%H:%M:%SZ
                """
            let since = try prepared.device.ask(["sh", "-c", script]).trimmed
            let (root, object) = try status(prepared)
            #expect(root.status == 0, "\(root)")
            #expect(root.stdout.hasPrefix("status: up\n\nc8y             up since 2"), "\(root.stdout)")
            #expect(try connection(object)["up_since"] as? String == since)
            #expect(try connection(object)["differs"] as? [String] == [], "\(root.stdout)")
            #expect(try connection(object)["unchecked"] as? [String] == [], "\(root.stdout)")
            #expect(root.stdout.contains("\n  mapper        tedge-mapper-c8y: active, enabled\n"))
            #expect(root.stdout.contains("\nmosquitto       active, enabled\n"))
            let (other, seen) = try status(prepared, user: "operator")
            #expect(other.status == 0, "\(other)")
            #expect(other.stdout.hasPrefix("status: up\n\nc8y             up\n"), "\(other.stdout)")
            #expect(try connection(seen)["up_since"] is NSNull)
            // A restart of mosquitto is a new connection.
            sleep(1)
            try prepared.device.ask(["systemctl", "restart", "mosquitto"])
            #expect(eventually(within: .seconds(20)) { (try? prepared.tedge("status").status) == 0 })
            let later = try connection(try status(prepared).1)["up_since"] as? String
            #expect(try #require(later) > since)
        }

        @Test("what is down is said, and a program that looks for one word finds it")
        func down() throws {
            let prepared = try PreparedDevice()
            try prepared.device.ask(["tedge", "connect", "c8y"])
            try prepared.device.ask(["systemctl", "stop", "tedge-mapper-c8y"])
            var (text, object) = try status(prepared)
            #expect(text.status == 1 && object["reason"] as? String == "mapper-failed")
            #expect(text.stdout.hasPrefix("status: down: tedge-mapper-c8y does not run.\n"))
            try prepared.device.ask(["systemctl", "start", "tedge-mapper-c8y"])
            try prepared.cloud.stop()
            #expect(eventually(within: .seconds(60)) { (try? prepared.tedge("status").status) == 1 })
            (text, object) = try status(prepared)
            #expect(object["reason"] as? String == "bridge-down" && object["retry"] as? Bool == true)
            #expect(text.stdout.contains("\nc8y             down\n"))
            try prepared.device.ask(["systemctl", "stop", "mosquitto"])
            (text, object) = try status(prepared)
            #expect(object["reason"] as? String == "mosquitto-not-running")
            #expect(text.stdout.hasPrefix("status: down: mosquitto does not run.\n"))
        }

        @Test("a broker or a first process that stands still does not hold it up")
        func frozen() throws {
            let prepared = try PreparedDevice()
            try prepared.device.ask(["tedge", "connect", "c8y"])
            let limited = ["timeout", "5", "tedge", "status", "--json"]
            try prepared.device.ask(["systemctl", "kill", "--signal=STOP", "mosquitto"])
            let silent = try prepared.device.run(limited)
            #expect(silent.status == 1 && silent.stdout.contains(#""reason":"unanswered""#), "\(silent)")
            #expect(silent.stdout.contains(#""up":null"#))
            try prepared.device.ask(["systemctl", "kill", "--signal=CONT", "mosquitto"])
            kill(prepared.device.pid, SIGSTOP)
            let alone = try prepared.device.run(limited)
            kill(prepared.device.pid, SIGCONT)
            #expect(alone.status == 1 && alone.stdout.contains(#""up":true"#), "\(alone)")
            #expect(alone.stdout.contains(#""mosquitto":{"unit":"mosquitto","active":null"#), "\(alone)")
        }

        @Test("waiting ends when the connection works, and at once if it cannot")
        func waiting() throws {
            let prepared = try PreparedDevice(isTrusted: false)
            let words = ["tedge", "connect", "c8y", "--test", "--wait", "60s"]
            #expect(try prepared.device.run(words).stderr.contains("Device is not connected to Cumulocity cloud"))
            _ = try prepared.tedge("connect", "c8y")
            let refused = try prepared.device.run(words + ["--json"])
            #expect(refused.status == 1 && refused.stdout.contains(#""reason":"device-certificate-not-trusted""#))
            #expect(refused.stdout.contains(#""retry":false"#))
            try prepared.cloud.trust(try prepared.device.text(PreparedDevice.certificate))
            try prepared.device.ask(["systemctl", "stop", "mosquitto"])
            try prepared.device.ask(["systemd-run", "--on-active=3s", "systemctl", "start", "mosquitto"])
            let outcome = try prepared.device.run(words)
            #expect(outcome.status == 0, "\(outcome)")
            #expect(outcome.stdout.contains("\nCheck 1, after 0 s: mosquitto does not run.\n"), "\(outcome.stdout)")
            #expect(outcome.stdout.hasSuffix("Connection check to c8y cloud is successful.\n"))
        }
    }
}

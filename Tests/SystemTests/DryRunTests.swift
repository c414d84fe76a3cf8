import Foundation
import TestSupport
import Testing

extension SystemTests {
    /// Dry runs on a device: nothing changes, and what they announce is what the real run then does.
    @Suite("dry runs") struct DryRunTests {
        @Test("from a fresh device to a connected one and back, each dry run says what the real run does")
        func truth() throws {
            let prepared = try PreparedDevice()
            let device = prepared.device
            try device.ask(["tedge", "cert", "remove"])
            try check(prepared, ["init"])
            try check(prepared, ["config", "set", "c8y.bridge.keepalive_interval", "90s"])
            try check(prepared, ["config", "add", "c8y.topics", "c8y/x/dry"])
            try check(prepared, ["config", "remove", "c8y.topics", "c8y/x/dry"])
            try check(prepared, ["config", "unset", "c8y.bridge.keepalive_interval"])
            try check(prepared, ["cert", "create", "--device-id", "gateway-1"])
            try prepared.cloud.trust(try device.text(PreparedDevice.certificate))
            try check(prepared, ["cert", "create-csr"])
            try check(prepared, ["connect", "c8y"])
            try device.ask(["tedge", "config", "set", "c8y.bridge.keepalive_interval", "91s"])
            try check(prepared, ["refresh-bridges"])
            try check(prepared, ["reconnect", "c8y"])
            try check(prepared, ["cert", "renew", "--ca", "self-signed"])
            try device.ask(["rm", PreparedDevice.certificate + ".new"])
            try device.ask(["systemctl", "disable", "--now", "tedge-mapper-c8y"])
            try check(prepared, ["connect", "c8y", "--if-needed"])
            try check(prepared, ["connect", "c8y", "--if-needed"], changes: false)
            try check(prepared, ["config", "upgrade"])
            try check(prepared, ["disconnect", "c8y"])
            try check(prepared, ["cert", "remove"])
        }

        @Test("whoever asks is shown what root would change, and what he may not read is said with its remedy")
        func withoutRoot() throws {
            let prepared = try PreparedDevice()
            let device = prepared.device
            let commands = [["bootstrap", "c8y"], ["connect", "c8y"], ["config", "set", "c8y.topics", "c8y/x"]]
            for words in commands + [["config", "upgrade"]] {
                let before = try prepared.snapshot()
                let plan = try device.run(["tedge"] + words + ["--dry-run"])
                let other = try device.run(["tedge"] + words + ["--dry-run"], user: "operator")
                #expect(plan.status == 0 && other.status == 0, "\(words): \(other)")
                #expect(plan.stdout == other.stdout && plan.stderr == "", "\(words)")
                #expect(try prepared.snapshot() == before)
            }
            let refused = try device.run(["tedge", "cert", "create-csr", "--dry-run"], user: "operator")
            #expect(refused.status == 1 && refused.stderr.hasSuffix("\nHint: Run the command with sudo.\n"))
            #expect(try device.run(["tedge", "bootstrap", "c8y"], user: "operator").status == 1)
        }

        @Test("a connection that is as it should be costs no restart, and one that is not is put right")
        func ifNeeded() throws {
            let prepared = try PreparedDevice()
            let device = prepared.device
            let first = try prepared.tedge("connect", "c8y", "--if-needed")
            #expect(first.status == 0, "\(first.stderr)")
            let process = try device.ask(["systemctl", "show", "-P", "MainPID", "mosquitto"])
            let snapshot = try prepared.snapshot()
            let second = try prepared.tedge("connect", "c8y", "--if-needed")
            #expect(second.status == 0, "\(second.stderr)")
            #expect(second.stdout.hasSuffix("The device is connected as the settings say. Nothing was changed.\n"))
            #expect(try device.ask(["systemctl", "show", "-P", "MainPID", "mosquitto"]) == process)
            #expect(try prepared.snapshot() == snapshot)

            // Somebody stopped it all.
            try device.ask(["systemctl", "disable", "--now", "mosquitto", "tedge-mapper-c8y", "tedge-agent"])
            let third = try prepared.tedge("connect", "c8y", "--if-needed")
            #expect(third.status == 0, "\(third.stderr)")
            #expect(
                try prepared.services() == [
                    "mosquitto: active enabled", "tedge-mapper-c8y: active enabled", "tedge-mapper: inactive",
                    "tedge-agent: active enabled",
                ])

            // Somebody changed the bridge by hand.
            let bridge = try device.text(PreparedDevice.bridge)
            try device.write(bridge + "# mine\n", to: PreparedDevice.bridge)
            #expect(try prepared.tedge("connect", "c8y", "--if-needed").status == 0)
            #expect(try device.text(PreparedDevice.bridge) == bridge)
        }

        /// Compares what a dry run announces with what the real run does.
        private func check(_ prepared: PreparedDevice, _ words: [String], changes: Bool = true) throws {
            let device = prepared.device
            let name = Comment(rawValue: words.joined(separator: " "))
            let (before, services, process) = try (prepared.snapshot(), prepared.services(), broker(device))
            let dry = try device.run(["tedge", "--json"] + words + ["--dry-run"])
            #expect(dry.status == 0, "\(name): \(dry.stderr)")
            #expect(try prepared.snapshot() == before, name)
            #expect(try prepared.services() == services, name)
            #expect(try broker(device) == process, name)
            let report = try #require(try JSONSerialization.jsonObject(with: Data(dry.stdout.utf8)) as? [String: Any])
            #expect(report["changed"] as? Bool == changes, name)

            let real = try device.run(["tedge"] + words)
            #expect(real.status == 0, "\(name): \(real.stderr)")
            let after = try #require((report["diff"] as? [String: Any])?["after"] as? [String: Any])
            let files = try #require(after["files"] as? [String: Any])
            // The snapshot is of /etc.
            let below = Set(files.keys.filter { $0.hasPrefix("/etc/") })
            #expect(below == paths(before, try prepared.snapshot()), name)
            for (path, text) in files {
                guard let text = text as? String else {
                    #expect(try !device.exists(path), "\(name): \(path)")
                    continue
                }
                if !text.hasPrefix("(") { #expect(try device.text(path) == text, "\(name): \(path)") }
            }
            for (unit, state) in try #require(after["services"] as? [String: [String: Any]]) {
                #expect(
                    try device.activity(of: unit) == (state["active"] as? Bool == true ? "active" : "inactive"), name)
                #expect(
                    try device.enablement(of: unit) == (state["enabled"] as? Bool == true ? "enabled" : "disabled"),
                    name)
                if unit == "mosquitto" {
                    #expect((state["restarted"] as? Bool) == (try broker(device) != process), name)
                }
            }
            if (after["services"] as? [String: Any])?["mosquitto"] == nil {
                #expect(try broker(device) == process, name)
            }
        }

        private func broker(_ device: Device) throws -> String {
            try device.ask(["systemctl", "show", "-P", "MainPID", "mosquitto"])
        }

        /// The paths whose lines differ between two snapshots; a directory counts only if it is new or gone.
        private func paths(_ before: String, _ after: String) -> Set<String> {
            let lines = { (text: String) in Set(text.split(separator: "\n").map(String.init)) }
            let changed = lines(before).symmetricDifference(lines(after))
            return Set(
                changed.compactMap { line in
                    let words = line.split(separator: " ").map(String.init)
                    return words.first { $0.hasPrefix("/") }
                })
        }
    }
}

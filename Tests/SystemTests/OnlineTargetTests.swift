import Foundation
import TestSupport
import Testing

extension SystemTests {
    /// `tedge-online.target` of the package, with a unit that is ordered after it.
    @Suite("the target for a proven connection") struct OnlineTargetTests {
        private static let unit = """
            [Unit]
            Wants=tedge-online.target
            After=tedge-online.target

            [Service]
            Type=oneshot
            RemainAfterExit=yes
            ExecStart=/bin/true

            """
        /// Starts the unit at boot, and is not a part of the boot that the test waits for: the cloud comes after it.
        private static let timer = """
            [Timer]
            OnBootSec=1s
            AccuracySec=100ms

            [Install]
            WantedBy=timers.target

            """

        private func gateway() throws -> PackageDevice {
            let gateway = try PackageDevice()
            try gateway.apt("install", Package.file)
            try gateway.device.write(Self.unit, to: "/etc/systemd/system/after-cloud.service")
            try gateway.device.ask(["systemctl", "daemon-reload"])
            return gateway
        }

        private func property(_ name: String, of unit: String, _ device: Device) throws -> String {
            try device.ask(["systemctl", "show", "--property", name, "--value", unit]).trimmed
        }

        /// Whether the unit was started after the wait had ended well.
        private func expectOrder(_ device: Device) throws {
            #expect(try property("Result", of: "tedge-wait-online.service", device) == "success")
            let proven = try property("ExecMainExitTimestampMonotonic", of: "tedge-wait-online.service", device)
            let started = try property("InactiveExitTimestampMonotonic", of: "after-cloud.service", device)
            let (first, second) = (try #require(Int(proven)), try #require(Int(started)))
            #expect(first > 0 && first <= second)
        }

        @Test("at boot, a unit that wants it starts when the cloud has answered")
        func boot() throws {
            let gateway = try gateway()
            try gateway.connect()
            try gateway.device.write(Self.timer, to: "/etc/systemd/system/after-cloud.timer")
            try gateway.device.ask(["systemctl", "enable", "after-cloud.timer"])
            try gateway.reboot(clean: false)
            #expect(
                eventually(within: .seconds(90)) {
                    (try? gateway.device.activity(of: "after-cloud.service")) == "active"
                })
            try expectOrder(gateway.device)
            #expect(try gateway.device.activity(of: "tedge-online.target") == "active")
        }

        @Test("a unit that wants it waits while the cloud is away, and starts when it is back")
        func away() throws {
            let gateway = try gateway()
            try gateway.connect()
            let device = gateway.device
            let units = ["tedge-online.target", "tedge-wait-online.service"]
            let verified = try device.run(["systemd-analyze", "--man=no", "verify"] + units)
            #expect(verified == Outcome(status: 0, stdout: "", stderr: ""))
            // Nothing wants it until now.
            #expect(try device.activity(of: "tedge-wait-online.service") == "inactive")
            try gateway.cloud.stop()
            #expect(eventually(within: .seconds(60)) { (try? device.run(["tedge", "status"]).status) == 1 })
            try device.ask(["systemctl", "start", "--no-block", "after-cloud"])
            let said = ["journalctl", "--unit=tedge-wait-online", "--output=cat", "--no-pager"]
            #expect(eventually(within: .seconds(60)) { (try? device.ask(said).contains("Check 2, after ")) == true })
            #expect(try device.activity(of: "tedge-wait-online.service") == "activating")
            #expect(try device.activity(of: "after-cloud.service") == "inactive")
            _ = try DeviceCloud(on: device)
            #expect(
                eventually(within: .seconds(120)) { (try? device.activity(of: "after-cloud.service")) == "active" })
            try expectOrder(device)
        }

        @Test("where nothing is connected, it fails at once and says so")
        func unconfigured() throws {
            let device = try gateway().device
            #expect(try device.run(["systemctl", "start", "tedge-online.target"]).status != 0)
            #expect(try property("ExecMainStatus", of: "tedge-wait-online.service", device) == "3")
            let said = try device.ask(["journalctl", "--unit=tedge-wait-online", "--output=cat", "--no-pager"])
            #expect(said.contains("status: not configured"))
        }
    }
}

import Foundation
import TestSupport
import Testing

extension SystemTests {
    /// What people have reported of services on real devices, to systemd, mosquitto, thin-edge.io and others.
    @Suite("reports of services") struct ServiceReportTests {
        /// A device that is ready to be connected, with more lines in the unit of a service.
        private func prepared(_ unit: String = "mosquitto", _ lines: String = "") throws -> PreparedDevice {
            let prepared = try PreparedDevice()
            try prepared.device.ask(["tedge", "init"])
            try prepared.device.ask(["systemctl", "start", "mosquitto"])
            if !lines.isEmpty { try add(lines, to: unit, prepared) }
            return prepared
        }

        private func add(_ lines: String, to unit: String, _ prepared: PreparedDevice) throws {
            try prepared.device.write(lines, to: "/etc/systemd/system/\(unit).service.d/more.conf")
            try prepared.device.ask(["systemctl", "daemon-reload"])
        }

        private func mainProcess(_ prepared: PreparedDevice) throws -> String {
            try prepared.device.ask(["systemctl", "show", "--property=MainPID", "mosquitto"])
        }

        @Test("systemd #13456: an enable that fails half way leaves nothing enabled")
        func halfEnabled() throws {
            let prepared = try prepared()
            let unit = "/etc/systemd/system/tedge-mapper-c8y.service"
            try prepared.device.ask(["sed", "-i", "$a Alias=tedge-x.service", unit])
            try prepared.device.ask([
                "ln", "-s", "/lib/systemd/system/dbus.service", "/etc/systemd/system/tedge-x.service",
            ])
            try prepared.device.ask(["systemctl", "daemon-reload"])
            let before = try prepared.services()
            let outcome = try prepared.tedge("connect", "c8y")
            #expect(outcome.status == 1 && outcome.stderr.contains("1: Failed to enable unit: "))
            #expect(try prepared.services() == before)
        }

        @Test("mosquitto #627: a drop-in with a second ExecStart costs nobody the mosquitto that runs")
        func brokenUnit() throws {
            let prepared = try prepared("mosquitto", "[Service]\nExecStart=/usr/sbin/mosquitto\n")
            let (files, process) = (try prepared.snapshot(), try mainProcess(prepared))
            let report = try prepared.report(["connect", "c8y"])
            #expect(report.reason == "mosquitto-unit-broken" && report.status == 1)
            #expect(try prepared.snapshot() == files && mainProcess(prepared) == process)
            #expect(try prepared.hasLocalMQTT())
            let doctor = try prepared.tedge("doctor", "c8y").stdout
            #expect(doctor.contains("warning  mosquitto-running: systemd cannot read the unit of mosquitto"))
            try prepared.device.remove("/etc/systemd/system/mosquitto.service.d")
            try prepared.device.ask(["systemctl", "daemon-reload"])
            try prepared.expectConnected()
        }

        @Test("mosquitto #310: a unit that systemd takes for started at once is waited for all the same")
        func simpleUnit() throws {
            let prepared = try prepared("mosquitto", "[Service]\nType=simple\n")
            #expect(try prepared.tedge("connect", "c8y") == Outcome(status: 0, try page("connect")))
            #expect(try prepared.tedge("doctor", "c8y").status == 0)
        }

        @Test("mosquitto #2878: an address that the device does not have is named when systemd has given up")
        func startLimit() throws {
            let prepared = try prepared()
            try prepared.device.ask(["tedge", "connect", "c8y"])
            try prepared.device.write("listener 1999 192.168.47.11\n", to: "/etc/mosquitto/conf.d/local.conf")
            for _ in 0..<6 { _ = try prepared.device.run(["systemctl", "restart", "mosquitto"]) }
            let doctor = try prepared.tedge("doctor", "c8y").stdout
            #expect(doctor.contains("Cannot assign requested address"))
            try prepared.device.remove("/etc/mosquitto/conf.d/local.conf")
            try prepared.device.ask(["tedge", "reconnect", "c8y"])
        }

        @Test("systemd #18134: a mosquitto that is an alias of another unit is connected as any other")
        func alias() throws {
            let prepared = try prepared()
            let script = """
                systemctl stop mosquitto; cd /lib/systemd/system
                sed 's/^\\[Install\\]/&\\nAlias=mosquitto.service/' mosquitto.service >/etc/systemd/system/tedge-broker.service
                rm mosquitto.service /etc/init.d/mosquitto
                systemctl daemon-reload; systemctl enable --now tedge-broker
                """
            try prepared.device.ask(["sh", "-c", script])
            defer { _ = try? prepared.device.run(["systemctl", "disable", "--now", "tedge-broker"]) }
            #expect(try prepared.tedge("connect", "c8y") == Outcome(status: 0, try page("connect")))
            #expect(try prepared.tedge("doctor", "c8y").status == 0)
            #expect(try prepared.tedge("disconnect", "c8y") == Outcome(status: 0, try page("disconnect")))
        }

        @Test("a condition that is not met makes a start succeed and do nothing, and is told")
        func condition() throws {
            let prepared = try prepared("tedge-mapper-c8y", "[Unit]\nConditionPathExists=/no/such/file\n")
            let report = try prepared.report(["connect", "c8y"])
            #expect(report.reason == "mapper-failed" && report.status == 4)
            #expect(report.hint == "Run 'systemctl status tedge-mapper-c8y' to see which condition it is.")
        }

        @Test("a mapper that never says that it is ready is waited for until a signal comes, and then stopped")
        func neverReady() throws {
            let prepared = try prepared("tedge-mapper-c8y", "[Service]\nType=notify\n")
            let (files, services) = (try prepared.snapshot(), try prepared.services())
            let words = [
                "timeout", "--preserve-status", "--signal=INT", "--kill-after=10", "3", "tedge", "connect", "c8y",
            ]
            let outcome = try prepared.device.run(words)
            #expect(outcome.status == 1 && outcome.stderr.contains("Interrupted by SIGINT\n"))
            #expect(try prepared.snapshot() == files && prepared.services() == services)
            #expect(try prepared.hasLocalMQTT())
        }

        @Test("ansible #42384: a mapper that is masked is no reason not to disconnect")
        func maskedMapper() throws {
            let prepared = try prepared()
            try prepared.device.ask(["tedge", "connect", "c8y"])
            let unit = "/etc/systemd/system/tedge-mapper-c8y.service"
            try prepared.device.ask(["sh", "-c", "ln -sf /dev/null \(unit) && systemctl daemon-reload"])
            let doctor = try prepared.tedge("doctor", "c8y").stdout
            #expect(doctor.contains("warning  mapper-running: The service tedge-mapper-c8y is masked: "))
            #expect(try prepared.tedge("disconnect", "c8y") == Outcome(status: 0, try page("disconnect")))
            #expect(try prepared.device.activity(of: "tedge-mapper-c8y") == "inactive")
        }

        @Test("meta-mentor #1095: where nothing can be enabled because of a read-only file system, that is told")
        func readOnly() throws {
            let prepared = try prepared()
            let script = "mount --bind /etc/systemd /etc/systemd && mount -o remount,bind,ro /etc/systemd"
            try prepared.device.ask(["sh", "-c", script])
            defer { _ = try? prepared.device.run(["umount", "/etc/systemd"]) }
            let (files, services) = (try prepared.snapshot(), try prepared.services())
            let outcome = try prepared.tedge("connect", "c8y")
            #expect(outcome.status == 1 && outcome.stderr.contains("    1: Failed to enable unit: "))
            #expect(outcome.stderr.contains("Hint: Make the file system that is named writable"))
            #expect(try prepared.snapshot() == files && prepared.services() == services)
        }

        @Test("thin-edge.io #639: a systemctl that reaches no systemd is told with its words, and nothing is changed")
        func noBus() throws {
            let prepared = try prepared()
            let before = try prepared.snapshot()
            let script = "#!/bin/sh\necho 'Failed to connect to bus: Connection refused' >&2\nexit 1\n"
            try prepared.device.write(script, to: "/usr/local/sbin/systemctl", mode: "755")
            defer { try? prepared.device.remove("/usr/local/sbin/systemctl") }
            let outcome = try prepared.tedge("connect", "c8y")
            #expect(outcome.status == 1 && outcome.stderr.contains("1: Failed to connect to bus: Connection refused\n"))
            #expect(try prepared.snapshot() == before)
            let doctor = try prepared.tedge("doctor", "c8y").stdout
            #expect(doctor.contains("error    service-manager: The service manager does not answer.\n"))
            #expect(doctor.contains("skipped  mosquitto-running: Failed to connect to bus: Connection refused\n"))
        }
    }
}

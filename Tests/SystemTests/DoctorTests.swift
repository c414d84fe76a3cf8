import Foundation
import Glibc
import TestSupport
import Testing

extension SystemTests {
    /// The doctor on a device whose service manager does not answer, or whose services are not what they seem.
    @Suite("doctor on a device") struct DoctorTests {
        /// A program before the real one on PATH that never ends, not even when it is asked to.
        private func hang(_ program: String, _ prepared: PreparedDevice) throws {
            let script = "#!/bin/sh\ntrap '' TERM INT HUP\nwhile :; do sleep 1; done\n"
            try prepared.device.write(script, to: "/usr/local/sbin/\(program)", mode: "755")
        }

        private func unhang(_ program: String, _ prepared: PreparedDevice) {
            try? prepared.device.remove("/usr/local/sbin/\(program)")
        }

        @Test(
            "where systemctl hangs, each check that needs it is skipped, all others are done, and it ends in its time")
        func silentSystemctl() throws {
            let prepared = try PreparedDevice()
            try prepared.device.ask(["tedge", "connect", "c8y"])
            try hang("systemctl", prepared)
            defer { unhang("systemctl", prepared) }
            let outcome = try prepared.device.run(["tedge", "doctor", "c8y"], timeout: .seconds(15))
            #expect(outcome.status == 1 && outcome.stderr == "")
            #expect(outcome.stdout.contains("error    service-manager: The service manager does not answer.\n"))
            for check in ["mosquitto-running", "mapper-running", "agent-running"] {
                #expect(outcome.stdout.contains("skipped  \(check): systemctl did not answer within 4 s\n"))
            }
            #expect(outcome.stdout.contains("ok       round-trip: "))
            #expect(outcome.stdout.hasSuffix(" ok, 1 error, 3 skipped\n"))
        }

        @Test("where the journal hangs, a mapper that fails is told without its words")
        func silentJournal() throws {
            let prepared = try PreparedDevice()
            try prepared.device.ask(["tedge", "connect", "c8y"])
            try prepared.device.ask(["systemctl", "stop", "tedge-mapper-c8y"])
            try hang("journalctl", prepared)
            defer { unhang("journalctl", prepared) }
            let outcome = try prepared.device.run(["tedge", "doctor", "c8y"], timeout: .seconds(15))
            #expect(outcome.stdout.contains("error    mapper-running: tedge-mapper-c8y does not run.\n         Hint: "))
            #expect(outcome.stdout.contains("ok       round-trip: "))
        }

        @Test(
            "a signal ends it at once, also while a program is deaf; what was done is shown",
            arguments: ["INT", "TERM"])
        func signal(_ name: String) throws {
            let prepared = try PreparedDevice()
            try hang("systemctl", prepared)
            defer { unhang("systemctl", prepared) }
            // Killed where it goes on for another second.
            let words = ["timeout", "--preserve-status", "--signal=\(name)", "--kill-after=1", "1", "tedge"]
            let outcome = try prepared.device.run(words + ["doctor", "c8y"])
            #expect(outcome.status == 1)
            #expect(outcome.stdout.contains("ok       settings: "))
            #expect(outcome.stdout.hasSuffix("; the others were not done\n"))
            #expect(!outcome.stdout.contains("service-manager: "))
            let frame = "Error: failed to examine the device\n\nCaused by:\n    Interrupted by SIG\(name)\n"
            #expect(outcome.stderr == frame)
            let json = try prepared.device.run(words + ["--json", "doctor", "c8y"])
            let object = try JSONSerialization.jsonObject(with: Data(json.stdout.utf8)) as? [String: Any]
            #expect(object?["reason"] as? String == "interrupted" && json.status == 1)
            #expect((object?["checks"] as? [Any])?.isEmpty == false)
            #expect(try prepared.device.run(["pgrep", "-f", "/usr/local/sbin/systemctl"]).stdout == "")
        }

        @Test("while the first process stands still, doctor and settings are there all the same")
        func frozenSystemd() throws {
            let prepared = try PreparedDevice()
            try prepared.device.ask(["tedge", "connect", "c8y"])
            kill(prepared.device.pid, SIGSTOP)
            defer { kill(prepared.device.pid, SIGCONT) }
            let outcome = try prepared.device.run(["tedge", "doctor", "c8y"], timeout: .seconds(15))
            #expect(outcome.stdout.contains("skipped  mapper-running: systemctl did not answer within 4 s\n"))
            #expect(outcome.stdout.contains("ok       broker-reads-key: "))
            #expect(outcome.stdout.contains("ok       round-trip: "))
            let upgrade = try prepared.device.run(["tedge", "config", "upgrade"], timeout: .seconds(15))
            #expect(upgrade.status == 0)
        }

        @Test("where systemctl hangs, connect and disconnect are ended by a signal and have changed nothing")
        func interruptedConnect() throws {
            let prepared = try PreparedDevice()
            try prepared.device.ask(["tedge", "init"])
            let before = try prepared.snapshot()
            try hang("systemctl", prepared)
            let words = ["timeout", "--preserve-status", "--signal=INT", "--kill-after=1", "1", "tedge"]
            let outcome = try prepared.device.run(words + ["connect", "c8y"])
            #expect(outcome.status == 1 && outcome.stderr.contains("Interrupted by SIGINT\n"))
            #expect(try prepared.snapshot() == before)
            unhang("systemctl", prepared)
            try prepared.device.ask(["tedge", "connect", "c8y"])
            let connected = try prepared.snapshot()
            try hang("systemctl", prepared)
            defer { unhang("systemctl", prepared) }
            let disconnect = try prepared.device.run(words + ["disconnect", "c8y"])
            #expect(disconnect.status == 1 && disconnect.stderr.contains("Interrupted by SIGINT\n"))
            #expect(try prepared.snapshot() == connected)
        }

        @Test("a mapper that is masked is refused before anything is touched, a masked agent is left out")
        func maskedServices() throws {
            let prepared = try PreparedDevice()
            try prepared.device.ask(["tedge", "init"])
            try prepared.device.ask(["systemctl", "start", "mosquitto"])
            for unit in ["tedge-mapper-c8y", "tedge-agent"] {
                let path = "/etc/systemd/system/\(unit).service"
                try prepared.device.ask(["sh", "-c", "mv \(path) \(path).real && ln -s /dev/null \(path)"])
            }
            try prepared.device.ask(["systemctl", "daemon-reload"])
            let (files, services) = (try prepared.snapshot(), try prepared.services())
            let begin = try prepared.device.ask(["systemctl", "show", "--property=MainPID", "mosquitto"])
            let report = try prepared.report(["connect", "c8y"])
            #expect(report.reason == "mapper-masked" && report.status == 1)
            #expect(report.hint == "Run 'sudo systemctl unmask tedge-mapper-c8y'.")
            #expect(try prepared.snapshot() == files && prepared.services() == services)
            #expect(try prepared.device.ask(["systemctl", "show", "--property=MainPID", "mosquitto"]) == begin)

            let path = "/etc/systemd/system/tedge-mapper-c8y.service"
            try prepared.device.ask(["sh", "-c", "mv \(path).real \(path) && systemctl daemon-reload"])
            let outcome = try prepared.tedge("connect", "c8y")
            #expect(outcome.stderr == "Warning: tedge-agent is masked, and so it is not started.\n")
            #expect(outcome.status == 0)
            #expect(try prepared.report(["doctor", "c8y"]).reason == "agent-masked")
        }

        @Test("a mapper that has lost its unit is told by connect and by the doctor")
        func missingUnit() throws {
            let prepared = try PreparedDevice()
            try prepared.device.ask(["tedge", "connect", "c8y"])
            try prepared.device.ask(["systemctl", "stop", "tedge-mapper-c8y"])
            try prepared.device.remove("/etc/systemd/system/tedge-mapper-c8y.service")
            try prepared.device.ask(["systemctl", "daemon-reload"])
            let report = try prepared.report(["doctor", "c8y"])
            #expect(report.reason == "mapper-without-service")
            #expect(report.message == "tedge-mapper is installed, but there is no service tedge-mapper-c8y.")
            try prepared.device.ask(["tedge", "disconnect", "c8y"])
            let outcome = try prepared.tedge("connect", "c8y")
            #expect(outcome.status == 1)
            #expect(outcome.stderr.contains("There is no service tedge-mapper"))
            #expect(!outcome.stderr.contains("Install tedge-mapper to use"))
        }

        @Test("where only the init script of mosquitto is there, connect and doctor say so, and it works")
        func initScript() throws {
            let prepared = try PreparedDevice()
            try prepared.device.remove("/lib/systemd/system/mosquitto.service")
            // Debian's script and mosquitto's configuration name the same file for the number of the process.
            let script = """
                #!/bin/sh
                ### BEGIN INIT INFO
                # Provides: mosquitto
                # Default-Start: 2 3 4 5
                ### END INIT INFO
                case "$1" in
                    start) install -d -o mosquitto /run/mosquitto; exec /usr/sbin/mosquitto -d -c /etc/mosquitto/mosquitto.conf ;;
                    stop) pkill -x mosquitto; while pgrep -x mosquitto; do sleep 0.05; done ;;
                esac
                """
            try prepared.device.write(script, to: "/etc/init.d/mosquitto", mode: "755")
            try prepared.device.ask(["systemctl", "daemon-reload"])
            // systemd 260 and later make no unit of such a script.
            guard try prepared.device.run(["systemctl", "cat", "mosquitto"]).status == 0 else {
                #expect(try prepared.tedge("connect", "c8y").stderr.contains("Service mosquitto not found."))
                return
            }
            let outcome = try prepared.tedge("connect", "c8y")
            #expect(outcome.stderr.contains("Warning: mosquitto has no unit of systemd: it is started by /etc/init.d/"))
            #expect(outcome.status == 0)
            let doctor = try prepared.tedge("doctor", "c8y")
            #expect(
                doctor.stdout.contains(
                    "warning  mosquitto-running: mosquitto has no unit of systemd: it is started by "))
            #expect(doctor.status == 0)
        }

        @Test("a mosquitto that is a snap is named by connect and doctor, and nothing is touched")
        func snap() throws {
            let prepared = try PreparedDevice()
            try prepared.device.ask(["tedge", "init"])
            try prepared.device.ask(["rm", "/lib/systemd/system/mosquitto.service", "/etc/init.d/mosquitto"])
            let unit = "/etc/systemd/system/snap.mosquitto.mosquitto.service"
            try prepared.device.write("[Service]\nExecStart=/usr/bin/sleep infinity\n", to: unit)
            defer { try? prepared.device.remove(unit) }
            try prepared.device.ask(["systemctl", "daemon-reload"])
            let before = try prepared.snapshot()
            let report = try prepared.report(["connect", "c8y"])
            #expect(report.reason == "mosquitto-is-snap" && report.status == 1)
            #expect(try prepared.snapshot() == before)
            #expect(
                try prepared.tedge("doctor", "c8y").stdout.contains("(snap.mosquitto.mosquitto.service), which cannot"))
        }

        @Test("after connect and disconnect systemd knows what is enabled, and calls nothing changed on disk")
        func reloaded() throws {
            let prepared = try PreparedDevice()
            for (words, state) in [("connect", "enabled"), ("disconnect", "disabled"), ("connect", "enabled")] {
                try prepared.device.ask(["tedge", words, "c8y"])
                let shown = try prepared.device.ask([
                    "systemctl", "show", "--property=UnitFileState,NeedDaemonReload", "tedge-mapper-c8y",
                ])
                #expect(Set(shown.split(separator: "\n")) == ["UnitFileState=\(state)", "NeedDaemonReload=no"])
                try prepared.device.ask(["systemctl", "reset-failed", "mosquitto"])
                #expect(try prepared.device.run(["systemctl", "restart", "mosquitto"]).stderr == "")
            }
        }

        @Test("a mosquitto that does not come back is not left enabled by the connect that failed")
        func failedUndo() throws {
            let prepared = try PreparedDevice()
            try prepared.device.ask(["tedge", "init"])
            // The mapper cannot be started, and when it failed mosquitto cannot either.
            try prepared.device.write(
                "[Service]\nExecStart=\nType=oneshot\nExecStart=/bin/sh -c 'mv /usr/sbin/mosquitto /usr/sbin/away; exit 1'\n",
                to: "/run/systemd/system/tedge-mapper-c8y.service.d/broken.conf")
            defer {
                _ = try? prepared.device.run(["mv", "/usr/sbin/away", "/usr/sbin/mosquitto"])
                try? prepared.device.remove("/run/systemd/system/tedge-mapper-c8y.service.d")
            }
            try prepared.device.ask(["systemctl", "daemon-reload"])
            try prepared.device.ask(["systemctl", "start", "mosquitto"])
            let outcome = try prepared.tedge("connect", "c8y")
            #expect(outcome.status == 1)
            #expect(outcome.stderr.contains("Could not restore services"))
            #expect(try prepared.device.enablement(of: "mosquitto") == "disabled")
            #expect(try prepared.device.enablement(of: "tedge-mapper-c8y") == "disabled")
        }
    }
}

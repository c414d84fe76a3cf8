import Glibc
import TestSupport
import Testing

extension SystemTests {
    /// Pipes that a user below root puts where root's commands look, and a first process that stands still.
    @Suite("what is no file, and who does not answer") struct NoFileTests {
        /// Puts a FIFO in place of a file, as a user, and holds it open, so that to read it never ends.
        private func pipe(_ path: String, _ user: String, _ prepared: PreparedDevice) throws {
            let words = "rm -f \(path) && runuser -u \(user) -- mkfifo -m 666 \(path)"
            try prepared.device.ask(["sh", "-c", "\(words) && (sleep 1000 <> \(path) >/dev/null 2>&1 &)"])
        }

        @Test("root's doctor does not wait for mosquitto's log that user mosquitto has replaced")
        func log() throws {
            let prepared = try PreparedDevice()
            try prepared.device.ask(["tedge", "connect", "c8y"])
            try prepared.device.ask(["systemctl", "stop", "mosquitto"])
            try pipe("/var/log/mosquitto/mosquitto.log", "mosquitto", prepared)
            let outcome = try prepared.device.run(["tedge", "doctor", "c8y"], timeout: .seconds(15))
            #expect(outcome.status == 1 && outcome.stdout.contains("error    mosquitto-running: "), "\(outcome)")
            try prepared.device.ask(["sh", "-c", "rm /var/log/mosquitto/mosquitto.log"])
            try prepared.device.ask(["systemctl", "start", "mosquitto"])
            try prepared.device.ask(["tedge", "connect", "c8y", "--test"])
        }

        @Test("a FIFO among the files that mosquitto includes is told, and neither connect nor doctor waits for it")
        func included() throws {
            let prepared = try PreparedDevice()
            try prepared.device.ask(["tedge", "init"])
            try pipe("/etc/mosquitto/conf.d/x.conf", "root", prepared)
            let before = try prepared.snapshot()
            for words in [["connect", "c8y"], ["connect", "c8y", "--offline"]] {
                let outcome = try prepared.device.run(["tedge"] + words, timeout: .seconds(15))
                #expect(outcome.status == 1, "\(outcome)")
                #expect(outcome.stderr.contains("/etc/mosquitto/conf.d/x.conf"), "\(outcome)")
                #expect(outcome.stderr.contains("it is a FIFO, not a file\n"), "\(outcome)")
            }
            #expect(try prepared.snapshot() == before)
            let doctor = try prepared.device.run(["tedge", "doctor", "c8y"], timeout: .seconds(15))
            #expect(doctor.status == 1, "\(doctor)")
        }

        @Test("a main file of mosquitto of two megabytes is read as any other")
        func largeMain() throws {
            let prepared = try PreparedDevice()
            let filler = "yes '# 34567890123456789012345678901' | head -c 2097152 >>/etc/mosquitto/mosquitto.conf"
            try prepared.device.ask(["sh", "-c", filler])
            try prepared.device.ask(["tedge", "connect", "c8y"])
            let includes = try prepared.device.run([
                "grep", "-c", "^include_dir /etc/tedge", "/etc/mosquitto/mosquitto.conf",
            ])
            #expect(includes.stdout == "0\n")
            #expect(try prepared.device.names(in: "/etc/mosquitto/conf.d").contains("tedge-c8y-bridge.conf"))
            let doctor = try prepared.device.run([
                "tedge", "doctor", "c8y", "--only", "include-line", "--only", "mosquitto-configuration",
            ])
            #expect(doctor.status == 0, "\(doctor)")
            try prepared.device.ask(["tedge", "reconnect", "c8y"])
        }

        @Test("while the first process stands still, each command ends within a second of a signal")
        func frozen() throws {
            let prepared = try PreparedDevice()
            try prepared.device.ask(["tedge", "connect", "c8y"])
            kill(prepared.device.pid, SIGSTOP)
            defer { kill(prepared.device.pid, SIGCONT) }
            // Killed, with status 137, where it goes on for another second.
            let words = ["timeout", "--preserve-status", "--signal=INT", "--kill-after=1", "1", "tedge"]
            for command in [
                ["doctor", "c8y"], ["disconnect", "c8y"], ["reconnect", "c8y"], ["refresh-bridges"], ["init"],
                ["cert", "renew", "--ca", "self-signed"], ["connect", "c8y", "--test"],
            ] {
                let outcome = try prepared.device.run(words + command, timeout: .seconds(20))
                #expect(outcome.status != 137 && outcome.status != 124, "\(command) \(outcome)")
            }
            kill(prepared.device.pid, SIGCONT)
            #expect(try prepared.hasLocalMQTT())
        }
    }
}

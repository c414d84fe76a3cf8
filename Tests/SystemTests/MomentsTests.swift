import TestSupport
import Testing

extension SystemTests {
    /// Moments at which something ends, or several commands meet.
    @Suite("moments") struct MomentsTests {
        private static let dropIn = "/etc/systemd/system/mosquitto.service.d/ends.conf"

        @Test("mosquitto that is killed during the check runs again when connect has ended")
        func killedDuringCheck() throws {
            let prepared = try PreparedDevice()
            try prepared.cloud.misbehave("silent")
            try prepared.device.write("[Service]\nRestart=no\n", to: Self.dropIn)
            try prepared.device.ask(["systemctl", "daemon-reload"])
            let script = """
                tedge connect c8y >/tmp/out 2>/tmp/errors &
                until grep -q 'Sending packets' /tmp/out; do sleep 0.05; done
                systemctl kill --signal=KILL mosquitto
                wait $!
                status=$?
                cat /tmp/errors
                exit $status
                """
            let outcome = try prepared.device.run(["sh", "-c", script])
            #expect(outcome.status == 4)
            #expect(outcome.stdout.hasPrefix("mosquitto has ended. Starting it again.\nCause: mosquitto ended after"))
            #expect(try prepared.device.activity(of: "mosquitto") == "active")
            #expect(try prepared.hasLocalMQTT())
            #expect(try prepared.device.exists(PreparedDevice.bridge))
        }

        @Test(
            "a bridge with which mosquitto always ends is removed, and mosquitto runs",
            arguments: ["no", "on-failure"])
        func endsWithBridge(restart: String) throws {
            let prepared = try PreparedDevice()
            try prepared.cloud.misbehave("silent")
            try prepared.device.ask(["systemctl", "start", "mosquitto"])
            let program = """
                #!/bin/sh
                if [ -e \(PreparedDevice.bridge) ]; then (sleep 1.2; kill -9 $$) & fi
                exec /usr/sbin/mosquitto "$@"

                """
            try prepared.device.write(program, to: "/usr/local/bin/frail-mosquitto", mode: "755")
            try prepared.device.write(
                "[Service]\nRestart=\(restart)\nExecStart=\n"
                    + "ExecStart=/usr/local/bin/frail-mosquitto -c /etc/mosquitto/mosquitto.conf\n", to: Self.dropIn)
            try prepared.device.ask(["systemctl", "daemon-reload"])
            let outcome = try prepared.tedge("connect", "c8y")
            #expect(outcome.status == 1)
            #expect(outcome.stderr.contains("The bridge was removed, and mosquitto runs."))
            #expect(try !prepared.device.exists(PreparedDevice.bridge))
            #expect(try prepared.hasLocalMQTT())
            #expect(try prepared.services()[1] == "tedge-mapper-c8y: inactive disabled")
        }

        @Test("six inits of six configuration directories at the same time all get their line")
        func parallelInits() throws {
            let device = try Device.fresh()
            let main = "/etc/mosquitto/mosquitto.conf"
            let script = """
                for n in 1 2 3 4 5 6; do tedge --config-dir /etc/six/$n init --mosquitto-conf \(main) & done
                wait
                grep -c '^include_dir /etc/six/' \(main)
                ls -A /etc/mosquitto | grep lock
                rm -rf /etc/six
                cp /var/lib/pristine/mosquitto/mosquitto.conf \(main)
                """
            for _ in 1...10 {
                #expect(try device.run(["sh", "-c", script]).stdout == "6\n")
            }
        }

        @Test("another configuration directory does not count as the usual one, even if neither exists yet")
        func neitherExists() throws {
            let device = try Device.fresh()
            try device.ask(["rm", "-rf", "/etc/tedge", "/var/log/tedge", "/var/tedge"])
            let look =
                "find /etc/mosquitto -type f -exec sha256sum {} +; find /etc/mosquitto /var/log/tedge /var/tedge 2>/dev/null"
            let before = try device.run(["sh", "-c", look]).stdout
            try device.ask(["tedge", "--config-dir", "/etc/other", "init"])
            #expect(try device.run(["sh", "-c", look]).stdout == before)
            try device.remove("/etc/other")
        }

        @Test("the lock of a killed command is nobody's: the doctor tells what is unfinished, and init removes it")
        func leftLock() throws {
            let prepared = try PreparedDevice()
            let kill = [
                "strace", "-qq", "-e", "trace=linkat", "-e", "inject=linkat:signal=SIGKILL:when=1", "-o", "/tmp/trace",
            ]
            _ = try prepared.device.run(kill + ["tedge", "config", "set", "device.type", "x"])
            try prepared.device.ask(["test", "-e", "/etc/tedge/.tedge.lock"])
            try prepared.device.ask(["tedge", "init"])
            #expect(try !prepared.device.names(in: "/etc/tedge").contains(".tedge.lock"))
            #expect(try !prepared.device.names(in: "/etc/mosquitto").contains { $0.hasSuffix(".lock") })
            try prepared.device.ask(["touch", "/etc/tedge/.tedge.lock"])
            try prepared.device.write("", to: "\(PreparedDevice.bridge).unfinished")
            let doctor = try prepared.device.run(["tedge", "doctor", "c8y", "--only", "bridge-file"])
            #expect(doctor.stdout.contains("was ended before it was complete"))
        }
    }
}

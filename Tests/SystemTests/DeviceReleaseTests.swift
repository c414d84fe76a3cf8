import TestSupport
import Testing

extension SystemTests {
    /// What newer releases of mosquitto or systemd do in another way, and must not matter.
    @Suite("differences between releases") struct DeviceReleaseTests {
        /// mosquitto 2.1 takes no packet above 2 MB unless it is told to, and a bridge that has met one never comes back.
        @Test("a message of three megabytes arrives from the cloud, and the bridge stays up")
        func largeMessage() throws {
            let prepared = try PreparedDevice()
            try prepared.device.ask(["tedge", "connect", "c8y"])
            let listen = """
                mosquitto_sub -t c8y/s/ds -C 1 -W 30 -N >/tmp/arrived 2>&1 &
                until grep -q ' c8y/s/ds$' /var/log/mosquitto/mosquitto.log; do sleep 0.05; done
                """
            try prepared.device.ask(["sh", "-c", listen])
            let send = """
                port=$(sed -n 's/^listener \\([0-9]*\\) 127.0.0.1$/\\1/p' "$0/broker.conf")
                head -c 3000000 /dev/zero | tr '\\0' x | mosquitto_pub -h 127.0.0.1 -p "$port" -t s/ds -s -q 1
                """
            let outcome = try prepared.device.runInCloud(["sh", "-c", send, prepared.device.cloudDirectory])
            #expect(outcome == Outcome(status: 0, stdout: "", stderr: ""))
            let isComplete = { try prepared.device.ask(["stat", "-c", "%s", "/tmp/arrived"]) == "3000000\n" }
            #expect(eventually { (try? isComplete()) == true })
            #expect(try prepared.tedge("connect", "c8y", "--test", "--timeout", "5").status == 0)
        }
    }
}

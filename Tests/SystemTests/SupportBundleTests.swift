import Foundation
import TestSupport
import Testing

extension SystemTests {
    /// `tedge diag collect` with the real systemd, its journal, mosquitto and its log.
    @Suite("support bundle") struct SupportBundleTests {
        @Test(
            "root gets the logs of each start; another user is told what is missing; a full disk leaves nothing behind")
        func callers() throws {
            let prepared = try PreparedDevice()
            let device = prepared.device
            try device.ask(["tedge", "connect", "c8y"])
            try device.ask(["systemctl", "restart", "mosquitto"])
            try device.ask(["tedge", "connect", "c8y", "--test", "--wait", "60s"])
            let root = try device.run([
                "tedge", "diag", "collect", "--output-dir", "/root", "--name", "b", "--keep-dir",
            ])
            #expect(root.status == 0, "\(root)")
            #expect(root.stdout == "/root/b.tar.gz\n")
            #expect(try device.ask(["stat", "-c", "%a %U", "/root/b.tar.gz"]) == "600 root\n")
            for (name, words) in [
                ("logs/mosquitto.journal.log", ["== start 2 of ", "Started mosquitto.service"]),
                ("logs/mosquitto.log", ["== start 2 of ", " running\n"]),
                ("logs/tedge-mapper-c8y.journal.log", ["Started tedge-mapper-c8y.service"]),
                ("services.txt", ["Id=mosquitto.service", "NRestarts=0", "ExecStart=/usr/sbin/mosquitto"]),
                ("mosquitto/etc/mosquitto/conf.d/tedge-c8y-bridge.conf", ["connection edge_to_c8y"]),
                ("certificates/device.pem", ["Subject:       CN=gateway-1", "-----BEGIN CERTIFICATE-----"]),
                ("doctor.json", [#""reason":null"#, #""id":"round-trip","cloud":"c8y","state":"ok""#]),
                ("status.json", [#""up":true"#]), ("summary.log", ["Not read:\n  (nothing)\n"]),
            ] {
                let text = try device.text("/root/b/\(name)")
                for word in words { #expect(text.contains(word), "\(name): \(word)\n\(text)") }
            }
            let other = try device.run(
                ["tedge", "diag", "collect", "--output-dir", "/tmp", "--name", "o"], user: "operator")
            #expect(other.status == 0, "\(other)")
            for word in [
                "the journal: only root", "/var/log/mosquitto/mosquitto.log: Permission denied",
                "Hint: Run 'sudo tedge",
            ] {
                #expect(other.stderr.contains(word), "\(word)\n\(other)")
            }
            try device.ask(["sh", "-c", "mkdir /mnt/small && mount -t tmpfs -o size=96k none /mnt/small"])
            let full = try device.run(["tedge", "diag", "collect", "--output-dir", "/mnt/small", "--json"])
            #expect(full.status == 1 && full.stdout.contains(#""reason":"disk-full""#), "\(full)")
            #expect(try device.names(in: "/mnt/small") == [])
            try device.ask(["umount", "/mnt/small"])
        }
    }
}

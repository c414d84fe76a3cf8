import TestSupport
import Testing

extension SystemTests {
    /// Places that cannot be written, and commands in quick succession.
    @Suite("robustness") struct RobustnessTests {
        /// Something that is in the way of writing, for one command only.
        struct Obstacle: CustomStringConvertible, Sendable {
            let description: String
            /// Puts it there, in a namespace of mounts that ends with the command.
            let setUp: String
            /// What the error must hold.
            let reason: String
            /// What its hint must hold.
            var hint = ""
            /// Whether it is in the way of the certificate as well.
            var isForCertificates = true
            /// What the command runs under.
            var command = "env"

            static let all = [
                Obstacle(
                    description: "a full disk",
                    setUp: """
                        cp -a /etc/tedge /tmp/tedge.copy
                        mount -t tmpfs -o size=192k,mode=755 none /etc/tedge
                        cp -a /tmp/tedge.copy/. /etc/tedge/
                        cat /dev/zero >/etc/tedge/filler 2>/dev/null
                        """, reason: "No space left on device (os error 28)"),
                Obstacle(
                    description: "no inode that is free",
                    setUp: """
                        cp -a /etc/tedge /tmp/tedge.copy
                        mount -t tmpfs -o nr_inodes=$(( $(find /tmp/tedge.copy | wc -l) + 1 )),mode=755 none /etc/tedge
                        cp -a /tmp/tedge.copy/. /etc/tedge/
                        while mkdir /etc/tedge/filler.$(( n += 1 )) 2>/dev/null; do :; done
                        """, reason: "No space left on device (os error 28)"),
                Obstacle(
                    description: "a read-only root",
                    setUp: "mount --bind /etc/tedge /etc/tedge; mount -o remount,bind,ro /etc/tedge",
                    reason: "Read-only file system (os error 30)"),
                Obstacle(
                    description: "a file that is a mount of its own",
                    setUp: """
                        touch /etc/tedge/mosquitto-conf/tedge-mosquitto.conf
                        for file in tedge.toml mosquitto-conf/tedge-mosquitto.conf; do
                            mount --bind /etc/tedge/$file /etc/tedge/$file
                        done
                        """, reason: "Device or resource busy (os error 16)", hint: "mount its directory instead",
                    isForCertificates: false),
                Obstacle(
                    description: "too many open files", setUp: "", reason: "Too many open files (os error 24)",
                    command: "prlimit --nofile=4"),
            ]
        }

        /// Runs a command behind an obstacle, and tells what is different from before.
        private func run(
            _ obstacle: Obstacle, _ prepared: PreparedDevice, _ words: [String]
        ) throws -> (outcome: Outcome, changes: String) {
            let script = """
                look() {
                    find /etc/tedge ! -name 'filler*' ! -name '*.rejected' ! -type d -printf '%p %m %u %l\\n' | sort
                    find /etc/tedge -type f ! -name 'filler*' ! -name '*.rejected' | sort | xargs sha256sum
                }
                \(obstacle.setUp)
                look >/tmp/before
                \(obstacle.command) "$@"
                status=$?
                look >/tmp/after
                diff /tmp/before /tmp/after >/tmp/changes
                rm -rf /tmp/tedge.copy
                exit $status
                """
            let outcome = try prepared.device.run(["unshare", "--mount", "sh", "-c", script, "sh"] + words)
            return (outcome, try prepared.device.text("/tmp/changes"))
        }

        private func expectRefusal(_ obstacle: Obstacle, _ prepared: PreparedDevice, _ words: [String]) throws {
            let (outcome, changes) = try run(obstacle, prepared, words)
            #expect(outcome.status == 1, "\(words)")
            #expect(outcome.stderr.contains(obstacle.reason), "\(words)")
            #expect(obstacle.hint == "" || outcome.stderr.contains(obstacle.hint), "\(words): \(outcome.stderr)")
            #expect(outcome.stderr.contains(" /etc/"), "\(words)")
            #expect(changes == "", "\(words)")
        }

        @Test(
            "where nothing can be written each command says which file and why, and changes nothing",
            arguments: Obstacle.all)
        func obstacles(obstacle: Obstacle) throws {
            let prepared = try PreparedDevice()
            try prepared.device.ask(["tedge", "init"])
            try expectRefusal(obstacle, prepared, ["tedge", "config", "set", "c8y.url", "other.example.com"])
            try expectRefusal(obstacle, prepared, ["tedge", "connect", "c8y"])
            if obstacle.isForCertificates {
                try prepared.device.ask([
                    "tedge", "config", "set", "device.cert_path", "/etc/tedge/device-certs/new.pem",
                ])
                try prepared.device.ask([
                    "tedge", "config", "set", "device.key_path", "/etc/tedge/device-certs/new.key",
                ])
                try expectRefusal(obstacle, prepared, ["tedge", "cert", "create", "--device-id", "gateway-2"])
            }
            let (read, _) = try run(obstacle, prepared, ["tedge", "config", "get", "c8y.url"])
            #expect(read == Outcome(status: 0, stdout: "example.cumulocity.com\n", stderr: ""))
            #expect(try run(obstacle, prepared, ["tedge", "config", "list"]).0.status == 0)
        }

        @Test("ten quick rounds, past systemd's start limit, leave the device connected and local MQTT alive")
        func rounds() throws {
            let prepared = try PreparedDevice()
            for round in 1...10 {
                #expect(
                    try prepared.tedge("connect", "c8y") == Outcome(status: 0, try page("connect")), "round \(round)")
                #expect(try prepared.hasLocalMQTT(), "round \(round)")
                guard round < 10 else { break }
                #expect(
                    try prepared.tedge("disconnect", "c8y") == Outcome(status: 0, try page("disconnect")),
                    "round \(round)")
                #expect(try prepared.hasLocalMQTT(), "round \(round)")
            }
            #expect(try prepared.tedge("connect", "c8y", "--test").status == 0)
        }
    }
}

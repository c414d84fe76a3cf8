import TestSupport
import Testing

extension SystemTests {
    @Suite("commands and files of the device") struct DeviceRunTests {
        let device: Device

        init() throws { device = try Device(tedge: "/bin/true") }

        @Test("exit status and both streams come back, and standard input goes in")
        func streams() throws {
            let outcome = try device.run(["sh", "-c", "cat; echo oops >&2; exit 7"], input: "hello\n")
            #expect(outcome == Outcome(status: 7, stdout: "hello\n", stderr: "oops\n"))
            #expect(try device.run(["sh", "-c", "kill -TERM $$"]).status == 128 + 15)
            #expect(try device.run(["no-such-program"]).status == 127)
        }

        @Test("twenty megabytes on both streams do not block")
        func muchOutput() throws {
            let outcome = try device.run(["sh", "-c", "head -c 20000000 /dev/zero | tee /dev/stderr"])
            #expect(outcome.stdout.utf8.count == 20_000_000)
            #expect(outcome.stderr.utf8.count == 20_000_000)
        }

        @Test("a command that takes too long is ended, inside the device too")
        func tooLong() throws {
            let words = ["sh", "-c", "echo begun; exec sleep 4321"]
            let error = #expect(throws: ChildProcess.TimedOut.self) {
                try device.run(words, timeout: .milliseconds(300))
            }
            #expect(error?.output == "begun\n")
            let look = "for i in 1 2 3 4 5; do pgrep -x sleep -a | grep 4321 || exit 0; sleep 0.1; done; exit 1"
            #expect(try device.run(["sh", "-c", look]).status == 0)
        }

        @Test("the environment is clean, whatever the tests run in")
        func environment() throws {
            let names = try device.ask(["env"]).split(separator: "\n").map { $0.prefix { $0 != "=" } }
            #expect(Set(names) == ["PATH", "HOME", "USER", "LOGNAME", "LANG", "TERM"])
        }

        @Test("operator has no privileges: cannot write to /etc nor restart a service")
        func operatorUser() throws {
            let account = try device.run(["sh", "-c", "id -un; echo $HOME; pwd"], user: "operator")
            #expect(account.stdout == "operator\n/home/operator\n/\n")
            #expect(try device.run(["touch", "/etc/x"], user: "operator").stderr.contains("Permission denied"))
            #expect(try device.run(["systemctl", "restart", "mosquitto"], user: "operator").status != 0)
            let stranger = try device.run(["true"], user: "stranger")
            #expect(stranger == Outcome(status: 125, stdout: "", stderr: "device: the device has no user stranger\n"))
        }

        @Test("a file is written with the mode and owner asked for and read back")
        func files() throws {
            let path = "/etc/tedge/device-certs/key.pem"
            #expect(try device.exists(path) == false)
            try device.write("secret\n", to: path, mode: "400", owner: "mosquitto:tedge")
            #expect(try device.text(path) == "secret\n")
            #expect(try device.mode(path) == "400")
            #expect(try device.owner(path) == "mosquitto:tedge")
            #expect(try device.names(in: "/etc/tedge") == ["device-certs"])
            try device.ask(["ln", "-s", "/etc/hostname", "/etc/tedge/name"])
            #expect(try device.text("/etc/tedge/name") == "gateway\n")
            try device.remove("/etc/tedge")
            #expect(throws: DeviceError.self) { try device.text(path) }
        }

        @Test("reset takes away what a test did: settings, units, services, the start limit, a cut cable")
        func reset() throws {
            try device.write("[c8y]\n", to: "/etc/tedge/tedge.toml")
            try device.write("max_queued_messages 7\n", to: "/etc/mosquitto/conf.d/more.conf")
            try device.write("127.0.0.1 localhost example.cumulocity.com\n", to: "/etc/hosts")
            try device.ask(["systemctl", "enable", "--now", "mosquitto", "tedge-mapper-c8y", "tedge-agent"])
            try device.ask(["mosquitto_pub", "-r", "-t", "greeting", "-m", "hello"])
            for _ in 0..<6 { _ = try device.run(["systemctl", "restart", "mosquitto"]) }
            #expect(try device.activity(of: "mosquitto") == "failed")
            try device.remove("/lib/systemd/system/mosquitto.service")
            try device.remove("/etc/init.d/mosquitto")
            try device.ask(["systemctl", "daemon-reload"])
            try device.ask(["ip", "link", "set", "eth0", "down"])

            try device.reset(mapper: .old, agent: false)

            #expect(try device.exists("/etc/tedge") == false)
            #expect(try device.names(in: "/etc/mosquitto/conf.d").contains("more.conf") == false)
            #expect(try device.text("/etc/hosts").contains("10.99.0.2 example.cumulocity.com"))
            #expect(try device.activity(of: "mosquitto") == "inactive")
            #expect(try device.enablement(of: "mosquitto") == "disabled")
            #expect(try device.activity(of: "tedge-mapper-c8y") == "inactive")
            #expect(try device.enablement(of: "tedge-mapper-c8y") == "")
            #expect(try device.enablement(of: "tedge-agent") == "")
            #expect(try device.enablement(of: "tedge-mapper") == "disabled")
            #expect(try device.ask(["ip", "-brief", "address", "show", "eth0"]).contains("10.99.0.1/24"))
            try device.ask(["systemctl", "start", "mosquitto", "tedge-mapper"])
            #expect(try device.run(["mosquitto_sub", "-W", "1", "-t", "greeting"]).stdout == "")
        }

        @Test("without the mapper there is neither a program nor a unit of it, and the user tedge can be left out")
        func bare() throws {
            let bare = try Device(tedge: "/bin/true", mapper: .none, agent: false, tedgeUser: false)
            #expect(try bare.run(["sh", "-c", "ls /usr/bin | grep '^tedge'"]).stdout == "tedge\n")
            #expect(try bare.run(["sh", "-c", "systemctl list-unit-files 'tedge*' --no-legend"]).stdout == "")
            #expect(try bare.run(["id", "tedge"]).status != 0)
            #expect(try device.run(["id", "tedge"]).status == 0)
        }

        @Test("a directory of the host is seen read-only as /cloud when asked for")
        func cloudDirectory() throws {
            let device = try Device(tedge: "/bin/true", cloudDirectory: Device.tool + "/../Device")
            #expect(try device.names(in: "/cloud").contains("boot"))
            #expect(try device.run(["touch", "/cloud/x"]).stderr.contains("Read-only file system"))
        }
    }
}

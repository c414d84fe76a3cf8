import Glibc
import Testing

/// Any program will do where only the device itself is tested.
private let anyProgram = "/bin/true"

extension SystemTests {
    @Suite("the device itself") struct DeviceTests {
        @Test("boots into a running systemd of its own, as the host called gateway")
        func boots() throws {
            let device = try Device(tedge: anyProgram)
            #expect(try device.ask(["systemctl", "is-system-running"]).trimmed == "running")
            #expect(try device.ask(["cat", "/proc/1/comm"]).trimmed == "systemd")
            #expect(try device.ask(["uname", "-n"]).trimmed == "gateway")
            #expect(try device.mode("/usr/bin/tedge") == "755")
        }

        @Test("mosquitto is installed, stopped and disabled, and obeys systemctl")
        func mosquittoUnit() throws {
            let device = try Device(tedge: anyProgram)
            #expect(try device.activity(of: "mosquitto") == "inactive")
            #expect(try device.enablement(of: "mosquitto") == "disabled")
            try device.ask(["systemctl", "enable", "--now", "mosquitto"])
            #expect(try device.activity(of: "mosquitto") == "active")
            #expect(try device.enablement(of: "mosquitto") == "enabled")
            try device.ask(["systemctl", "stop", "mosquitto"])
            #expect(try device.activity(of: "mosquitto") == "inactive")
        }

        @Test("mosquitto answers inside on port 1883 while nothing changes on the host's")
        func ownNetwork() throws {
            let device = try Device(tedge: anyProgram)
            let before = try hostListeners(port: 1883)
            try device.ask(["systemctl", "start", "mosquitto"])
            try device.ask(["mosquitto_pub", "-r", "-q", "1", "-t", "greeting", "-m", "hello"])
            #expect(try device.ask(["mosquitto_sub", "-W", "5", "-C", "1", "-t", "greeting"]) == "hello\n")
            #expect(try hostListeners(port: 1883) == before)
        }

        @Test("the cloud is reached from the device by name and from the host not at all")
        func cloudNetwork() throws {
            let device = try Device(tedge: anyProgram)
            let broker = "printf 'listener 8080\\nallow_anonymous true\\n' >$0 && mosquitto -d -c $0"
            _ = try device.runInCloud(["sh", "-c", "\(broker) >/dev/null 2>&1", "\(device.state)/cloud.conf"])
            device.atTeardown { [state = device.state] in unlink("\(state)/cloud.conf") }
            let untilItWorks = #"for i in 1 2 3 4 5; do "$0" "$@" && exit; sleep 0.2; done; exit 1"#
            let hello = ["-p", "8080", "-t", "greeting", "-m", "hello"]
            for name in ["example.cumulocity.com", "other.cumulocity.com"] {
                try device.ask(["sh", "-c", untilItWorks, "mosquitto_pub", "-h", name] + hello)
            }
            #expect(try runChild(["timeout", "1", "mosquitto_pub", "-h", "10.99.0.2"] + hello).status != 0)
            let elsewhere = ["bash", "-c", "exec 3<>/dev/tcp/192.0.2.1/8080"]
            #expect(try device.run(elsewhere).stderr.contains("Network is unreachable"))
        }

        @Test("two devices live side by side, each with its own files, services and mosquitto")
        func sideBySide() throws {
            let one = try Device(tedge: anyProgram)
            let two = try Device(tedge: anyProgram, mapper: .old, agent: false)
            try one.ask(["systemctl", "start", "mosquitto"])
            try two.write("device.id = 2\n", to: "/etc/tedge/tedge.toml")
            #expect(try one.activity(of: "mosquitto") == "active")
            #expect(try two.activity(of: "mosquitto") == "inactive")
            #expect(try one.exists("/etc/tedge/tedge.toml") == false)
            #expect(try one.enablement(of: "tedge-mapper-c8y") == "disabled")
            #expect(try one.enablement(of: "tedge-agent") == "disabled")
            #expect(try two.enablement(of: "tedge-mapper") == "disabled")
            #expect(try two.enablement(of: "tedge-mapper-c8y") == "")
            #expect(try two.enablement(of: "tedge-agent") == "")
        }

        @Test("down leaves no process, mount, namespace, control group, network link or file")
        func downLeavesNothing() throws {
            let links = try hostLinks()
            let mounts = try hostMounts()
            let device = try Device(tedge: anyProgram)
            try device.ask(["systemctl", "start", "mosquitto"])
            _ = try device.runInCloud(["sh", "-c", "setsid sleep 600 >/dev/null 2>&1 &"])
            let namespaces = try namespaces(of: device.pid)
            #expect(namespaces.isDisjoint(with: try self.namespaces(of: getpid())))
            #expect(try leftovers(of: device).count > 4)
            #expect(try hostMounts() == mounts)
            device.down()
            #expect(try leftovers(of: device) == [])
            #expect(try allNamespaces().isDisjoint(with: namespaces))
            #expect(try hostLinks() == links)
            #expect(access(device.state, F_OK) != 0)
        }

        @Test("an owner ended by SIGKILL leaves nothing, daemons of the cloud included")
        func ownerKilled() async throws {
            let started = try runChild(["sh", "-c", "sleep 600 >/dev/null 2>&1 & echo $!"])
            let owner = try #require(pid_t(started.stdout.trimmed))
            let device = try Device(tedge: anyProgram, owner: owner)
            _ = try device.runInCloud(["sh", "-c", "setsid sleep 600 >/dev/null 2>&1 &"])
            let namespaces = try namespaces(of: device.pid)
            kill(owner, SIGKILL)
            for _ in 0..<200 where access(device.state, F_OK) == 0 { try await Task.sleep(for: .milliseconds(20)) }
            #expect(access(device.state, F_OK) != 0)
            #expect(try leftovers(of: device) == [])
            #expect(try allNamespaces().isDisjoint(with: namespaces))
        }

        @Test("a boot that is killed halfway leaves nothing", arguments: ["KILL", "INT", "TERM"])
        func bootInterrupted(signal: String) async throws {
            let state = "/tmp/tedge-device-interrupted-\(getpid())-\(signal)"
            let up = [Device.tool, "up", "--state", state, "--tedge", anyProgram, "--owner", String(getpid())]
            let script = #"""
                "$@" >/dev/null 2>&1 &
                while [ ! -s "$0/id" ]; do sleep 0.01; done
                cat "$0/id"
                kill -$S $!
                """#
            let id = try runChild(["env", "S=\(signal)", "sh", "-c", script, state] + up).stdout.trimmed
            for _ in 0..<200 where access(state, F_OK) == 0 { try await Task.sleep(for: .milliseconds(20)) }
            #expect(id.hasPrefix("tedge-device-"))
            #expect(access(state, F_OK) != 0)
            #expect(try Device.leftovers().filter { $0.contains(id) } == [])
        }

        @Test("an executable that is not there is said so, and nothing is started")
        func noExecutable() throws {
            let error = #expect(throws: DeviceError.self) { try Device(tedge: "/nonexistent/tedge") }
            #expect(error?.said == "/nonexistent/tedge: cannot be read; build the executable first")
        }
    }
}

private func leftovers(of device: Device) throws -> [String] {
    try Device.leftovers().filter { $0.contains(device.id) }
}

private func hostListeners(port: Int) throws -> String {
    try runChild(["ss", "-Hltn", "sport = :\(port)"]).stdout
}

private func hostLinks() throws -> String {
    try runChild(["ip", "-brief", "link"]).stdout
}

private func hostMounts() throws -> String {
    try runChild(["cat", "/proc/self/mountinfo"]).stdout
}

extension SystemTests.DeviceTests {
    private static let kinds = ["mnt", "net", "pid", "uts", "ipc", "cgroup"]

    private func namespaces(of pid: pid_t) throws -> Set<String> {
        let files = Self.kinds.map { "/proc/\(pid)/ns/\($0)" }
        return Set(try runChild(["readlink"] + files).stdout.split(separator: "\n").map(String.init))
    }

    private func allNamespaces() throws -> Set<String> {
        let files = "readlink /proc/[0-9]*/ns/* 2>/dev/null"
        return Set(try runChild(["sh", "-c", files]).stdout.split(separator: "\n").map(String.init))
    }
}

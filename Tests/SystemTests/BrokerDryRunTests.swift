import TestSupport
import Testing

extension SystemTests {
    /// What would cost the device the broker that runs is found before mosquitto is restarted.
    @Suite("the dry run of mosquitto") struct BrokerDryRunTests {
        /// Puts back what a reset of the device leaves: systemd's own files and the addresses of `lo`.
        private func tidy(_ device: Device) {
            let script = """
                rm -rf /run/systemd/system/mosquitto.service.d; systemctl daemon-reload
                ip -6 address add ::1/128 dev lo 2>/dev/null; rm -rf /home/tls; :
                """
            _ = try? device.run(["sh", "-c", script])
        }

        private func mainProcess(_ device: Device) throws -> String {
            try device.ask(["systemctl", "show", "--property=MainPID,ActiveState", "mosquitto"])
        }

        @Test(
            "a broker that would be lost runs on, nothing is changed, and the line is named",
            arguments: BrokerBreakage.all)
        func breakage(_ breakage: BrokerBreakage) throws {
            let prepared = try PreparedDevice()
            try prepared.device.ask(["systemctl", "start", "mosquitto"])
            defer { tidy(prepared.device) }
            let ours = "/etc/tedge/mosquitto-conf"
            try prepared.device.ask(["install", "-d", "-m", "775", "-o", "tedge", "-g", "tedge", ours])
            try prepared.device.ask(["sh", "-ec", breakage.script])
            let (files, process) = (try prepared.snapshot(), try mainProcess(prepared.device))
            #expect(try prepared.hasLocalMQTT())
            let outcome = try prepared.tedge("connect", "c8y", "--timeout", "2")
            let main = try prepared.device.text("/etc/mosquitto/mosquitto.conf")
            if breakage.needsPidFile, !main.contains("\npid_file ") {
                #expect(outcome.status == 0)
                return
            }
            #expect(outcome.status == 1)
            for words in breakage.words { #expect(outcome.stderr.contains(words), "\(outcome.stderr)") }
            #expect(try prepared.report(["connect", "c8y", "--timeout", "2"]).reason == breakage.reason)
            #expect(try prepared.snapshot() == files)
            #expect(try mainProcess(prepared.device) == process)
            #expect(try prepared.hasLocalMQTT())
            guard breakage.reason == "mosquitto-cannot-restart" else { return }
            let doctor = try prepared.report(["doctor", "c8y", "--only", "mosquitto-configuration"])
            #expect(doctor.reason == "mosquitto-configuration-rejected")
            // It is true: the broker does not come back.
            _ = try prepared.device.run(["systemctl", "restart", "mosquitto"])
            #expect(try !prepared.hasLocalMQTT())
        }

        @Test("addresses that may be listened on before they are there are no complaint")
        func nonlocalBind() throws {
            let prepared = try PreparedDevice()
            try prepared.device.ask(["systemctl", "start", "mosquitto"])
            let setting = "net.ipv4.ip_nonlocal_bind"
            let enter = ["nsenter", "--net", "--target", String(prepared.device.pid), "sysctl", "--quiet", "--write"]
            #expect(try runChild(enter + ["\(setting)=1"]).status == 0)
            prepared.device.atTeardown { _ = try? runChild(enter + ["\(setting)=0"]) }
            defer { _ = try? runChild(enter + ["\(setting)=0"]) }
            let listeners = "listener 1884 10.99.0.200\nallow_anonymous true\n"
            try prepared.device.write(listeners, to: "/etc/mosquitto/conf.d/later.conf")
            #expect(try prepared.tedge("connect", "c8y").status == 0)
            #expect(try prepared.hasLocalMQTT())
        }

        @Test("a unit with a user of its own that cannot read our directory is not restarted")
        func unitUser() throws {
            let prepared = try PreparedDevice()
            defer { tidy(prepared.device) }
            let unit = "/run/systemd/system/mosquitto.service.d/user.conf"
            try prepared.device.write(
                "[Service]\nUser=mosquitto\nExecStartPre=\nRuntimeDirectory=mosquitto\n", to: unit)
            try prepared.device.ask([
                "sh", "-ec",
                """
                chown -R mosquitto: /var/log/mosquitto /var/lib/mosquitto
                systemctl daemon-reload; tedge init; systemctl restart mosquitto
                chown root:tedge /etc/tedge/mosquitto-conf; chmod 750 /etc/tedge/mosquitto-conf
                """,
            ])
            let process = try mainProcess(prepared.device)
            let outcome = try prepared.tedge("connect", "c8y", "--timeout", "2")
            #expect(outcome.status == 1)
            #expect(outcome.stderr.contains("mosquitto cannot read /etc/tedge/mosquitto-conf: Permission denied"))
            #expect(outcome.stderr.contains("Hint: Let mosquitto's user read /etc/tedge/mosquitto-conf, "))
            #expect(try mainProcess(prepared.device) == process)
            try prepared.device.ask(["chmod", "755", "/etc/tedge/mosquitto-conf"])
            try prepared.expectConnected()
            // What our directory has besides is visible in the dry run, and what is removed is not.
            try prepared.device.write("max_queued_messages 900\n", to: "/etc/tedge/mosquitto-conf/mine.conf")
            try prepared.device.ask(["tedge", "disconnect", "c8y"])
            #expect(try prepared.hasLocalMQTT())
        }

        @Test("a socket in the file system and a plugin's file stay those of the broker that runs")
        func untouched() throws {
            let prepared = try PreparedDevice()
            try prepared.device.write("listener 0 /run/mosquitto/m.sock\n", to: "/etc/mosquitto/conf.d/socket.conf")
            try prepared.device.ask(["systemctl", "restart", "mosquitto"])
            let look = ["find", "/run/mosquitto", "/var/lib/mosquitto", "/var/log/mosquitto", "-printf", "%p %i %s\\n"]
            let before = try prepared.device.ask(look)
            #expect(before.contains("m.sock"))
            try prepared.device.ask(["tedge", "doctor", "c8y", "--only", "mosquitto-configuration"])
            #expect(try prepared.device.ask(look) == before)
        }

        @Test("where the kernel refuses a network and mounts of its own, the configuration is read all the same")
        func withoutNamespaces() throws {
            let prepared = try PreparedDevice()
            try prepared.device.ask(["systemctl", "start", "mosquitto"])
            let less = ["setpriv", "--bounding-set", "-sys_admin", "--inh-caps", "-sys_admin"]
            try prepared.device.write("frobnicate true\n", to: "/etc/mosquitto/conf.d/mine.conf")
            let refused = try prepared.device.run(less + ["tedge", "connect", "c8y", "--timeout", "2"])
            #expect(refused.status == 1)
            #expect(refused.stderr.contains("Error found at /etc/mosquitto/conf.d/mine.conf:1."))
            try prepared.device.remove("/etc/mosquitto/conf.d/mine.conf")
            #expect(try prepared.device.run(less + ["tedge", "connect", "c8y"]).status == 0)
        }

        @Test("the password of a bridge is never in a file that everyone's directories have")
        func password() throws {
            let prepared = try PreparedDevice()
            try prepared.device.ask(["systemctl", "start", "mosquitto"])
            try prepared.device.ask(["tedge", "config", "set", "c8y.auth_method", "basic"])
            let credentials = "[c8y]\nusername = 'tenant/device'\npassword = 'verysecret'\n"
            try prepared.device.write(credentials, to: "/etc/tedge/credentials.toml")
            try prepared.device.ask(["chmod", "600", "/etc/tedge/credentials.toml"])
            // Where nothing can be written there, nothing is.
            let outcome = try prepared.device.run([
                "unshare", "--mount", "sh", "-c",
                "for d in /tmp /var/tmp /dev/shm; do mount -t tmpfs -o ro none $d; done; exec tedge connect c8y --offline",
            ])
            #expect(outcome.status == 0, "\(outcome.stderr)")
            let holders = try prepared.device.ask([
                "sh", "-c", "grep -rls verysecret /etc /run /tmp /var --exclude-dir=journal || true",
            ])
            #expect(
                holders.trimmed.split(separator: "\n").sorted() == [
                    "/etc/tedge/credentials.toml", "/etc/tedge/mosquitto-conf/c8y-bridge.conf",
                ])
        }

        @Test("a dry run that hangs ends with a signal at once, and leaves the broker alone")
        func hanging() throws {
            let prepared = try PreparedDevice()
            try prepared.device.ask(["systemctl", "start", "mosquitto"])
            try prepared.device.ask(["mkfifo", "/etc/mosquitto/pw"])
            try prepared.device.write("password_file /etc/mosquitto/pw\n", to: "/etc/mosquitto/conf.d/pw.conf")
            let process = try mainProcess(prepared.device)
            let outcome = try prepared.device.run(["timeout", "--signal=INT", "1", "tedge", "connect", "c8y"])
            #expect(outcome.stderr.contains("Interrupted by SIGINT"))
            #expect(try prepared.device.ask(["pgrep", "-c", "-x", "mosquitto"]).trimmed == "1")
            #expect(try mainProcess(prepared.device) == process)
            let waited = try prepared.tedge("connect", "c8y")
            #expect(waited.stderr.contains("mosquitto was not ready within 5 seconds."))
            #expect(
                waited.stderr.contains("/etc/mosquitto/conf.d/pw.conf:1: password_file /etc/mosquitto/pw is not a file")
            )
            #expect(try mainProcess(prepared.device) == process)
        }
    }
}

import TestSupport
import Testing

extension SystemTests {
    /// A broker that belongs to somebody: what its listeners let in is the same before connect, after it and after
    /// disconnect, or connect says which line is in the way and changes nothing.
    @Suite("other people's mosquitto") struct OtherPeoplesBrokerTests {
        /// What clients may do on a listener of the owner's.
        private func behaviour(_ device: Device, port: Int) throws -> [String] {
            func delivers(_ topic: String, _ user: [String]) throws -> String {
                let login = user.isEmpty ? "" : "-u \(user[0]) -P \(user[1])"
                let words =
                    "mosquitto_sub -p \(port) \(login) -t \(topic) -C 1 -W 2 & sleep 0.3; "
                    + "mosquitto_pub -p \(port) \(login) -q 1 -t \(topic) -m there; wait $!"
                return try device.run(["sh", "-c", words]).stdout == "there\n" ? "delivered" : "refused"
            }
            return [
                "allowed \(try delivers("allowed", []))", "denied \(try delivers("denied", []))",
                "user \(try delivers("allowed", ["owner", "secret"]))",
                "wrong \(try delivers("allowed", ["owner", "wrong"]))",
            ]
        }

        private func configure(_ prepared: PreparedDevice, _ text: String, main: String? = nil) throws {
            let files = """
                printf 'topic readwrite allowed\\nuser owner\\ntopic readwrite allowed\\n' >/etc/mosquitto/acl
                mosquitto_passwd -b -c /etc/mosquitto/passwd owner secret
                chown mosquitto /etc/mosquitto/acl /etc/mosquitto/passwd
                cat >/etc/mosquitto/conf.d/owner.conf
                """
            let written = try prepared.device.run(["sh", "-c", files], input: text)
            try #require(written.status == 0)
            if let main {
                _ = try prepared.device.run(["sh", "-c", "cat >/etc/mosquitto/mosquitto.conf"], input: main)
            }
            try prepared.device.ask(["systemctl", "restart", "mosquitto"])
        }

        private static let base = "pid_file /run/mosquitto/mosquitto.pid\n"

        @Test(
            "an owner's listener is as before, after connect and after disconnect",
            arguments: [
                ("listener 1884\nallow_anonymous true\nacl_file /etc/mosquitto/acl\n", nil),
                ("listener 1884\npassword_file /etc/mosquitto/passwd\n", nil),
                ("listener 1884\nallow_anonymous true\npassword_file /etc/mosquitto/passwd\nmax_connections 20\n", nil),
                ("per_listener_settings true\nlistener 1884\nacl_file /etc/mosquitto/acl\nallow_anonymous true\n", nil),
                ("", base + "listener 1884\nallow_anonymous true\nacl_file /etc/mosquitto/acl\n"),
                (
                    "per_listener_settings true\nlistener 9001\nprotocol websockets\nallow_anonymous true\n"
                        + "listener 1884\nallow_anonymous true\n", nil
                ),
                (
                    "",
                    base
                        + "include_dir /etc/mosquitto/conf.d\nper_listener_settings true\nlistener 1884\n"
                        + "allow_anonymous true\nacl_file /etc/mosquitto/acl\n"
                ),
            ] as [(String, String?)])
        func same(_ text: String, _ main: String?) throws {
            let prepared = try PreparedDevice()
            try configure(prepared, text, main: main)
            let before = try behaviour(prepared.device, port: 1884)
            let connected = try prepared.tedge("connect", "c8y")
            #expect(connected.status == 0, "\(connected)")
            #expect(try behaviour(prepared.device, port: 1884) == before)
            #expect(try prepared.tedge("disconnect", "c8y").status == 0)
            #expect(try behaviour(prepared.device, port: 1884) == before)
            #expect(try prepared.tedge("connect", "c8y").status == 0)
        }

        @Test(
            "lines that leave no room are named, and nothing is changed",
            arguments: [
                ("acl_file /etc/mosquitto/acl\nlistener 1884\nallow_anonymous true\n", "owner.conf:1 says 'acl_file"),
                (
                    "listener 1884\nlistener 1885\npassword_file /etc/mosquitto/passwd\n",
                    "owner.conf:3 says 'password_file"
                ),
                ("plugin \(mosquittoPlugin)\nlistener 1884\n", "says 'plugin"),
            ])
        func refused(_ text: String, _ line: String) throws {
            let prepared = try PreparedDevice()
            try configure(prepared, text.hasPrefix("plugin") ? "listener 1884\nallow_anonymous true\n" : text)
            let before = try behaviour(prepared.device, port: 1884)
            if text.hasPrefix("plugin") {
                let write = ["sh", "-c", "cat >/etc/mosquitto/conf.d/owner.conf"]
                _ = try prepared.device.run(write, input: text)
            }
            let files = try prepared.snapshot()
            let connected = try prepared.tedge("connect", "c8y")
            if try prepared.hasNewBroker(), text.contains("password_file") {
                // A listener of mosquitto 2.1 can let anonymous clients in by itself.
                #expect(connected.status == 0, "\(connected)")
                #expect(try behaviour(prepared.device, port: 1884) == before)
                return
            }
            #expect(connected.status == 1)
            #expect(connected.stderr.contains(line), "\(connected.stderr)")
            #expect(connected.stderr.contains("Nothing was changed."))
            #expect(try prepared.snapshot() == files)
            #expect(try behaviour(prepared.device, port: 1884) == before)
        }

        @Test("the way out that the error names works: separate listeners, or a user for the device's programs")
        func wayOut() throws {
            let prepared = try PreparedDevice()
            try configure(prepared, "acl_file /etc/mosquitto/acl\nlistener 1884\nallow_anonymous true\n")
            let before = try behaviour(prepared.device, port: 1884)
            #expect(try prepared.tedge("connect", "c8y").status == 1)
            let steps = """
                sed -i '1i per_listener_settings true' /etc/mosquitto/mosquitto.conf
                printf 'listener 1884\\nacl_file /etc/mosquitto/acl\\nallow_anonymous true\\n' \
                    >/etc/mosquitto/conf.d/owner.conf
                systemctl restart mosquitto
                """
            #expect(try prepared.device.run(["sh", "-c", steps]).status == 0)
            #expect(try prepared.tedge("connect", "c8y").status == 0)
            #expect(try behaviour(prepared.device, port: 1884) == before)
        }

        @Test("a password file as tutorials have it, without a listener, is no obstacle")
        func tutorial() throws {
            let prepared = try PreparedDevice()
            try configure(prepared, "password_file /etc/mosquitto/passwd\n")
            let before = try behaviour(prepared.device, port: 1883)
            let connected = try prepared.tedge("connect", "c8y")
            #expect(connected.status == 0, "\(connected)")
            #expect(try behaviour(prepared.device, port: 1883) == before)
        }

        @Test(
            "when mosquitto reads its files again, as logrotate makes it, everybody is still let in as before",
            arguments: ["", "password_file /etc/mosquitto/passwd\n", "listener 1884\nallow_anonymous true\n"])
        func reload(_ text: String) throws {
            let prepared = try PreparedDevice()
            try configure(prepared, text)
            try prepared.device.ask(["tedge", "connect", "c8y"])
            let before = try behaviour(prepared.device, port: 1883)
            try prepared.device.ask(["systemctl", "kill", "--signal=HUP", "mosquitto"])
            #expect(try behaviour(prepared.device, port: 1883) == before)
            #expect(try prepared.tedge("connect", "c8y", "--test").status == 0)
        }

        @Test("a broker that lets nobody in without a password takes the device's programs with theirs")
        func credentials() throws {
            let prepared = try PreparedDevice()
            try configure(prepared, "listener 1884\nlistener 1885\npassword_file /etc/mosquitto/passwd\n")
            let before = try behaviour(prepared.device, port: 1884)
            #expect(try prepared.tedge("connect", "c8y").status == (prepared.hasNewBroker() ? 0 : 1))
            _ = try prepared.tedge("disconnect", "c8y")
            let steps = """
                mosquitto_passwd -b /etc/mosquitto/passwd tedge word
                chown mosquitto /etc/mosquitto/passwd
                printf word >/etc/tedge/.client_password
                tedge config set mqtt.client.auth.username tedge
                tedge config set mqtt.client.auth.password_file /etc/tedge/.client_password
                """
            #expect(try prepared.device.run(["sh", "-c", steps]).status == 0)
            let connected = try prepared.tedge("connect", "c8y")
            #expect(connected.status == 0, "\(connected)")
            #expect(try behaviour(prepared.device, port: 1884) == before)
        }

        @Test(
            "listeners that cannot be open side by side are found before anything is changed",
            arguments: [
                ("listener 1883 localhost\n", "owner.conf:1"), ("max_connections 10\nlistener 1884\n", "owner.conf:1"),
                ("port 1883\n", "owner.conf:1"), ("socket_domain ipv4\n", "owner.conf:1"),
            ])
        func clash(_ text: String, _ place: String) throws {
            let prepared = try PreparedDevice()
            try configure(prepared, text)
            let files = try prepared.snapshot()
            let connected = try prepared.tedge("connect", "c8y")
            #expect(connected.status == 1 && connected.stderr.contains(place), "\(connected)")
            #expect(try prepared.snapshot() == files)
            #expect(try prepared.tedge("doctor", "c8y", "--only", "listener").stdout.contains(place))
        }

        @Test("a listener on another interface or for another version of IP is no obstacle")
        func besides() throws {
            let prepared = try PreparedDevice()
            try configure(prepared, "listener 1883\nsocket_domain ipv6\nallow_anonymous true\n")
            #expect(try prepared.tedge("connect", "c8y").status == 0)
        }

        @Test("our directory, included last or by its real path behind a link, is found; twice is refused")
        func included() throws {
            let prepared = try PreparedDevice()
            try prepared.device.ask([
                "sh", "-c",
                "mkdir -p /data && mv /etc/tedge /data/tedge && ln -s /data/tedge /etc/tedge && tedge init",
            ])
            let main =
                Self.base + "listener 1884\nallow_anonymous true\n" + "include_dir /etc/mosquitto/conf.d\n"
                + "include_dir /data/tedge/mosquitto-conf\n"
            try configure(prepared, "", main: main)
            let connected = try prepared.tedge("connect", "c8y")
            #expect(connected.status == 0, "\(connected)")
            #expect(try prepared.device.text("/etc/mosquitto/mosquitto.conf") == main)
            #expect(try prepared.tedge("doctor", "c8y", "--only", "include-line").status == 0)
            try prepared.device.ask(["tedge", "disconnect", "c8y"])
            try prepared.device.ask([
                "sh", "-c", "echo 'include_dir /etc/tedge/mosquitto-conf' >>/etc/mosquitto/mosquitto.conf",
            ])
            let twice = try prepared.tedge("connect", "c8y")
            #expect(twice.status == 1 && twice.stderr.contains("mosquitto.conf:5 and /etc/mosquitto/mosquitto.conf:6"))
        }

        @Test("another configuration directory leaves the machine's mosquitto alone until it is told to include it")
        func foreign() throws {
            let prepared = try PreparedDevice()
            let look = ["sh", "-c", "cat /etc/mosquitto/mosquitto.conf; ls -d /var/tedge /var/log/tedge"]
            try prepared.device.ask(["cp", "-a", "/etc/tedge", "/tmp/trial"])
            try prepared.device.ask(["rm", "-rf", "/var/tedge", "/var/log/tedge"])
            let before = try prepared.device.run(look).stdout
            #expect(try prepared.tedge("--config-dir", "/tmp/trial", "init").status == 0)
            #expect(try prepared.device.run(look).stdout == before)
            let connected = try prepared.tedge("--config-dir", "/tmp/trial", "connect", "c8y")
            #expect(connected.status == 1)
            let way = "sudo tedge --config-dir /tmp/trial init --mosquitto-conf /etc/mosquitto/mosquitto.conf"
            #expect(connected.stderr.contains(way), "\(connected.stderr)")
            #expect(try prepared.device.run(look).stdout == before)
            try prepared.device.ask(["sh", "-c", way.replacing("sudo ", with: "")])
            #expect(
                try prepared.device.text("/etc/mosquitto/mosquitto.conf").contains(
                    "include_dir /tmp/trial/mosquitto-conf\n"))
        }

        @Test("settings by which the device's programs cannot reach mosquitto are found before the restart")
        func unreachable() throws {
            let prepared = try PreparedDevice()
            try prepared.device.ask(["systemctl", "start", "mosquitto"])
            try prepared.device.ask(["tedge", "config", "set", "mqtt.bind.address", "10.99.0.1"])
            let files = try prepared.snapshot()
            let connected = try prepared.tedge("connect", "c8y")
            #expect(connected.status == 1 && connected.stderr.contains("127.0.0.1:1883"), "\(connected)")
            #expect(try prepared.snapshot() == files)
            try prepared.device.ask(["tedge", "config", "set", "mqtt.client.host", "10.99.0.1"])
            #expect(try prepared.tedge("connect", "c8y").status == 0)
        }
    }
}

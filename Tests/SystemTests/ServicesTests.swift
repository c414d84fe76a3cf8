import TestSupport
import Testing

extension SystemTests {
    @Suite("services of a device") struct ServicesTests {
        @Test("where there is only the older unit of the mapper, that one is used")
        func oldMapper() throws {
            let prepared = try PreparedDevice(mapper: .old)
            #expect(try prepared.tedge("connect", "c8y") == Outcome(status: 0, try page("connect")))
            #expect(
                try prepared.services()[1...2] == ["tedge-mapper-c8y: inactive", "tedge-mapper: active enabled"])
            #expect(try prepared.tedge("disconnect", "c8y") == Outcome(status: 0, try page("disconnect")))
            #expect(try prepared.services()[2] == "tedge-mapper: inactive disabled")
        }

        @Test("without a mapper and an agent there is a warning, and the bridge works")
        func noMapper() throws {
            let prepared = try PreparedDevice(mapper: .none, agent: false)
            let outcome = try prepared.tedge("connect", "c8y")
            #expect(outcome.stderr == "Warning: tedge-mapper is not installed. We recommend to install it.\n")
            #expect(outcome.stdout.hasSuffix("connection check is successful.\n"))
            #expect(outcome.status == 0)
        }

        @Test("services that run 'tedge init' before they start, as those of thin-edge.io do, do not wait for connect")
        func initBefore() throws {
            let prepared = try PreparedDevice()
            for service in ["tedge-mapper-c8y", "tedge-agent"] {
                try prepared.device.ask([
                    "sed", "-i", "s|^ExecStart=|ExecStartPre=+/usr/bin/env tedge init\\nExecStart=|",
                    "/etc/systemd/system/\(service).service",
                ])
            }
            try prepared.device.ask(["systemctl", "daemon-reload"])
            #expect(try prepared.tedge("connect", "c8y") == Outcome(status: 0, try page("connect")))
            #expect(try prepared.device.mode("/etc/tedge/plugins") == "775")
            let journal = try prepared.device.ask(["journalctl", "--unit=tedge-mapper-c8y", "--unit=tedge-agent"])
            #expect(!journal.contains("Waiting for"))
        }

        @Test("a mapper that fails takes everything back: files, services, local MQTT")
        func mapperFails() throws {
            let prepared = try PreparedDevice()
            try prepared.device.ask(["tedge", "init"])
            try prepared.device.ask(["systemctl", "start", "mosquitto"])
            try prepared.device.write(
                "[Unit]\nDescription=broken\n\n[Service]\nType=oneshot\nExecStart=/bin/false\n\n[Install]\n"
                    + "WantedBy=multi-user.target\n",
                to: "/etc/systemd/system/tedge-mapper-c8y.service")
            try prepared.device.ask(["systemctl", "daemon-reload"])
            let (files, services) = (try prepared.snapshot(), try prepared.services())
            let outcome = try prepared.tedge("connect", "c8y")
            #expect(outcome.status == 1)
            #expect(outcome.stderr.contains("tedge-mapper-c8y"))
            #expect(try prepared.snapshot() == files)
            // It failed where it had been inactive before.
            #expect(try prepared.services() == services.map { $0.replacing("c8y: inactive", with: "c8y: failed") })
            #expect(try prepared.hasLocalMQTT())
        }

        @Test(
            "a line of someone's file that mosquitto refuses is quoted; once it is gone the next connect succeeds",
            arguments: ["/etc/mosquitto/conf.d/mine.conf", "/etc/tedge/mosquitto-conf/mine.conf"])
        func brokenConfiguration(path: String) throws {
            let prepared = try PreparedDevice()
            try prepared.device.ask(["tedge", "init"])
            try prepared.device.ask(["systemctl", "start", "mosquitto"])
            #expect(try prepared.hasLocalMQTT())
            try prepared.device.write("connection_messages maybe\n", to: path)
            let before = try prepared.snapshot()
            let outcome = try prepared.tedge("connect", "c8y")
            #expect(outcome.status == 1)
            #expect(outcome.stderr.contains("Caused by:\n"))
            // mosquitto 2.1 puts names into quotes.
            let said = outcome.stderr.replacing("'", with: "")
            #expect(said.contains("Error: Invalid connection_messages value (maybe)."))
            #expect(said.contains("Error found at \(path):1."))
            #expect(try prepared.snapshot() == before)
            try prepared.device.remove(path)
            // A broker that would not come back as it is has not been asked about our file.
            let rejected = "\(PreparedDevice.bridge).rejected"
            let isKept = try prepared.device.exists(rejected)
            #expect(isKept != path.hasPrefix("/etc/mosquitto"))
            if isKept { #expect(try prepared.device.text(rejected).contains("\nconnection edge_to_c8y\n")) }
            #expect(try prepared.tedge("connect", "c8y") == Outcome(status: 0, try page("connect")))
            #expect(try prepared.hasLocalMQTT())
        }

        @Test("without systemd the files are written, and the advice says what to start")
        func noSystemd() throws {
            let prepared = try PreparedDevice()
            let outcome = try prepared.device.run([
                "unshare", "--mount", "sh", "-c", "mount -t tmpfs none /run && exec tedge connect c8y",
            ])
            #expect(outcome.status == 4)
            #expect(outcome.stderr.contains("'systemd' service manager is not available on the system."))
            #expect(outcome.stdout.contains("you will have to start the required services on your own."))
            #expect(try prepared.device.exists(PreparedDevice.bridge))
        }
    }

    @Suite("init on a device") struct InitTests {
        @Test("it makes the directories, and leaves mosquitto's main file alone")
        func directories() throws {
            let device = try Device.fresh()
            let original = try device.text("/etc/mosquitto/mosquitto.conf")
            #expect(try device.run(["tedge", "init"]) == Outcome(status: 0, stdout: "", stderr: ""))
            for name in [
                "", "/mosquitto-conf", "/device-certs", "/mappers", "/operations/c8y", "/plugins", "/sm-plugins",
                "/.tedge-mapper-c8y", "/.agent",
            ] {
                #expect(try device.mode("/etc/tedge\(name)") == "775")
                #expect(try device.owner("/etc/tedge\(name)") == "tedge:tedge")
            }
            #expect(try device.text("/etc/mosquitto/mosquitto.conf") == original)
            #expect(try device.run(["tedge", "init"]) == Outcome(status: 0, stdout: "", stderr: ""))
            #expect(try device.text("/etc/mosquitto/mosquitto.conf") == original)
        }

        @Test("where the main file does not include conf.d, it gets the include line, once")
        func includeLine() throws {
            let device = try Device.fresh()
            let main = "/etc/mosquitto/mosquitto.conf"
            try device.ask(["sed", "-i", "s/^include_dir .*/max_keepalive 600/", main])
            let original = try device.text(main)
            for _ in 1...2 {
                #expect(try device.run(["tedge", "init"]) == Outcome(status: 0, stdout: "", stderr: ""))
                #expect(try device.text(main) == original + "include_dir /etc/tedge/mosquitto-conf\n")
            }
        }

        @Test("connect links its files into conf.d, which a device without init reads too, and mosquitto.conf stays")
        func connectIncludes() throws {
            let prepared = try PreparedDevice()
            let original = try prepared.device.text("/etc/mosquitto/mosquitto.conf")
            #expect(try prepared.tedge("connect", "c8y").status == 0)
            #expect(try prepared.device.text("/etc/mosquitto/mosquitto.conf") == original)
            for name in ["c8y-bridge", "mosquitto"] {
                let file = name == "mosquitto" ? "tedge-mosquitto.conf" : "\(name).conf"
                let target = try prepared.device.ask(["readlink", "/etc/mosquitto/conf.d/tedge-\(name).conf"])
                #expect(target.hasPrefix("/etc/tedge/mosquitto-conf/\(file)"))
            }
            #expect(try prepared.tedge("doctor", "c8y", "--only", "include-line").status == 0)
            #expect(try prepared.tedge("disconnect", "c8y").status == 0)
            #expect(try prepared.device.names(in: "/etc/mosquitto/conf.d").contains("tedge-mosquitto.conf"))
            #expect(try !prepared.device.names(in: "/etc/mosquitto/conf.d").contains("tedge-c8y-bridge.conf"))
            #expect(try prepared.hasLocalMQTT())
        }

        @Test("links that are gone or lead nowhere are told by the doctor, and repaired")
        func repairedLinks() throws {
            let prepared = try PreparedDevice()
            #expect(try prepared.tedge("connect", "c8y").status == 0)
            try prepared.device.remove("/etc/mosquitto/conf.d/tedge-c8y-bridge.conf")
            let missing = try prepared.report(["doctor", "c8y", "--only", "include-line"])
            #expect(missing.reason == "include-line-missing")
            #expect(try prepared.tedge("refresh-bridges").status == 0)
            try prepared.device.ask(["tedge", "connect", "c8y", "--test"])
            try prepared.device.ask([
                "ln", "-s", "/etc/tedge/mosquitto-conf/az-bridge.conf", "/etc/mosquitto/conf.d/tedge-az-bridge.conf",
            ])
            let dangling = try prepared.report(["doctor", "c8y", "--only", "mosquitto-configuration"])
            #expect(dangling.reason == "mosquitto-configuration-rejected")
            #expect(try prepared.device.run(["systemctl", "restart", "mosquitto"]).status != 0)
            try prepared.device.ask([
                "sh", "-c", "tedge init && systemctl reset-failed mosquitto && systemctl restart mosquitto",
            ])
            try prepared.device.ask(["tedge", "connect", "c8y", "--test"])
        }

        @Test("the line of an earlier release is replaced while mosquitto runs on, and the next start reads the same")
        func replacedLine() throws {
            let prepared = try PreparedDevice()
            let main = "/etc/mosquitto/mosquitto.conf"
            let original = try prepared.device.text(main)
            #expect(try prepared.tedge("connect", "c8y").status == 0)
            try prepared.device.ask([
                "sh", "-ec",
                """
                rm /etc/mosquitto/conf.d/tedge-*.conf
                sed -i 's|^include_dir /etc/mosquitto/conf.d|include_dir /etc/tedge/mosquitto-conf\\n&|' \(main)
                systemctl restart mosquitto
                """,
            ])
            let process = try prepared.device.ask(["systemctl", "show", "--property=MainPID", "mosquitto"])
            try prepared.device.ask(["tedge", "init"])
            #expect(try prepared.device.text(main) != original)
            try prepared.device.ask(["tedge", "init", "--use-links"])
            #expect(try prepared.device.text(main) == original)
            #expect(try prepared.tedge("refresh-bridges").stdout == "All bridges match the settings.\n")
            #expect(try prepared.device.ask(["systemctl", "show", "--property=MainPID", "mosquitto"]) == process)
            try prepared.device.ask(["systemctl", "restart", "mosquitto"])
            try prepared.device.ask(["tedge", "connect", "c8y", "--test"])
        }

        @Test(
            "the owners are those of system.toml; an empty user is left alone, and what others left behind is given away"
        )
        func owners() throws {
            let device = try Device.fresh()
            try device.write("user = \"operator\"\ngroup = \"games\"\n", to: "/etc/tedge/system.toml")
            try device.write("{}\n", to: "/etc/tedge/.agent/entity_store.jsonl")
            try device.write("keep\n", to: "/etc/tedge/plugins/mine")
            let made = ["", "/mosquitto-conf", "/plugins", "/.tedge-mapper-c8y", "/.agent", "/system.toml"]
            try device.ask(["tedge", "init"])
            for name in made + ["/.agent/entity_store.jsonl"] {
                #expect(try device.owner("/etc/tedge\(name)") == "operator:games", "\(name)")
            }
            #expect(try device.owner("/etc/tedge/plugins/mine") == "root:root")
            #expect(try device.owner("/var/log/tedge") == "operator:games")
            try device.write("user = \"\"\ngroup = \"tedge\"\n", to: "/etc/tedge/system.toml")
            try device.ask(["tedge", "init"])
            #expect(try device.owner("/etc/tedge/plugins") == "operator:tedge")
            #expect(try device.owner("/etc/tedge/system.toml") == "root:tedge")
            let named = try device.run(["tedge", "init", "--user", "tedge", "--group", "tedge", "--relative-links"])
            let note = "No links were created: mapper, agent and plugins are not part of this program.\n"
            #expect(named == Outcome(status: 0, stdout: "", stderr: note))
            #expect(try device.owner("/etc/tedge/.tedge-mapper-c8y") == "tedge:tedge")
        }

        @Test("files that connect makes belong to the owner of system.toml, and one that is not known is root's")
        func connectOwners() throws {
            let prepared = try PreparedDevice()
            let file = "/etc/tedge/system.toml"
            try prepared.device.write("user = \"operator\"\ngroup = \"games\"\n", to: file)
            try prepared.device.remove("/etc/tedge/mosquitto-conf")
            #expect(try prepared.tedge("connect", "c8y") == Outcome(status: 0, try page("connect")))
            #expect(try prepared.device.owner("/etc/tedge/mosquitto-conf") == "operator:games")
            try prepared.device.ask(["tedge", "disconnect", "c8y"])
            try prepared.device.remove("/etc/tedge/mosquitto-conf")
            try prepared.device.write("user = \"no-such-user\"\n", to: file)
            let outcome = try prepared.tedge("connect", "c8y")
            #expect(outcome.status == 0)
            #expect(
                outcome.stderr
                    == "Warning: There is no user 'no-such-user' on this device, which \(file) names; root owns new files.\n"
            )
            #expect(try prepared.device.owner("/etc/tedge/mosquitto-conf") == "root:tedge")
        }

        @Test("without root it says that root is needed")
        func noRoot() throws {
            let device = try Device.fresh()
            let outcome = try device.run(["tedge", "init"], user: "operator")
            #expect(outcome.status == 1 && outcome.stdout == "")
            #expect(outcome.stderr.contains("You have to run tedge with sudo."))
        }
    }
}

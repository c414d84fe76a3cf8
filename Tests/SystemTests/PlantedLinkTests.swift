import Foundation
import TestSupport
import Testing

extension SystemTests {
    /// What the users tedge and mosquitto put below /etc/tedge makes root write, open or give away nothing of others.
    @Suite("planted links") struct PlantedLinkTests {
        /// A link that the user tedge plants, and the command of root that comes across it.
        struct Plant: CustomStringConvertible, Sendable {
            let name: String
            var target = "/etc/victim/file"
            let command: [String]
            /// What comes before, as root.
            var before = ""
            var description: String { "\(command.joined(separator: " ")): \(name) -> \(target)" }

            static let certificates = "device-certs/tedge-certificate.pem"
            static let connect = ["connect", "c8y", "--offline"]
            static let refused = [
                Plant(name: certificates + ".new", command: ["cert", "renew", "--ca", "self-signed"]),
                Plant(name: "device-certs/tedge.csr", command: ["cert", "create-csr"]),
                Plant(name: "device-certs/tedge.csr", target: "/etc/victim/new", command: ["cert", "create-csr"]),
                Plant(name: "tedge.toml", target: "/etc/victim/new", command: ["config", "set", "device.type", "a"]),
                Plant(name: "tedge.toml", command: ["config", "get", "device.type"]),
                Plant(name: "mappers/c8y", target: "/etc/victim", command: ["config", "upgrade"], before: old),
                Plant(name: "tedge.toml.bak", target: "/etc/victim/new", command: ["config", "upgrade"], before: old),
                Plant(name: "mosquitto-conf", target: "/etc/victim", command: connect),
                Plant(name: "mosquitto-conf/tedge-mosquitto.conf", target: "/etc/victim/new", command: connect),
                Plant(name: "mosquitto-conf/c8y-bridge.conf", target: "/etc/victim/new", command: connect),
                Plant(
                    name: "mosquitto-conf/tedge-mosquitto.conf", target: "/etc/victim/new",
                    command: ["refresh-bridges"],
                    before: "tedge connect c8y --offline"),
                Plant(
                    name: "mosquitto-conf/c8y-bridge.conf", target: "/etc/victim/new", command: ["refresh-bridges"],
                    before: "tedge connect c8y --offline"),
                Plant(name: "operations", target: "/etc/victim", command: ["init"]),
                Plant(name: "plugins", target: "/etc/victim/new", command: ["init"]),
            ]
            private static let old = """
                rm -rf /etc/tedge/mappers; mkdir /etc/tedge/mappers; chown tedge:tedge /etc/tedge/mappers
                printf '[c8y]\\nurl = "example.cumulocity.com"\\n' >/etc/tedge/tedge.toml
                """
        }

        private static let look = """
            find /etc/victim -printf '%p %m %u:%g %n %l\\n' | sort
            find /etc/victim -type f | sort | xargs sha256sum
            """

        private func device() throws -> Device {
            let device = try Device.fresh()
            try device.ask(["tedge", "init"])
            try device.ask(["tedge", "config", "set", "c8y.url", "example.cumulocity.com"])
            try device.ask(["tedge", "cert", "create", "--device-id", "gateway-1"])
            try device.remove("/etc/victim")
            try device.write("precious\n", to: "/etc/victim/file", mode: "600")
            return device
        }

        private func plant(_ plant: Plant, on device: Device) throws {
            if !plant.before.isEmpty { try device.ask(["sh", "-c", plant.before]) }
            let path = "/etc/tedge/\(plant.name)"
            let script = #"rm -rf "$1"; ln -s "$2" "$1""#
            let outcome = try device.run(["sh", "-c", script, "sh", path, plant.target], user: "tedge")
            try #require(outcome.status == 0, "\(outcome.stderr)")
        }

        @Test(
            "root follows no planted link, says which one and whose it is, and changes nothing",
            arguments: Plant.refused)
        func refused(plant: Plant) throws {
            let device = try device()
            try self.plant(plant, on: device)
            let before = try device.ask(["sh", "-c", Self.look])
            let outcome = try device.run(["tedge"] + plant.command)
            #expect(outcome.status == 1, "\(outcome.stderr)")
            #expect(outcome.stderr.contains("The symbolic link /etc/tedge/\(plant.name) belongs to the user 'tedge'"))
            #expect(outcome.stderr.contains("'sudo mv -n /etc/tedge/\(plant.name) "))
            #expect(try device.ask(["sh", "-c", Self.look]) == before)
            let json = try device.run(["tedge"] + plant.command + ["--json"])
            #expect((json.stdout + json.stderr).contains("untrusted-link"), "\(json)")
            try device.remove("/etc/victim")
        }

        @Test(
            "links where root leaves a sign or evidence are not followed either",
            arguments: [
                Plant(name: ".upgrade.unfinished", command: ["config", "upgrade"]),
                Plant(name: "mosquitto-conf/c8y-bridge.conf.unfinished", command: Plant.connect),
                Plant(name: ".tedge.lock", command: ["config", "set", "device.type", "a"]),
                Plant(
                    name: "mosquitto-conf/c8y-bridge.conf.rejected", command: Plant.connect,
                    before: """
                        mkdir -p /etc/systemd/system/mosquitto.service.d
                        printf '[Service]\\nExecStart=\\nExecStart=/bin/false\\n' \\
                            >/etc/systemd/system/mosquitto.service.d/broken.conf
                        systemctl daemon-reload
                        """),
            ])
        func signs(plant: Plant) throws {
            let device = try device()
            try self.plant(plant, on: device)
            let before = try device.ask(["sh", "-c", Self.look])
            _ = try device.run(["tedge"] + plant.command)
            #expect(try device.ask(["sh", "-c", Self.look]) == before)
            try device.remove("/etc/victim")
        }

        @Test("a request replaces no other file that the settings of tedge name")
        func requestOverOther() throws {
            let device = try device()
            let before = try device.ask(["sh", "-c", Self.look])
            _ = try device.run(["tedge", "config", "set", "device.csr_path", "/etc/victim/file"], user: "tedge")
            let outcome = try device.run(["tedge", "cert", "create-csr"])
            #expect(outcome.status == 1)
            #expect(outcome.stderr.contains("Cannot write /etc/victim/file"))
            #expect(try device.ask(["sh", "-c", Self.look]) == before)
            try device.remove("/etc/victim")
        }

        @Test("an owner's link of the whole directory, and a chain of them, go on working")
        func ownersLinks() throws {
            let device = try device()
            try device.ask([
                "sh", "-c",
                """
                rm -rf /data && mkdir /data && mv /etc/tedge /data/tedge && ln -s /data/tedge /data/link
                ln -s /data/link /etc/tedge
                """,
            ])
            for words in [
                ["init"], ["config", "set", "device.type", "a"], ["cert", "create-csr"], Plant.connect,
                ["refresh-bridges"],
                ["disconnect", "c8y"], ["cert", "renew", "--ca", "self-signed"],
            ] {
                let outcome = try device.run(["tedge"] + words)
                #expect([0, 4].contains(outcome.status), "\(words): \(outcome.stderr)")
            }
            #expect(try device.names(in: "/etc/tedge/device-certs").contains("tedge-certificate.pem.new"))
            try device.ask(["rm", "/etc/tedge"])
            try device.remove("/data")
        }

        @Test("a link of tedge to what tedge owns is followed")
        func ownLinks() throws {
            let device = try device()
            let script = """
                mkdir /etc/tedge/kept && mv /etc/tedge/tedge.toml /etc/tedge/kept/ && ln -s kept/tedge.toml /etc/tedge/tedge.toml
                """
            try device.ask(["chown", "tedge:tedge", "/etc/tedge/tedge.toml"])
            #expect(try device.run(["sh", "-c", script], user: "tedge").status == 0)
            try device.ask(["tedge", "config", "set", "device.type", "a"])
            #expect(try device.text("/etc/tedge/kept/tedge.toml").contains("type = \"a\""))
        }

        @Test("ten rounds of swapped names for each of root's commands gain nothing")
        func races() throws {
            let device = try Device.fresh()
            let harness = String(#filePath.dropLast("PlantedLinkTests.swift".count)) + "Hard/racing.py"
            let script = try String(contentsOfFile: harness, encoding: .utf8)
            let outcome = try device.run(
                ["/usr/bin/python3", "-ISB", "-", "10"], input: script, timeout: .seconds(400))
            #expect(outcome.stdout.contains("races: 100 rounds, 0 gains\n"), "\(outcome.stdout)\(outcome.stderr)")
        }
    }
}

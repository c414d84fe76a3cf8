import Foundation
import TestSupport
import Testing

extension SystemTests {
    /// The package on gateways, by commands of apt, without a network.
    @Suite("the Debian package") struct PackageTests {
        @Test("the commands of the README install it, and the page's commands connect the device")
        func freshInstall() throws {
            let gateway = try PackageDevice()
            let device = gateway.device
            let before = (try gateway.changesOfMosquitto(), try gateway.broker())
            let commands = try readmeCommands(under: "## Install")
            #expect(commands.contains { $0.contains("apt install ./tedge-swift_") })
            for command in commands {
                let outcome = try gateway.inPackages("\(command) --yes")
                #expect(outcome.status == 0, "\(command): \(outcome)")
            }
            #expect(try device.run(["id", "-un", "tedge"]).stdout == "tedge\n")
            #expect(try device.owner("/etc/tedge") == "tedge:tedge")
            #expect(try device.enablement(of: "tedge-renew.timer") == "enabled")
            #expect(try device.activity(of: "tedge-renew.timer") == "active")
            #expect(try gateway.broker() == before.1)
            let units = ["tedge-renew.timer", "tedge-renew.service"]
            let verified = try device.run(["systemd-analyze", "--man=no", "verify"] + units)
            #expect(verified == Outcome(status: 0, stdout: "", stderr: ""))

            try gateway.configure()
            let outcome = try device.run(["tedge", "connect", "c8y"])
            #expect(outcome == Outcome(status: 0, try page("connect")))
            #expect(gateway.isConnected())
            #expect(try gateway.changesOfMosquitto() == before.0)
            let links = try device.ask(["sh", "-c", "readlink -f /etc/mosquitto/conf.d/tedge-*.conf"])
            #expect(links == "\(PreparedDevice.bridge)\n\(PreparedDevice.listener)\n")
        }

        @Test("after a reboot the cloud answers without any command", arguments: [true, false])
        func reboot(isClean: Bool) throws {
            let gateway = try PackageDevice()
            try gateway.apt("install", Package.file)
            try gateway.connect()
            try gateway.reboot(clean: isClean)
            #expect(try gateway.device.activity(of: "mosquitto") == "active")
            #expect(try gateway.device.activity(of: "tedge-mapper-c8y") == "active")
            #expect(try gateway.device.activity(of: "tedge-renew.timer") == "active")
            #expect(gateway.isConnected())
        }

        @Test("an upgrade leaves the running bridge alone, and so does a downgrade")
        func upgrade() throws {
            let gateway = try PackageDevice()
            try gateway.apt("install", try gateway.package(ofVersion: "0.9.0"))
            try gateway.connect()
            let (broker, settings) = (try gateway.broker(), try gateway.device.text("/etc/tedge/tedge.toml"))
            for words in [[Package.file], ["--allow-downgrades", try gateway.package(ofVersion: "0.9.1")]] {
                try gateway.apt(["install"] + words)
                #expect(try gateway.broker() == broker)
                #expect(gateway.isConnected())
                #expect(try gateway.device.text("/etc/tedge/tedge.toml") == settings)
                #expect(try gateway.device.enablement(of: "tedge-renew.timer") == "enabled")
            }
        }

        @Test("a mosquitto whose configuration file has changed is upgraded without a question, and the bridge stays")
        func conffile() throws {
            let gateway = try PackageDevice()
            try gateway.apt("install", Package.file)
            try gateway.connect()
            let conf = "/etc/mosquitto/mosquitto.conf"
            let newer = try gateway.repack("mosquitto", adding: "# A line of a newer release.", to: conf)
            try gateway.apt("install", newer)
            #expect(try gateway.device.text(conf).hasSuffix("# A line of a newer release.\n"))
            #expect(gateway.isConnected())
        }

        @Test(
            "the line of an earlier release is replaced by links while mosquitto runs on, and a purge takes it where it stays"
        )
        func earlierRelease() throws {
            let gateway = try PackageDevice()
            let conf = "/etc/mosquitto/mosquitto.conf"
            let shipped = try gateway.device.text(conf)
            let line = "include_dir /etc/tedge/mosquitto-conf\n"
            // As an earlier release, of 'make install', has left it.
            let old = shipped.replacing("include_dir ", with: "\(line)include_dir ", maxReplacements: 1)
            try gateway.device.write(old, to: conf)
            try gateway.apt("install", Package.file)
            try gateway.device.write(old, to: conf)
            try gateway.device.ask(["sh", "-c", "rm -f /etc/mosquitto/conf.d/tedge-*"])
            try gateway.connect()
            #expect(try !gateway.device.exists("/etc/mosquitto/conf.d/tedge-c8y-bridge.conf"))
            let broker = try gateway.broker()
            try gateway.apt("install", "--reinstall", Package.file)
            #expect(try gateway.device.text(conf) == shipped)
            #expect(try gateway.device.exists("/etc/mosquitto/conf.d/tedge-c8y-bridge.conf"))
            #expect(try gateway.broker() == broker)
            #expect(gateway.isConnected())
            try gateway.device.ask(["systemctl", "restart", "mosquitto"])
            #expect(gateway.isConnected())

            let newer = try gateway.repack("mosquitto", adding: "# A line of a newer release.", to: conf)
            // A file that its owner has changed stays as it is, and an upgrade that replaces it is repaired by the trigger.
            let own = "# of the owner\n" + old
            try gateway.device.write(own, to: conf)
            try gateway.device.ask(["sh", "-c", "rm -f /etc/mosquitto/conf.d/tedge-*; systemctl restart mosquitto"])
            #expect(gateway.isConnected())
            try gateway.apt("install", "--reinstall", Package.file)
            #expect(try gateway.device.text(conf) == own)
            try gateway.apt("install", "-o", "Dpkg::Options::=--force-confnew", newer)
            #expect(try !gateway.device.text(conf).contains("of the owner"))
            #expect(gateway.isConnected())
            #expect(try gateway.device.exists("/etc/mosquitto/conf.d/tedge-c8y-bridge.conf"))

            try gateway.device.write(own, to: conf)
            try gateway.apt("purge", "tedge-swift")
            #expect(try gateway.device.text(conf) == own.replacing(line, with: ""))
            #expect(try gateway.device.activity(of: "mosquitto") == "active")
        }

        @Test("a removal leaves bridge, broker and settings")
        func remove() throws {
            let gateway = try PackageDevice()
            try gateway.apt("install", Package.file)
            try gateway.connect()
            let broker = try gateway.broker()
            let look = "find /etc/tedge /etc/mosquitto -type f -exec sha256sum {} + -o -printf '%p %l %m %u\\n' | sort"
            let before = try gateway.device.ask(["sh", "-c", look])
            try gateway.apt("remove", "tedge-swift")
            #expect(try !gateway.device.exists("/usr/bin/tedge"))
            #expect(try gateway.device.activity(of: "tedge-renew.timer") == "inactive")
            #expect(try gateway.device.ask(["sh", "-c", look]) == before)
            #expect(try gateway.broker() == broker)
            #expect(try gateway.cloud.show().contains("gateway-1"))
            // Installed again, it goes on with what it finds.
            try gateway.apt("install", Package.file)
            #expect(try gateway.broker() == broker)
            #expect(gateway.isConnected())
        }

        @Test(
            "a purge takes all that is ours, and leaves mosquitto as it was installed and running",
            arguments: [true, false])
        func purge(afterRemoval: Bool) throws {
            let gateway = try PackageDevice()
            let before = try gateway.changesOfMosquitto()
            try gateway.apt("install", Package.file)
            try gateway.connect()
            // As connect writes it for a key in a TPM.
            let unit = "/etc/systemd/system/mosquitto.service.d"
            try gateway.device.ask(["mkdir", unit])
            try gateway.device.write(
                "[Service]\nEnvironment=OPENSSL_CONF=\(unit)/tedge-openssl.cnf\n", to: "\(unit)/tedge-keys.conf",
                mode: "644")
            if afterRemoval { try gateway.apt("remove", "tedge-swift") }
            try gateway.apt("purge", "tedge-swift")
            #expect(try !gateway.device.exists(unit))
            #expect(try gateway.changesOfMosquitto() == before)
            #expect(try gateway.device.activity(of: "mosquitto") == "active")
            let left = """
                find / -xdev \\( -path /var/lib/dpkg -o -path /var/lib/pristine -o -path /var/lib/apt -o -path /var/cache \\
                    -o -path /var/log -o -path /usr/share/tedge \\) -prune -o -iname '*tedge*' -cnewer /etc/hostname -print |
                    grep -v -e tedge-mapper -e tedge-agent
                """
            let leftovers = try gateway.device.run(["sh", "-c", left]).stdout
            #expect(leftovers == "")
            let words = "timeout 5 mosquitto_rr -t local/test -e local/test -m alive -W 3"
            #expect(try gateway.device.run(["sh", "-c", words]).stdout == "alive\n")
        }

        @Test("in an image without systemd, and where services must not start, it is installed without a failure")
        func image() throws {
            let gateway = try PackageDevice()
            try gateway.device.ask(["systemctl", "stop", "mosquitto"])
            try gateway.device.write("#!/bin/sh\nexit 101\n", to: "/usr/sbin/policy-rc.d", mode: "755")
            let outcome = try gateway.inPackages("apt-get -y install \(Package.file) 2>&1", isWithoutSystemd: true)
            #expect(outcome.status == 0, "\(outcome)")
            #expect(!outcome.stdout.contains("failed"), "\(outcome)")
            #expect(try gateway.device.activity(of: "mosquitto") == "inactive")
            #expect(try gateway.device.activity(of: "tedge-renew.timer") == "inactive")
            #expect(try gateway.device.enablement(of: "tedge-renew.timer") == "enabled")
            try gateway.configure()
            #expect(try gateway.inPackages("tedge connect c8y --offline", isWithoutSystemd: true).status == 4)
            #expect(try gateway.device.exists(PreparedDevice.bridge))
        }

        private func readmeCommands(under title: String) throws -> [String] {
            let text = try String(contentsOfFile: packageDirectory + "/README.md", encoding: .utf8)
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            let section = lines.drop { $0 != title }.dropFirst().prefix { !$0.hasPrefix("## ") }
            // The first block of commands; what stands behind a number sign explains it.
            let block = section.drop { !$0.hasPrefix("    ") }.prefix { $0.hasPrefix("    ") }
            return block.map { line in
                let command = line.split(separator: "#")[0].trimmingCharacters(in: .whitespaces)
                return command.hasPrefix("sudo ") ? String(command.dropFirst(5)) : command
            }
        }
    }
}

extension Package {
    /// The name of the package for apt in the directory of packages.
    static let file = "./" + path.split(separator: "/").last!
}

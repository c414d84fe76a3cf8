import TestSupport
import Testing

extension SystemTests {
    /// Gateways that are not as the package would like them, most of them from public bug reports.
    @Suite("the Debian package in situations of the field") struct PackageSituationTests {
        @Test("after a purge it is installed again, and connects as on a new device")
        func again() throws {
            let gateway = try PackageDevice()
            try gateway.apt("install", Package.file)
            try gateway.connect()
            try gateway.apt("purge", "tedge-swift")
            try gateway.apt("install", Package.file)
            try gateway.cloud.forget()
            try gateway.connect()
            #expect(gateway.isConnected())
        }

        /// https://github.com/thin-edge/thin-edge.io/pull/1035, https://github.com/thin-edge/thin-edge.io/issues/1131
        @Test("directories and a user that something else has made are taken over")
        func foreignDirectories() throws {
            let gateway = try PackageDevice()
            let device = gateway.device
            try device.ask(["useradd", "--system", "--no-create-home", "--uid", "777", "tedge"])
            try device.ask(["install", "-d", "-o", "4711", "/etc/tedge/contrib/collectd", "/etc/tedge/device-certs"])
            try device.write("# a comment\n", to: "/etc/tedge/tedge.toml", owner: "4711:4711")
            try gateway.apt("install", Package.file)
            #expect(try device.run(["id", "-u", "tedge"]).stdout == "777\n")
            #expect(try device.owner("/etc/tedge") == "tedge:tedge")
            #expect(try device.owner("/etc/tedge/device-certs") == "tedge:tedge")
            try gateway.connect()
            #expect(try device.text("/etc/tedge/tedge.toml").hasPrefix("# a comment\n"))
        }

        @Test("settings with a mistake do not leave the package half installed, and what to type next is said")
        func brokenSettings() throws {
            let gateway = try PackageDevice()
            let broken = "[c8y\nurl = 1\n"
            try gateway.device.write(broken, to: "/etc/tedge/tedge.toml")
            let said = try gateway.apt("install", Package.file)
            #expect(said.contains("/etc/tedge/tedge.toml"))
            #expect(said.contains("run 'sudo tedge init' again"))
            let state = try gateway.device.ask(["dpkg-query", "-W", "-f", "${db:Status-Status}", "tedge-swift"])
            #expect(state == "installed")
            #expect(try gateway.device.text("/etc/tedge/tedge.toml") == broken)
        }

        @Test(
            "an installation that stopped halfway is finished by dpkg, and one that is upgraded by then stays connected"
        )
        func halfway() throws {
            let gateway = try PackageDevice()
            #expect(try gateway.inPackages("dpkg --unpack \(Package.file)").status == 0)
            try gateway.device.ask(["dpkg", "--configure", "-a"])
            try gateway.connect()
            #expect(try gateway.inPackages("dpkg --unpack \(Package.file)").status == 0)
            #expect(gateway.isConnected())
            try gateway.device.ask(["dpkg", "--configure", "-a"])
            #expect(gateway.isConnected())
            #expect(try gateway.device.run(["dpkg", "--audit"]) == Outcome(status: 0, stdout: "", stderr: ""))
        }

        @Test("a mosquitto that its owner has stopped stays so, whatever happens to the package")
        func stopped() throws {
            let gateway = try PackageDevice()
            try gateway.apt("install", try gateway.package(ofVersion: "0.9.0"))
            try gateway.connect()
            try gateway.device.ask(["systemctl", "stop", "mosquitto"])
            for words in [["install", Package.file], ["remove", "tedge-swift"], ["purge", "tedge-swift"]] {
                try gateway.apt(words)
                #expect(try gateway.device.activity(of: "mosquitto") == "inactive", "\(words)")
            }
            try gateway.device.ask(["systemctl", "start", "mosquitto"])
        }

        @Test("a command of an earlier 'make install' that hides the package's is named")
        func hidden() throws {
            let gateway = try PackageDevice()
            try gateway.device.write("#!/bin/sh\n", to: "/usr/local/bin/tedge", mode: "755")
            #expect(try gateway.apt("install", Package.file).contains("/usr/local/bin/tedge hides the command"))
        }

        @Test(
            "an executable that 'make install PREFIX=/usr' has put in its place is replaced, not kept as thin-edge.io's"
        )
        func inItsPlace() throws {
            let gateway = try PackageDevice()
            try gateway.apt("install", Package.file)
            try gateway.device.ask(["cp", "/usr/bin/tedge", "/usr/bin/tedge.copy"])
            try gateway.apt("purge", "tedge-swift")
            try gateway.device.ask(["mv", "/usr/bin/tedge.copy", "/usr/bin/tedge"])
            try gateway.apt("install", Package.file)
            #expect(try !gateway.device.exists("/usr/lib/thin-edge.io/tedge"))
            // Not even then does it hand over to itself.
            try gateway.device.ask(["cp", "/usr/bin/tedge", "/usr/lib/thin-edge.io/tedge"])
            let outcome = try gateway.device.run(["tedge", "run", "x"], timeout: .seconds(10))
            #expect(outcome.status == 2)
            #expect(outcome.stderr.contains("/usr/lib/thin-edge.io/tedge"))
        }

        @Test("a purge ends where /etc/tedge is a file system of its own, or a link to a place that holds more")
        func places() throws {
            let gateway = try PackageDevice()
            try gateway.device.ask(["sh", "-c", "mkdir /etc/tedge && mount -t tmpfs none /etc/tedge"])
            try gateway.apt("install", Package.file)
            try gateway.connect()
            try gateway.apt("purge", "tedge-swift")
            #expect(try gateway.device.names(in: "/etc/tedge") == [])
            try gateway.device.ask([
                "sh", "-c", "umount /etc/tedge && rmdir /etc/tedge && mkdir -p /data/tedge && touch /data/other",
            ])
            try gateway.device.ask(["ln", "-s", "/data/tedge", "/etc/tedge"])
            try gateway.apt("install", Package.file)
            try gateway.cloud.forget()
            try gateway.connect()
            let said = try gateway.apt("purge", "tedge-swift")
            #expect(said.contains("/etc/tedge is a link; /data/tedge stays"))
            #expect(try !gateway.device.exists("/etc/tedge"))
            #expect(try gateway.device.exists("/data/tedge/device-certs/tedge-private-key.pem"))
            #expect(try gateway.device.activity(of: "mosquitto") == "active")
        }

        /// https://github.com/thin-edge/thin-edge.io/issues/1487
        @Test("a container without systemctl, sudo and an init system gets it as well")
        func container() throws {
            let gateway = try PackageDevice()
            for file in ["/usr/bin/systemctl", "/bin/systemctl", "/usr/bin/sudo"] { try gateway.device.remove(file) }
            let outcome = try gateway.inPackages("apt-get -y install \(Package.file) 2>&1", isWithoutSystemd: true)
            #expect(outcome.status == 0, "\(outcome)")
            #expect(!outcome.stdout.contains("failed"), "\(outcome)")
            #expect(try gateway.device.owner("/etc/tedge/device-certs") == "tedge:tedge")
        }
    }
}

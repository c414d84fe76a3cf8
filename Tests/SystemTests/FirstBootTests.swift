import TestSupport
import Testing

extension SystemTests {
    /// `tedge-bootstrap.service` of the package.
    @Suite("the first boot") struct FirstBootTests {
        private static let unit = "tedge-bootstrap.service"
        private static let (document, done) = ("/etc/tedge/bootstrap.json", "/var/lib/tedge-bootstrap/done")
        private static let password = "once-4711-geheim"

        private static func run(url: String = "example.cumulocity.com") -> String {
            """
            [{"cloud": "c8y", "url": "\(url)", "device_id": "gateway-1", "register": "c8y-ca",
              "set": {"c8y.root_cert_path": "\(DeviceCloud.rootCertificate)"}}]

            """
        }

        /// A gateway that was made from an image with the package, and that the cloud expects.
        private func image() throws -> PackageDevice {
            let gateway = try PackageDevice()
            try gateway.apt("install", Package.file)
            try gateway.cloud.register("gateway-1", oneTimePassword: Self.password)
            try gateway.device.ask(["install", "-d", "-m", "700", "/etc/credstore"])
            try gateway.device.write(Self.password, to: "/etc/credstore/tedge.one-time-password", mode: "600")
            return gateway
        }

        private func log(_ device: Device) throws -> String {
            try device.ask(["journalctl", "--sync"])
            return try device.ask(["journalctl", "-u", Self.unit, "-o", "cat", "--no-pager"])
        }

        private func waitForEnd(_ device: Device) throws {
            let isDone = try eventually(within: .seconds(60)) { try device.exists(Self.done) }
            let text = try log(device)
            #expect(isDone, "\(text)")
        }

        /// All that is open to others: the journal, what systemd shows of the unit, and the list of processes.
        private func traces(_ device: Device) throws -> String {
            try device.ask(["journalctl", "--sync"])
            return try device.ask(["journalctl", "-o", "cat", "--no-pager"])
                + device.ask(["systemctl", "show", Self.unit]) + device.ask(["ps", "-eo", "args"])
        }

        @Test("the package enables the unit and starts nothing where there is no file")
        func nothing() throws {
            let gateway = try PackageDevice()
            try gateway.apt("install", Package.file)
            let device = gateway.device
            #expect(try device.enablement(of: Self.unit) == "enabled")
            #expect(try device.activity(of: Self.unit) == "inactive")
            #expect(
                try device.run(["systemd-analyze", "--man=no", "verify", Self.unit])
                    == Outcome(status: 0, stdout: "", stderr: ""))
            #expect(try !device.exists("/var/lib/tedge-bootstrap"))
        }

        @Test("a device with a file on its boot partition is connected after its boot, and never again after that")
        func boot() throws {
            let gateway = try image()
            try gateway.device.ask(["install", "-d", "/boot/firmware"])
            try gateway.device.write(Self.run(), to: "/boot/firmware/tedge-bootstrap.json")
            try gateway.reboot(clean: true)
            try waitForEnd(gateway.device)
            #expect(gateway.isConnected())
            #expect(try !traces(gateway.device).contains(Self.password))
            #expect(try log(gateway.device).contains("connected as /boot/firmware/tedge-bootstrap.json says."))
            // What is changed afterwards stays.
            try gateway.device.ask(["tedge", "config", "set", "device.type", "mine"])
            try gateway.reboot(clean: true)
            #expect(gateway.isConnected())
            #expect(try gateway.device.activity(of: Self.unit) == "inactive")
            let condition = ["systemctl", "show", "--property", "ConditionResult", "--value", Self.unit]
            #expect(try gateway.device.ask(condition).trimmed == "no")
            try gateway.apt("purge", "tedge-swift")
            #expect(try !gateway.device.exists("/var/lib/tedge-bootstrap"))
        }

        @Test("one document serves a whole series of devices, if the unit takes the id from the name of the host")
        func series() throws {
            let gateway = try image()
            let device = gateway.device
            let name = try device.ask(["hostname"]).trimmed
            try gateway.cloud.register(name, oneTimePassword: Self.password)
            try device.write(
                "[Service]\nEnvironment=TEDGE_DEVICE_ID=%H\n",
                to: "/etc/systemd/system/tedge-bootstrap.service.d/id.conf")
            try device.write(
                Self.run().replacing(#""device_id": "gateway-1", "#, with: ""), to: Self.document)
            try device.ask(["systemctl", "daemon-reload"])
            _ = try device.run(["systemctl", "start", Self.unit])
            try waitForEnd(device)
            #expect(gateway.isConnected())
            #expect(try device.ask(["tedge", "config", "get", "device.id"]).trimmed == name)
        }

        @Test("a device that loses power in the middle goes on at its next boot", arguments: [1, 2, 4])
        func powerCut(_ moment: Int) throws {
            let gateway = try image()
            try gateway.device.write(Self.run(), to: Self.document)
            _ = try gateway.device.run(["systemctl", "start", Self.unit])
            let files = [
                "/var/lib/tedge-bootstrap/started", PreparedDevice.certificate, PreparedDevice.bridge, Self.done,
            ]
            _ = eventually(within: .seconds(20)) { (try? gateway.device.exists(files[moment - 1])) == true }
            // Nothing is written while the files are saved for the next boot.
            _ = try gateway.device.run(["systemctl", "kill", "--kill-whom=all", "--signal=STOP", Self.unit])
            try gateway.reboot(clean: false)
            try waitForEnd(gateway.device)
            #expect(gateway.isConnected())
        }

        @Test("where the cloud cannot be reached it says why, waits longer each time, and connects when it can")
        func wrongTenant() throws {
            let gateway = try image()
            let device = gateway.device
            try device.write(Self.run(url: "exampel.cumulocity.com"), to: Self.document)
            _ = try device.run(["systemctl", "start", Self.unit])
            let hasTriedTwice = try eventually(within: .seconds(40)) {
                try log(device).contains("The next try is in 20 seconds.")
            }
            let text = try log(device)
            #expect(hasTriedTwice && text.contains("The next try is in 10 seconds."), "\(text)")
            #expect(text.contains("exampel.cumulocity.com") && text.contains("Hint: "), "\(text)")
            #expect(try device.activity(of: Self.unit) == "active")
            #expect(
                try device.run(["systemctl", "list-jobs"]).stdout.contains("No jobs"), "the boot waits for nothing")
            try device.write(Self.run(), to: Self.document)
            try waitForEnd(device)
            #expect(gateway.isConnected())
            #expect(try !traces(device).contains(Self.password))
        }

        @Test("a device that is connected by other means is left alone, also by an upgrade")
        func connected() throws {
            let gateway = try PackageDevice()
            try gateway.apt("install", Package.file)
            try gateway.connect()
            let (device, broker) = (gateway.device, try gateway.broker())
            try device.write(Self.run(url: "other.cumulocity.com"), to: Self.document)
            try gateway.apt("install", try gateway.package(ofVersion: "99.0.0"))
            _ = try device.run(["systemctl", "start", Self.unit])
            #expect(try device.activity(of: Self.unit) == "inactive")
            #expect(try device.run(["tedge", "config", "get", "c8y.url"]).stdout == "example.cumulocity.com\n")
            #expect(try gateway.broker() == broker)
            #expect(gateway.isConnected())
        }

        @Test("a credential that systemd keeps encrypted is decrypted for it")
        func encrypted() throws {
            let gateway = try image()
            let device = gateway.device
            try device.ask(["rm", "/etc/credstore/tedge.one-time-password"])
            try device.ask(["install", "-d", "-m", "700", "/etc/credstore.encrypted"])
            let target = "/etc/credstore.encrypted/tedge.one-time-password"
            _ = try device.ask(
                ["systemd-creds", "--with-key=host", "encrypt", "--name=tedge.one-time-password", "-", target],
                input: Self.password)
            try device.ask(["install", "-d", "/etc/systemd/system/\(Self.unit).d"])
            try device.write(
                "[Service]\nLoadCredentialEncrypted=tedge.one-time-password\n",
                to: "/etc/systemd/system/\(Self.unit).d/encrypted.conf")
            try device.ask(["systemctl", "daemon-reload"])
            try device.write(Self.run(), to: Self.document)
            _ = try device.run(["systemctl", "start", Self.unit])
            try waitForEnd(device)
            #expect(gateway.isConnected())
        }

        @Test("a self-signed certificate is uploaded with user and password of credentials")
        func upload() throws {
            let gateway = try PackageDevice()
            try gateway.apt("install", Package.file)
            let device = gateway.device
            try device.ask(["install", "-d", "-m", "700", "/etc/credstore"])
            try device.write("alice\n", to: "/etc/credstore/tedge.c8y-user", mode: "600")
            try device.write("secret\n", to: "/etc/credstore/tedge.c8y-password", mode: "600")
            try device.write(
                Self.run().replacing("c8y-ca", with: "self-signed"), to: Self.document)
            _ = try device.run(["systemctl", "start", Self.unit])
            try waitForEnd(device)
            #expect(gateway.isConnected())
        }
    }
}

import TestSupport
import Testing

extension SystemTests {
    /// The unit that the package's timer starts.
    @Suite("the renewal of the package") struct RenewalTimerTests {
        /// A gateway whose certificate is of the tenant's authority.
        private func connected() throws -> PackageDevice {
            let gateway = try PackageDevice()
            try gateway.apt("install", Package.file)
            let device = gateway.device
            try device.ask(["tedge", "config", "set", "c8y.url", "example.cumulocity.com"])
            try device.ask(["tedge", "config", "set", "c8y.root_cert_path", DeviceCloud.rootCertificate])
            try gateway.cloud.register("gateway-1", oneTimePassword: "otp")
            let download = ["tedge", "cert", "download", "c8y", "--device-id", "gateway-1"]
            try device.ask(["env", "DEVICE_ONE_TIME_PASSWORD=otp"] + download)
            try device.ask(["tedge", "connect", "c8y"])
            return gateway
        }

        /// Replaces the certificate by one of the same authority that has 20 days left.
        private func age(_ device: Device) throws {
            let script = """
                set -e
                openssl req -new -key "$1" -subj '/CN=gateway-1/O=Thin Edge/OU=Device' -out /tmp/request.csr
                faketime -f -300d openssl x509 -req -in /tmp/request.csr -CA /cloud/device-ca.pem -CAkey /cloud/pki/device-ca.key \
                    -CAserial /tmp/serial -CAcreateserial -days 320 -out /tmp/aged.pem 2>/dev/null
                install -m 444 -o mosquitto -g mosquitto /tmp/aged.pem "$0"
                """
            try device.ask(["sh", "-c", script, PreparedDevice.certificate, PreparedDevice.key])
        }

        private func runUnit(_ device: Device) throws -> (result: String, log: String) {
            _ = try device.run(["systemctl", "start", "tedge-renew.service"], timeout: .seconds(120))
            let result = try device.ask(["systemctl", "show", "--property", "Result", "--value", "tedge-renew.service"])
            return (
                result.trimmed, try device.ask(["journalctl", "-u", "tedge-renew.service", "-o", "cat", "--no-pager"])
            )
        }

        @Test("where nothing is due it succeeds, and does not touch mosquitto")
        func nothingDue() throws {
            let gateway = try connected()
            let broker = try gateway.broker()
            let (result, log) = try runUnit(gateway.device)
            #expect(result == "success", "\(log)")
            #expect(log.contains("No certificate is due for renewal."))
            #expect(try gateway.broker() == broker)
        }

        @Test("a certificate that is due is renewed and used, without a mapper's proxy, and hooks learn of it")
        func due() throws {
            let gateway = try connected()
            let device = gateway.device
            try age(device)
            let old = try device.text(PreparedDevice.certificate)
            #expect(try device.run(["tedge", "cert", "needs-renewal"]).status == 0)
            try device.write("#!/bin/sh\necho \"$1\" >/run/renewed\n", to: "/etc/tedge/renewal-hooks/log", mode: "755")
            let (result, log) = try runUnit(device)
            #expect(result == "success", "\(log)")
            #expect(try device.text(PreparedDevice.certificate) != old)
            #expect(try device.run(["tedge", "cert", "needs-renewal"]).status == 1)
            #expect(try device.text("/run/renewed") == "\(PreparedDevice.certificate)\n")
            #expect(gateway.isConnected())
            #expect(!log.contains("eyJ"))
        }

        @Test("what cannot be told is a failure of the unit, with the cause in the journal")
        func unknown() throws {
            let gateway = try connected()
            try gateway.device.write("no certificate\n", to: PreparedDevice.certificate, mode: "444")
            let (result, log) = try runUnit(gateway.device)
            #expect(result == "exit-code", "\(log)")
            #expect(log.contains(PreparedDevice.certificate))
        }
    }
}

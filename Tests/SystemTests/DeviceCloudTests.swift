import Testing

extension SystemTests {
    @Suite("the stand-in cloud of the device") struct DeviceCloudTests {
        /// A message from the device to the cloud with a certificate made by openssl: $1 host, $2 root certificate.
        private let publish = """
            mosquitto_pub -h "$1" -p 8883 --cafile "$2" --cert /root/c.pem --key /root/k.pem -i test -q 1 \
                -t s/us -m 100,gateway,bench
            """

        /// What openssl says of the cloud's certificate by the name that it is not good for.
        private let verify = """
            openssl s_client -connect other.cumulocity.com:8883 -CAfile \(DeviceCloud.rootCertificate) \
                -verify_hostname other.cumulocity.com -verify_return_error </dev/null
            """

        private let makeCertificate = """
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=gateway \
                -addext basicConstraints=CA:TRUE -keyout /root/k.pem -out /root/c.pem
            """

        @Test("a trusted device reaches it; an untrusted one does not, nor anyone by a name that its certificate lacks")
        func trust() throws {
            let device = try Device(tedge: "/bin/true")
            let cloud = try DeviceCloud(on: device)
            try device.ask(["sh", "-c", makeCertificate])

            #expect(try send(from: device, to: "example.cumulocity.com").status != 0)
            try cloud.trust(device.text("/root/c.pem"))
            #expect(try send(from: device, to: "example.cumulocity.com") == Outcome(status: 0, stdout: "", stderr: ""))
            #expect(try send(from: device, to: "other.cumulocity.com").status != 0)
            #expect(try device.run(["sh", "-c", verify]).stderr.contains("hostname mismatch"))
            #expect(try cloud.show().contains(#""type": "bench""#))
            try cloud.forget()
            #expect(try cloud.show().contains(#""type": "bench""#) == false)
        }

        @Test("reset ends it and forgets what it knew, and another can be started")
        func reset() throws {
            let device = try Device(tedge: "/bin/true")
            let authority = try startedAuthority(on: device)
            try device.reset()
            #expect(try device.names(in: "/cloud") == [])
            let knock = ["bash", "-c", "exec 3<>/dev/tcp/10.99.0.2/8883"]
            #expect(try device.run(knock).stderr.contains("Connection refused"))
            #expect(try startedAuthority(on: device) != authority)
        }

        private func startedAuthority(on device: Device) throws -> String {
            _ = try DeviceCloud(on: device)
            return try device.text(DeviceCloud.rootCertificate)
        }

        private func send(from device: Device, to host: String) throws -> Outcome {
            try device.run(["timeout", "5", "sh", "-c", publish, "sh", host, DeviceCloud.rootCertificate])
        }
    }
}

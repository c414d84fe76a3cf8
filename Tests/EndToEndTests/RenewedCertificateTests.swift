import TestSupport
import Testing

/// Certificates for the same key that wait beside the one in use, and what connect makes of them.
@Suite("a renewed certificate") struct RenewedCertificateTests {
    /// A gateway whose certificate the cloud trusts.
    private struct Ready {
        let cloud: StandInCloud
        let gateway: Gateway
        let certificate: String
        let key: String

        init() throws {
            (cloud, gateway) = (try StandInCloud(), try Gateway())
            try gateway.configure(for: cloud)
            try gateway.certify(for: cloud)
            certificate = gateway.path("device-certs/tedge-certificate.pem")
            key = gateway.path("device-certs/tedge-private-key.pem")
        }

        /// Makes a certificate for the device's key, self-signed or signed by an authority.
        func renew(_ authority: TestAuthority? = nil) throws {
            let signing =
                authority.map { ["-CA", $0.authority.certificate, "-CAkey", $0.authority.key] } ?? []
            let words = [
                "req", "-x509", "-key", key, "-days", "90", "-subj", "/CN=gateway-1/O=Thin Edge/OU=Device",
                "-out", "\(certificate).new",
            ]
            let made = try ChildProcess.run("openssl", words + signing)
            guard made.exit == .status(0) else { throw TestFailure(made.errors) }
        }
    }

    @Test("connect and reconnect take one that the cloud trusts, and are connected with it")
    func taken() throws {
        let ready = try Ready()
        for command in ["connect", "reconnect"] {
            try ready.renew()
            try ready.cloud.command("trust", "\(ready.certificate).new")
            let new = contents(of: "\(ready.certificate).new")
            let outcome = try ready.gateway.tedge(command, "c8y")
            #expect(outcome.status == 0)
            #expect(outcome.output.contains("\nValidating new certificate: \(ready.certificate).new\n\n"))
            #expect(outcome.errors == "The new certificate is now the active certificate \(ready.certificate)\n")
            #expect(contents(of: ready.certificate) == new)
            #expect(ready.gateway.text("device-certs/tedge-certificate.pem.new") == nil)
        }
    }

    @Test("one that the cloud refuses ends connect with status 3, connected with the old one")
    func refused() throws {
        let ready = try Ready()
        try ready.renew(TestAuthority(name: "Unknown Authority"))
        let old = contents(of: ready.certificate)
        let outcome = try ready.gateway.tedge("connect", "c8y")
        #expect(outcome.status == 3)
        #expect(outcome.output.hasSuffix("connection check is successful.\n"))
        #expect(outcome.errors.hasPrefix("Error validating the new certificate: "))
        #expect(outcome.errors.contains("\nSuccessfully connected, however not using the new certificate\n"))
        #expect(contents(of: ready.certificate) == old)
        #expect(ready.gateway.text("device-certs/tedge-certificate.pem.new") != nil)
        let json = try ready.gateway.tedge("--json", "reconnect", "c8y")
        #expect(json.status == 3)
        #expect(json.output.contains("\"result\":\"partial\""))
        #expect(json.output.contains("\"reason\":\"new-certificate-refused\""))
    }
}

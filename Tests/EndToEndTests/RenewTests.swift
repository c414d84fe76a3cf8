import Glibc
import Testing
import TestSupport

@Suite("cert renew", .serialized) struct RenewTests {
    private static let new = "device-certs/tedge-certificate.pem.new"

    /// A gateway whose mapper's proxy the cloud plays, with a certificate that the cloud has issued.
    private func issued(_ cloud: StandInCloud) throws -> Gateway {
        let gateway = try Gateway()
        try gateway.configure(for: cloud)
        try gateway.tedge("config", "set", "c8y.proxy.client.port", "\(cloud.proxyPort)").expectSuccess()
        try gateway.enrol(with: cloud)
        return gateway
    }

    private func openssl(_ words: String...) throws -> String {
        let done = try ChildProcess.run("openssl", words)
        guard done.exit == .status(0) else { throw TestFailure(done.errors) }
        return done.output
    }

    @Test("the authority of the tenant renews through the mapper's proxy, with and without TLS")
    func cumulocity() throws {
        let cloud = try StandInCloud()
        let gateway = try issued(cloud)
        let plain = try gateway.tedge("cert", "renew")
        #expect(plain.status == 0, "\(plain)")
        #expect(plain.errors.hasSuffix("    => the device has to be reconnected to the cloud\n\n"))
        let first = try #require(gateway.text(Self.new))
        for (key, value) in [
            ("cert_path", "/proxy.pem"), ("client.host", "localhost"), ("ca_path", cloud.rootCertificate),
        ] {
            try gateway.tedge("config", "set", "c8y.proxy.\(key)", value).expectSuccess()
        }
        let secure = try gateway.tedge("cert", "renew", "c8y")
        #expect(secure.status == 0, "\(secure)")
        #expect(gateway.text(Self.new) != first)
        let old = try openssl("x509", "-noout", "-pubkey", "-in", gateway.path("device-certs/tedge-certificate.pem"))
        #expect(try openssl("x509", "-noout", "-pubkey", "-in", gateway.path(Self.new)) == old)
        // How long the certificate is valid is counted in seconds, some of which pass in between.
        let lasting = { (text: String) in text.split(separator: "\n").filter { !$0.hasPrefix("Status:") } }
        #expect(lasting(try gateway.tedge("cert", "show", "--new").output) == lasting(secure.output))
        try gateway.tedge("config", "unset", "c8y.proxy.ca_path").expectSuccess()
        #expect(try gateway.tedge("cert", "renew").errors.contains("tedge config set c8y.proxy.ca_path"))
    }

    @Test("a proxy that is not there, and one that refuses, leave everything as it was")
    func failures() throws {
        let cloud = try StandInCloud()
        let gateway = try issued(cloud)
        let before = try gateway.snapshot()
        try cloud.misbehave("server-error")
        let refused = try gateway.tedge("cert", "renew")
        #expect(refused.status == 1)
        #expect(
            refused.errors.contains(
                "    The request failed with 500 Internal Server Error:\n        Something broke, please try again later"
            ))
        cloud.stop()
        let absent = try gateway.tedge("--debug", "cert", "renew")
        #expect(absent.status == 1)
        #expect(absent.errors.contains("POST http://127.0.0.1:\(cloud.proxyPort)/c8y/.well-known/est/simplereenroll"))
        #expect(
            absent.errors.contains("Fail to connect to Cumulocity HTTP proxy http://127.0.0.1:\(cloud.proxyPort)/c8y"))
        #expect(absent.errors.contains("sudo systemctl start tedge-mapper-c8y"))
        #expect(try gateway.tedge("cert", "renew", "--ca", "self-signed").errors.contains("is not self-signed"))
        #expect(try gateway.snapshot() == before)
    }

    @Test("the own key renews a self-signed certificate, which the cloud takes")
    func selfSigned() throws {
        let cloud = try StandInCloud()
        let gateway = try Gateway()
        try gateway.configure(for: cloud)
        try gateway.tedge("cert", "create", "--device-id", "gateway-1").expectSuccess()
        let outcome = try gateway.tedge("cert", "renew", "--ca", "self-signed")
        #expect(outcome.status == 0)
        #expect(
            outcome.errors == """
                Certificate renewed successfully
                    For an un-interrupted service:
                    => the new certificate has to be uploaded to the cloud
                    => then the device reconnected


                """)
        #expect(outcome.output.hasPrefix("Certificate:   \(gateway.path(Self.new))\n"))
        var status = stat()
        #expect(stat(gateway.path(Self.new), &status) == 0 && status.st_mode & 0o777 == 0o444)
        let upload = try gateway.tedge(
            "cert", "upload", "c8y", "--user", "alice", environment: ["C8Y_PASSWORD": "secret"])
        #expect(upload == Outcome(status: 0, output: "Certificate uploaded successfully.\n"))
        #expect(try gateway.tedge("cert", "renew", "--ca", "nobody").status == 2)
    }

    @Test("without a certificate, and for another cloud, it says what to do")
    func nothing() throws {
        let gateway = try Gateway()
        let before = try gateway.snapshot()
        let missing = try gateway.tedge("cert", "renew", "--ca", "self-signed")
        #expect(missing.status == 1 && missing.errors.contains("No certificate has been attached"))
        #expect(missing.errors.contains("Run `tedge cert create --device-id <id>`"))
        let azure = try gateway.tedge("--json", "cert", "renew", "az")
        #expect(azure.output.contains(#""message":"Certificate renewal is not supported for Azure""#))
        #expect(try gateway.snapshot() == before)
    }
}

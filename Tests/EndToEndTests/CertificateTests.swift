import Glibc
import Testing
import TestSupport

@Suite("cert", .serialized) struct CertificateTests {
    @Test("a certificate is made with modes 0444 and 0400, shown, and taken away")
    func whole() throws {
        let gateway = try Gateway()
        let created = try gateway.tedge("cert", "create", "--device-id", "gateway-1")
        #expect(created.status == 0)
        #expect(
            created.errors == """
                Certificate created successfully
                    => the certificate has to be uploaded to the cloud
                    => before the device can be connected


                """)
        let shown = try gateway.tedge("cert", "show")
        #expect(shown.status == 0)
        // The time that is left runs on between the two.
        let left = #/expires in: [0-9ydhms ]+\)/#
        #expect(created.output.contains(left))
        #expect(created.output.replacing(left, with: "") == shown.output.replacing(left, with: ""))
        let snapshot = try gateway.snapshot()
        #expect(snapshot.contains("device-certs/tedge-certificate.pem 444 "))
        #expect(snapshot.contains("device-certs/tedge-private-key.pem 400 "))
        #expect(try gateway.tedge("config", "get", "device.id").output == "gateway-1\n")
        #expect(try gateway.tedge("cert", "remove").status == 0)
        #expect(gateway.text("device-certs/tedge-certificate.pem") == nil)
        #expect(gateway.text("device-certs/tedge-private-key.pem") == nil)
        #expect(try gateway.tedge("cert", "remove").status == 0)
        #expect(try gateway.tedge("cert", "show").status == 1)
    }

    @Test("openssl verifies the certificate and finds the key to be its own")
    func openssl() throws {
        let gateway = try Gateway()
        try gateway.tedge("cert", "create", "--device-id", "gateway-1").expectSuccess()
        let look = """
            cd "$0"
            openssl verify -CAfile tedge-certificate.pem tedge-certificate.pem
            openssl x509 -in tedge-certificate.pem -noout -pubkey >public
            openssl pkey -in tedge-private-key.pem -pubout | cmp - public && echo same
            openssl x509 -in tedge-certificate.pem -noout -subject
            """
        let seen = try ChildProcess.run("sh", ["-c", look, gateway.path("device-certs")])
        #expect(
            seen.output
                == "tedge-certificate.pem: OK\nsame\nsubject=CN = gateway-1, O = Thin Edge, OU = Device\n")
    }

    @Test("what is there is never overwritten, and a half pair is not left")
    func existing() throws {
        let gateway = try Gateway()
        try gateway.tedge("cert", "create", "--device-id", "gateway-1").expectSuccess()
        let before = try gateway.snapshot()
        let again = try gateway.tedge("cert", "create", "--device-id", "other")
        #expect(again.status == 1 && again.errors.contains("tedge cert renew"))
        #expect(try gateway.snapshot() == before)
        unlink(gateway.path("device-certs/tedge-certificate.pem"))
        let half = try gateway.snapshot()
        let key = try gateway.tedge("cert", "create", "--device-id", "other")
        #expect(key.status == 1 && key.errors.contains("A private key already exists"))
        #expect(try gateway.snapshot() == half)
    }

    @Test(
        "a device id that no cloud takes is refused",
        arguments: ["", "a b\u{7}", "a/b", "a+b", "a#b", String(repeating: "x", count: 65)])
    func deviceID(id: String) throws {
        let gateway = try Gateway()
        let before = try gateway.snapshot()
        let outcome = try gateway.tedge("cert", "create", "--device-id", id)
        #expect(outcome.status == 1 && outcome.errors.hasPrefix("Error: "))
        #expect(try gateway.snapshot() == before)
    }

    @Test("a request is made with a new key, which an authority signs; the certificate is then shown and judged")
    func request() throws {
        let gateway = try Gateway()
        let made = try gateway.tedge("cert", "create-csr", "--device-id", "gateway-1")
        #expect(made == Outcome(status: 0, errors: "Certificate Signing Request was successfully created.\n"))
        let snapshot = try gateway.snapshot()
        #expect(snapshot.contains("device-certs/tedge.csr 444 "))
        #expect(snapshot.contains("device-certs/tedge-private-key.pem 400 "))
        let authority = try TestAuthority(name: "Some Authority")
        let signed = try ChildProcess.run(
            "openssl",
            [
                "x509", "-req", "-in", gateway.path("device-certs/tedge.csr"), "-CA", authority.authority.certificate,
                "-CAkey", authority.authority.key, "-CAcreateserial", "-days", "90", "-out",
                gateway.path("device-certs/tedge-certificate.pem"),
            ])
        #expect(signed.exit == .status(0), "\(signed.errors)")
        let shown = try gateway.tedge("cert", "show")
        #expect(
            shown.output.contains(
                "Subject:       CN=gateway-1, O=Thin Edge, OU=Device\nIssuer:        CN=Some Authority\n"))
        let good = try gateway.tedge("cert", "needs-renewal")
        #expect(good.status == 1 && good.output == "" && good.errors.hasPrefix("Status:        VALID (expires in: "))
        try gateway.tedge("config", "set", "certificate.validity.minimum_duration", "365d").expectSuccess()
        let due = try gateway.tedge("cert", "needs-renewal")
        #expect(due.status == 0 && due.errors.hasPrefix("Status:        EXPIRES SOON (expires in: "))
        let unknown = try gateway.tedge("cert", "needs-renewal", "--cert-path", "/nowhere")
        #expect(unknown.status == 2 && unknown.errors.hasPrefix("Cannot check the certificate: "))
        // The key stays, and with it a request for another certificate.
        let key = gateway.text("device-certs/tedge-private-key.pem")
        try gateway.tedge("cert", "create-csr", "--output-path", gateway.path("again.csr")).expectSuccess()
        #expect(gateway.text("device-certs/tedge-private-key.pem") == key)
    }
}

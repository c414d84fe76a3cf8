import Testing
import TestSupport

/// Files that are not what mosquitto reads, and what each command says about them.
@Suite("a certificate or key in another form", .serialized) struct CertificateFormTests {
    /// A gateway with a certificate and key that openssl makes, and a shell in their directory.
    private struct Ready {
        let gateway: Gateway

        init() throws {
            gateway = try Gateway()
            try shell("mkdir -m 755 device-certs")
            try shell(
                "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=gateway-1 "
                    + "-keyout key.pem -out cert.pem 2>&1")
            try gateway.tedge("config", "set", "c8y.url", "localhost").expectSuccess()
        }

        @discardableResult
        func shell(_ command: String) throws -> String {
            let result = try ChildProcess.run("sh", ["-ec", "cd \"$0\"; \(command)", gateway.configuration])
            guard result.exit == .status(0) else { throw TestFailure("\(command): \(result.errors)") }
            return result.output
        }

        /// The command that a hint tells to run.
        func command(in errors: String) -> String? {
            guard let begin = errors.firstRange(of: "Hint: Run '"),
                let end = errors.lastRange(of: "' and use ") ?? errors.lastRange(of: "', which asks")
            else { return nil }
            return String(errors[begin.upperBound..<end.lowerBound])
        }
    }

    static let certificates = [
        ("openssl x509 -in cert.pem -outform DER -out", "a certificate in DER, not in PEM"),
        ("openssl pkcs12 -export -passout pass: -in cert.pem -inkey key.pem -out", "the file is a PKCS #12 store"),
        ("openssl crl2pkcs7 -nocrl -certfile cert.pem -out", "a PKCS #7 message, not a certificate"),
        ("openssl crl2pkcs7 -nocrl -certfile cert.pem -outform DER -out", "a PKCS #7 message in DER"),
        ("iconv -t UTF-16 cert.pem >", "text in UTF-16"), ("iconv -t UTF-16LE cert.pem >", "text in UTF-16"),
        ("tr '\\n' '\\r' < cert.pem >", "end with a carriage return alone"),
        ("sed ':a;N;$!ba;s/\\n/\\\\n/g' cert.pem >", "line ends written as '\\n'"),
        ("head -n 4 cert.pem >", "is cut off"), ("sed 's/^/ /' cert.pem >", "at the beginning of a line"),
        (": >", "the file is empty"), ("cat key.pem >", "a private key, not a certificate"),
        ("openssl req -new -key key.pem -subj /CN=gateway-1 -out", "a certificate signing request, not"),
        ("openssl pkey -in key.pem -pubout -out", "a public key, not a certificate"),
    ]

    @Test("every command says what the file holds, and the command of the hint makes one that can be read")
    func certificate() throws {
        let ready = try Ready()
        let path = ready.gateway.path("device-certs/tedge-certificate.pem")
        try ready.shell("cp key.pem device-certs/tedge-private-key.pem")
        for (make, words) in Self.certificates {
            try ready.shell("\(make) \(path)")
            let outcomes = try [
                ["cert", "show"], ["config", "get", "device.id"], ["cert", "needs-renewal"],
                ["cert", "renew", "--ca", "self-signed"], ["connect", "c8y", "--offline"],
                ["cert", "upload", "c8y", "--user", "u", "--password-file", "/dev/null"],
            ].map { try ready.gateway.run($0) }
            for outcome in outcomes {
                #expect(outcome.status != 0 && outcome.errors.contains(words), "\(make): \(outcome.errors)")
                #expect(!outcome.errors.contains("cert create"), "\(outcome.errors)")
            }
            let doctor = try ready.gateway.tedge("doctor", "c8y", "--only", "certificate", "--json")
            #expect(doctor.output.contains("\"reason\":\"certificate-broken\""), "\(doctor.output)")
            guard let command = ready.command(in: outcomes[0].errors) else { continue }
            try ready.shell("\(command.replacing("-in ", with: "-passin pass: -in ", if: command.contains("pkcs12")))")
            let shown = try ready.gateway.tedge("cert", "show", "--cert-path", "\(path).converted.pem")
            #expect(shown.output.contains("CN=gateway-1"), "\(make): \(shown.errors)")
        }
    }

    @Test(
        "what mosquitto reads is read",
        arguments: [
            "sed 's/$/\\r/' cert.pem >", "(echo a text; cat cert.pem) >", "(printf '\\357\\273\\277'; cat cert.pem) >",
            "openssl x509 -in cert.pem -trustout -out", "sed 's/CERT/X509 CERT/' cert.pem >", "cat key.pem cert.pem >",
            "(openssl pkey -in key.pem -aes128 -passout pass:x; cat cert.pem) >",
        ])
    func readable(_ make: String) throws {
        let ready = try Ready()
        try ready.shell("\(make) device-certs/tedge-certificate.pem")
        #expect(try ready.gateway.tedge("config", "get", "device.id") == Outcome(status: 0, output: "gateway-1\n"))
    }

    @Test("without OpenSSL every command says so, and none takes a certificate for a missing one")
    func withoutOpenSSL() throws {
        let ready = try Ready()
        try ready.shell("mkdir no; : > no/libcrypto.so.3; cp cert.pem device-certs/tedge-certificate.pem")
        for words in [
            ["cert", "show"], ["config", "get", "device.id"], ["cert", "needs-renewal"],
            ["connect", "c8y", "--offline"],
            ["cert", "renew", "--ca", "self-signed"], ["cert", "create-csr", "--device-id", "gateway-1"],
        ] {
            let outcome = try ready.gateway.run(
                words, environment: ["LD_LIBRARY_PATH": "\(ready.gateway.configuration)/no"])
            #expect(outcome.errors.contains("The library libcrypto cannot be opened."), "\(words): \(outcome.errors)")
            #expect(outcome.errors.contains("Hint: Run 'sudo apt install libssl3', "))
        }
        try ready.shell("rm device-certs/*")
        let before = try ready.gateway.snapshot()
        let create = try ready.gateway.run(
            ["--json", "cert", "create", "--device-id", "gateway-1"],
            environment: ["LD_LIBRARY_PATH": "\(ready.gateway.configuration)/no"])
        #expect(create.status == 1 && create.output.contains("\"reason\":\"openssl-missing\""), "\(create)")
        #expect(try ready.gateway.snapshot() == before)
    }

    static let keys = [
        ("openssl pkey -in key.pem -outform DER -out", "a private key in DER"),
        ("openssl pkcs12 -export -passout pass: -in cert.pem -inkey key.pem -out", "a PKCS #12 store"),
        ("openssl pkey -in key.pem -aes128 -passout pass:secret -out", "encrypted with a passphrase"),
        ("openssl ec -in key.pem -aes128 -passout pass:secret -out", "encrypted with a passphrase"),
        ("iconv -t UTF-16 key.pem >", "text in UTF-16"), ("cat cert.pem >", "a certificate, not a private key"),
        ("ssh-keygen -q -t ecdsa -N '' -f ssh && cp ssh", "the form of OpenSSH"), (": >", "the file is empty"),
    ]

    @Test("a key in another form is named, and the command of the hint makes one that nobody else can read")
    func key() throws {
        let ready = try Ready()
        let path = ready.gateway.path("device-certs/tedge-private-key.pem")
        for (make, words) in Self.keys {
            try ready.shell("\(make) \(path)")
            let before = try ready.gateway.snapshot()
            let outcome = try ready.gateway.tedge("cert", "create-csr", "--device-id", "gateway-1")
            #expect(outcome.status == 1 && outcome.errors.contains(words), "\(make): \(outcome.errors)")
            #expect(try ready.gateway.snapshot() == before)
            guard var command = ready.command(in: outcome.errors) else { continue }
            let secret = make.contains("secret") ? "secret" : ""
            command = command.replacing("-in ", with: "-passin pass:\(secret) -in ", if: !command.contains("iconv"))
            try ready.shell("umask 022; \(command)")
            #expect(try ready.shell("stat -c %a \(path).converted.pem") == "600\n")
            try ready.gateway.tedge("config", "set", "device.key_path", "\(path).converted.pem").expectSuccess()
            try ready.gateway.tedge("cert", "create-csr", "--device-id", "gateway-1").expectSuccess()
            try ready.gateway.tedge("config", "unset", "device.key_path").expectSuccess()
            try ready.shell("rm -f \(path)* ssh*")
        }
    }
}

extension String {
    fileprivate func replacing(_ text: String, with other: String, if isWanted: Bool) -> String {
        isWanted ? replacing(text, with: other) : self
    }

    fileprivate func lastRange(of text: String) -> Range<String.Index>? { ranges(of: text).last }
}

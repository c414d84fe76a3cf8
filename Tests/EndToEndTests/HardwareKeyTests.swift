import Glibc
import TestSupport
import Testing

/// Keys in a TPM or a token on a device without OpenSSL's providers. With them: `make test-hardware-keys`.
@Suite("keys in hardware") struct HardwareKeyTests {
    private static let noProviders = ["OPENSSL_MODULES": "/nonexistent"]
    private static let tpm = "-----BEGIN TSS2 PRIVATE KEY-----\nAAAA\n-----END TSS2 PRIVATE KEY-----\n"

    @Test(
        "without the provider nothing is made, and the package is named",
        arguments: [("tpm2", "tpm2-openssl"), ("pkcs11:object=k", "pkcs11-provider")],
        [["create"], ["create-csr"]])
    func create(key: (word: String, package: String), verb: [String]) throws {
        let gateway = try Gateway()
        let before = try gateway.snapshot()
        let words = ["cert"] + verb + ["--device-id", "gateway-1", "--key", key.word]
        let outcome = try gateway.run(words, environment: Self.noProviders)
        #expect(outcome.status == 1)
        #expect(outcome.output == "")
        #expect(outcome.errors.contains("OpenSSL has no provider '\(key.word.prefix { $0 != ":" })'"))
        #expect(outcome.errors.contains("Hint: Run 'sudo apt install \(key.package)'"))
        #expect(try gateway.snapshot() == before)
        let json = try gateway.run(["--json"] + words, environment: Self.noProviders)
        #expect(json.output.contains("\"key-provider-missing\""))
    }

    @Test(
        "without the provider connect and doctor name the package; connect writes nothing, and cert remove is not advised"
    )
    func connect() throws {
        let gateway = try Gateway()
        try gateway.tedge("cert", "create", "--device-id", "gateway-1").expectSuccess()
        try gateway.tedge("config", "set", "c8y.url", "example.cumulocity.com").expectSuccess()
        let key = gateway.path("device-certs/tedge-private-key.pem")
        unlink(key)
        try write(Self.tpm, to: key, mode: 0o400)
        let before = try gateway.snapshot()
        for words in [["connect", "c8y"], ["doctor", "c8y"]] {
            let outcome = try gateway.run(words, environment: Self.noProviders)
            #expect(outcome.status == 1)
            let said = outcome.output + outcome.errors
            #expect(said.contains("sudo apt install tpm2-openssl"))
            #expect(!said.contains("cert remove"))
        }
        #expect(try gateway.snapshot() == before)
        let removed = try gateway.tedge("cert", "remove")
        #expect(removed.status == 0)
        #expect(removed.errors.contains("the TPM keeps no copy"))
    }

    @Test("a PIN on the command line is refused, and printed nowhere")
    func pin() throws {
        let gateway = try Gateway()
        for arguments in [["--json"], ["--debug"], []] {
            let outcome = try gateway.run(
                arguments + ["cert", "create", "--device-id", "a", "--key", "pkcs11:object=k?pin-value=987654"])
            #expect(outcome.status == 1)
            #expect(!(outcome.output + outcome.errors).contains("987654"))
        }
    }

    @Test("anything else than tpm2 and an address is wrong usage")
    func usage() throws {
        let outcome = try Gateway().tedge("cert", "create", "--device-id", "a", "--key", "rsa")
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("'tpm2', or the address of a key that begins with 'pkcs11:', is expected"))
    }

    @Test("a key in a file needs no provider, and is made as before")
    func file() throws {
        let gateway = try Gateway()
        let words = ["cert", "create", "--device-id", "gateway-1"]
        #expect(try gateway.run(words, environment: Self.noProviders).status == 0)
        #expect(gateway.text("device-certs/tedge-private-key.pem")?.hasPrefix("-----BEGIN PRIVATE KEY-----") == true)
    }
}

import TestSupport
import Testing

@testable import X509

@Suite("Files that stand for a key")
struct KeyReferenceTests {
    /// Made by hand from the definition `SEQUENCE { desc VisibleString, uri UTF8String }`, with openssl asn1parse as witness.
    private let address = "pkcs11:token=gateway;object=device;type=private?pin-source=file:/etc/tedge/pin"

    @Test("the file of an address has the two elements that the provider wants, and openssl reads them")
    func written() throws {
        let program = try OpenSSLProgram()
        let pem = KeyReference.pem(try #require(TokenURI(address)))
        let text = String(decoding: pem, as: UTF8.self)
        #expect(text.hasPrefix("-----BEGIN PKCS#11 PROVIDER URI-----\n"))
        #expect(text.hasSuffix("\n-----END PKCS#11 PROVIDER URI-----\n"))
        #expect(text.split(separator: "\n").allSatisfy { $0.utf8.count <= 64 })
        let parsed = try program.run(["asn1parse", "-in", program.write(pem, to: "key.pem")])
        #expect(parsed.contains("VISIBLESTRING     :PKCS#11 Provider URI v1.0"))
        #expect(parsed.contains("UTF8STRING        :\(address)"))
    }

    @Test("the address in a file is read again, whatever its length", arguments: [1, 2, 3, 90, 120, 200, 400])
    func read(length: Int) throws {
        let uri = try #require(TokenURI("pkcs11:object=" + String(repeating: "x", count: length)))
        let reference = try #require(KeyReference(pem: KeyReference.pem(uri)))
        #expect(reference.provider == .pkcs11)
        #expect(reference.uri == uri)
    }

    @Test("a file of the TPM is told by its label, and one that holds a key itself stands for none")
    func others() throws {
        let tpm = "-----BEGIN TSS2 PRIVATE KEY-----\nMIHw\n-----END TSS2 PRIVATE KEY-----\n"
        #expect(KeyReference(pem: Array(tpm.utf8))?.provider == .tpm2)
        #expect(KeyReference(pem: try PrivateKey.generateP256().pem()) == nil)
        #expect(KeyReference(pem: []) == nil)
    }

    @Test("a file whose address is cut off or no address has none")
    func broken() throws {
        for content in ["", "MIHw", "MAA=", "MCkaGVBLQ1MjMTEgUHJvdmlkZXIgVVJJIHYxLjAMDHBrY3MxMTp4", "%%%%"] {
            let pem = "-----BEGIN PKCS#11 PROVIDER URI-----\n\(content)\n-----END PKCS#11 PROVIDER URI-----\n"
            #expect(KeyReference(pem: Array(pem.utf8)) == KeyReference(pem: Array(pem.utf8)))
            #expect(KeyReference(pem: Array(pem.utf8))?.uri == nil)
            #expect(throws: X509Error.self) { _ = try PrivateKey(pem: Array(pem.utf8)) }
        }
    }
}

@Suite("Addresses of keys in tokens")
struct TokenURITests {
    @Test("attributes are read with their escapes")
    func attributes() throws {
        let uri = try TokenURI.reading(
            "pkcs11:token=my%20token;serial=12;id=%01%fF;object=a%3Bb;type=private?pin-source=file:/etc/p%20n&module-path=/m.so"
        )
        #expect(uri.token == "my token")
        #expect(uri.attribute("object") == "a;b")
        #expect(uri.identifier == [1, 0xFF])
        #expect(uri.pinSource == "/etc/p n")
        #expect(uri.modulePath == "/m.so")
        #expect(!uri.holdsPIN)
        #expect(uri.name == "pkcs11:token=my%20token;serial=12;id=%01%fF;object=a%3Bb;type=private")
    }

    @Test(
        "what is not the address of one private key is refused, with the reason",
        arguments: [
            ("pkcs12:object=a", TokenURI.Problem.scheme), ("", .scheme), ("pkcs11:object=a b", .character),
            ("pkcs11:object=a\n", .character), ("pkcs11:object=%4", .escape), ("pkcs11:object=%+1", .escape),
            ("pkcs11:object=a?module-path=/a%0A[x]", .control), ("pkcs11:token=%7F;object=a", .control),
            ("pkcs11:object", .attribute), ("pkcs11:object=a;type=cert", .kind), ("pkcs11:token=a", .key),
            ("pkcs11:", .key),
        ])
    func refused(text: String, problem: TokenURI.Problem) {
        #expect(throws: problem) { try TokenURI.reading(text) }
    }

    @Test("the type and the module are added if they are missing, before and behind the question mark")
    func completed() throws {
        func completed(_ text: String) -> String? { TokenURI(text)?.completed(modulePath: "/usr/lib/a b.so").text }
        #expect(completed("pkcs11:object=k") == "pkcs11:object=k;type=private?module-path=/usr/lib/a%20b.so")
        #expect(
            completed("pkcs11:object=k?pin-source=file:/p")
                == "pkcs11:object=k;type=private?pin-source=file:/p&module-path=/usr/lib/a%20b.so")
        #expect(
            completed("pkcs11:object=k;type=private?module-path=/m.so")
                == "pkcs11:object=k;type=private?module-path=/m.so")
        #expect(TokenURI("pkcs11:object=k")?.completed(modulePath: nil).text == "pkcs11:object=k;type=private")
    }

    @Test("the name of a key does not have its PIN")
    func pin() throws {
        let uri = try #require(TokenURI("pkcs11:object=k?pin-value=1234"))
        #expect(uri.holdsPIN && !uri.name.contains("1234"))
    }
}

@Suite("Libraries that root loads")
struct LibraryTrustTests {
    @Test("one that only root can change is loaded, and every other one is refused with the place that is open")
    func trust() throws {
        #expect(LibraryTrust.objection(to: "/usr/bin/env") == nil)
        let directory = try TemporaryDirectory()
        let library = try directory.write("", to: "module.so", mode: 0o755)
        // Others can write to the directory of temporary files, whoever owns the file.
        #expect(LibraryTrust.objection(to: library)?.contains("because other users can change /") == true)
        #expect(LibraryTrust.objection(to: directory.file("missing.so"))?.contains("No such file") == true)
        #expect(LibraryTrust.objection(to: "module.so") == "module.so is not an absolute path")
    }
}

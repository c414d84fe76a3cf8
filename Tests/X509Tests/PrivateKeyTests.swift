import TestSupport
import Testing

@testable import X509

@Suite("Private keys")
struct PrivateKeyTests {
    private let program: OpenSSLProgram

    init() throws { program = try OpenSSLProgram() }

    @Test("a new key is on P-256, and openssl takes its PEM and finds it consistent")
    func generated() throws {
        let key = try PrivateKey.generateP256()
        #expect(key.kind == "EC P-256")
        let pem = try key.pem()
        #expect(String(decoding: pem, as: UTF8.self).hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
        #expect(String(decoding: pem, as: UTF8.self).hasSuffix("\n-----END PRIVATE KEY-----\n"))
        let path = try program.write(pem, to: "key.pem")
        let text = try program.run(["pkey", "-check", "-noout", "-text", "-in", path])
        #expect(text.contains("Key is valid"))
        #expect(text.contains("NIST CURVE: P-256"))
    }

    @Test("two new keys differ")
    func different() throws {
        #expect(try PrivateKey.generateP256().pem() != PrivateKey.generateP256().pem())
    }

    @Test(
        "a key that openssl made is read, and written as openssl writes it",
        arguments: [
            (OpenSSLProgram.Kind.p256, "EC P-256"), (.p384, "EC P-384"), (.p521, "EC P-521"),
            (.secp256k1, "EC secp256k1"), (.rsa, "RSA 2048"), (.ed25519, "ED25519"), (.ed448, "ED448"),
        ])
    func read(kind: OpenSSLProgram.Kind, name: String) throws {
        let pem = try program.makeKey(kind)
        let key = try PrivateKey(pem: pem)
        #expect(key.kind == name)
        #expect(try key.pem() == pem)
        #expect(try isErrorQueueEmpty())
    }

    @Test("a key whose curve is spelled out is read, and asking for its kind leaves no error behind")
    func explicitCurve() throws {
        let key = try PrivateKey(pem: try program.makeKey(.explicitCurve))
        #expect(key.kind.hasPrefix("EC"))
        #expect(try isErrorQueueEmpty())
    }

    @Test(
        "the older forms of keys are read",
        arguments: [
            (["ec", "-in"], OpenSSLProgram.Kind.p256, "BEGIN EC PRIVATE KEY"),
            (["rsa", "-traditional", "-in"], .rsa, "BEGIN RSA PRIVATE KEY"),
        ])
    func traditional(command: [String], kind: OpenSSLProgram.Kind, label: String) throws {
        let modern = try program.makeKey(kind)
        let pem = try program.run(command + [program.path("key.pem")])
        #expect(pem.contains(label))
        #expect(try PrivateKey(pem: Array(pem.utf8)).pem() == modern)
    }

    @Test("text before the key, carriage returns and a certificate before it do not matter")
    func surroundings() throws {
        let certificate = try program.makeCertificate()
        let pem = try program.bytes("key.pem")
        let windows = Array(String(decoding: pem, as: UTF8.self).split(separator: "\n").joined(separator: "\r\n").utf8)
        for variant in [Array("Bag Attributes: none\n\n".utf8) + pem, windows, certificate + pem, pem + certificate] {
            #expect(try PrivateKey(pem: variant).pem() == pem)
        }
    }

    @Test(
        "an encrypted key is reported as encrypted, in both forms",
        arguments: [
            ["pkey", "-aes256", "-passout", "pass:secret", "-in"],
            ["ec", "-aes256", "-passout", "pass:secret", "-in"],
        ])
    func encrypted(command: [String]) throws {
        try program.makeKey(.p256)
        let pem = try program.run(command + [program.path("key.pem")])
        #expect(pem.contains("ENCRYPTED"))
        #expect(throws: X509Error.encryptedKey) { try PrivateKey(pem: Array(pem.utf8)) }
        #expect(try isErrorQueueEmpty())
    }

    @Test("a file without a key is reported as such")
    func noKey() throws {
        let certificate = try program.makeCertificate()
        let path = program.path("key.pem")
        let publicKey = try program.run(["pkey", "-pubout", "-in", path])
        try program.run(["pkey", "-outform", "DER", "-in", path, "-out", program.path("key.der")])
        let others: [[UInt8]] = [
            [], Array("hello\n".utf8), certificate, Array(publicKey.utf8), try program.bytes("key.der"),
            [UInt8](repeating: 0, count: 100_000), Array("-----BEGIN PRIVATE KEY".utf8),
        ]
        for other in others {
            #expect(throws: X509Error.noPEM(label: "PRIVATE KEY")) { try PrivateKey(pem: other) }
            #expect(try isErrorQueueEmpty())
        }
    }

    @Test("a key cut off anywhere is an error, and never a key")
    func truncated() throws {
        let pem = try program.makeKey(.p256)
        // The last line feed may be missing.
        for count in 0..<(pem.count - 1) {
            #expect(throws: X509Error.self, "\(count) bytes") { try PrivateKey(pem: Array(pem.prefix(count))) }
            #expect(try isErrorQueueEmpty())
        }
        #expect(throws: Never.self) { try PrivateKey(pem: pem.dropLast()) }
    }

    @Test("a damaged key is an error with OpenSSL's reason")
    func damaged() throws {
        let lines = ["-----BEGIN PRIVATE KEY-----", "AAAA", "-----END PRIVATE KEY-----", ""]
        for body in ["AAAA", "%%%%"] {
            let pem = [lines[0], body, lines[2], ""].joined(separator: "\n")
            let error = #expect(throws: X509Error.self) { try PrivateKey(pem: Array(pem.utf8)) }
            guard case .openSSL(.readKey, let reason?) = error else {
                Issue.record("\(body): \(String(describing: error))")
                continue
            }
            #expect(!reason.isEmpty)
            #expect(try isErrorQueueEmpty())
        }
    }
}

import Foundation
import TestSupport

@testable import X509

/// The `openssl` command with a directory for its files.
struct OpenSSLProgram {
    /// Kinds of keys as `openssl genpkey` takes them.
    enum Kind: String {
        case p256 = "-algorithm EC -pkeyopt ec_paramgen_curve:P-256"
        case p384 = "-algorithm EC -pkeyopt ec_paramgen_curve:P-384"
        case p521 = "-algorithm EC -pkeyopt ec_paramgen_curve:P-521"
        case secp256k1 = "-algorithm EC -pkeyopt ec_paramgen_curve:secp256k1"
        case explicitCurve =
            "-algorithm EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit"
        case rsa = "-algorithm RSA -pkeyopt rsa_keygen_bits:2048"
        case ed25519 = "-algorithm ED25519"
        case ed448 = "-algorithm ED448"
    }

    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// Runs the command and gives what it wrote.
    @discardableResult
    func run(_ arguments: [String]) throws -> String {
        let result = try ChildProcess.run("openssl", arguments)
        guard result.exit == .status(0) else { throw TestFailure("openssl \(arguments): \(result.errors)") }
        return result.output
    }

    /// The path of a file in the directory.
    func path(_ name: String) -> String { directory.file(name) }

    /// The bytes of a file in the directory.
    func bytes(_ name: String) throws -> [UInt8] { try Array(Data(contentsOf: URL(fileURLWithPath: path(name)))) }

    /// Writes a file and gives its path.
    @discardableResult
    func write(_ bytes: [UInt8], to name: String) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
        return path(name)
    }

    /// Makes a key as PKCS #8 and gives its PEM.
    @discardableResult
    func makeKey(_ kind: Kind, _ name: String = "key.pem") throws -> [UInt8] {
        try run(["genpkey", "-out", path(name)] + kind.rawValue.split(separator: " ").map(String.init))
        return try bytes(name)
    }

    /// Makes a self-signed certificate of a new key, `key.pem`, and gives its PEM.
    func makeCertificate(_ kind: Kind = .p256, subject: String = "/CN=device", extra: [String] = []) throws -> [UInt8] {
        try makeKey(kind)
        let arguments = ["req", "-x509", "-new", "-key", path("key.pem"), "-utf8", "-subj", subject, "-days", "2"]
        try run(arguments + ["-out", path("certificate.pem")] + extra)
        return try bytes("certificate.pem")
    }

    /// Digest of a file in upper-case hexadecimal digits.
    func sha256(_ name: String) throws -> String {
        String(try run(["dgst", "-sha256", "-r", path(name)]).prefix(64)).uppercased()
    }
}

/// Whether no call has left anything in this thread's queue of errors.
func isErrorQueueEmpty() throws -> Bool { try CryptoLibrary.open().ERR_get_error() == 0 }

extension Certificate {
    /// A certificate with nothing special but its dates.
    static func made(
        _ commonName: String = "device", key: PrivateKey, notBefore: Int64 = 1_700_000_000,
        notAfter: Int64 = 1_800_000_000
    ) throws(X509Error) -> Certificate {
        try selfSigned(
            commonName: commonName, organization: "Thin Edge", organizationalUnit: "Device", key: key,
            notBefore: notBefore, notAfter: notAfter)
    }
}

extension Certificate {
    /// Whether the certificate may sign others.
    var isAuthority: Bool { CryptoLibrary.functions.X509_check_ca(pointer) == 1 }
}

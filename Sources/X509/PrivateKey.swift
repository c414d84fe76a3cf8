import COpenSSL
import Glibc

/// A private key.
public final class PrivateKey: Sendable {
    // OpenSSL's keys are not changed after they are made.
    nonisolated(unsafe) let pointer: OpaquePointer

    init(takingOwnership pointer: OpaquePointer) { self.pointer = pointer }

    deinit { CryptoLibrary.functions.EVP_PKEY_free(pointer) }

    /// Makes a key for ECDSA on the curve P-256 (FIPS 186-4).
    public static func generateP256() throws(X509Error) -> PrivateKey { try generateP256(properties: nil) }

    private static func generateP256(properties: String?) throws(X509Error) -> PrivateKey {
        let crypto = try CryptoLibrary.open()
        crypto.ERR_clear_error()
        guard let context = crypto.EVP_PKEY_CTX_new_from_name(nil, "EC", properties) else {
            throw crypto.error(.generateKey)
        }
        defer { crypto.EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard crypto.EVP_PKEY_keygen_init(context) == 1, crypto.EVP_PKEY_CTX_set_group_name(context, "P-256") == 1,
            crypto.EVP_PKEY_generate(context, &key) == 1, let key
        else { throw crypto.error(.generateKey) }
        return PrivateKey(takingOwnership: key)
    }

    /// Reads the first private key of PEM text, of any kind and form that OpenSSL knows, or opens the one that the text stands
    /// for. Throws `encryptedKey` for one that needs a passphrase, and `provider`.
    public init(pem: [UInt8]) throws(X509Error) {
        let crypto = try CryptoLibrary.open()
        try KeyProviders.prepare(pem)
        let provider = KeyReference(pem: pem)?.provider
        pointer = try crypto.reading(pem) { bio throws(X509Error) in
            guard let key = crypto.PEM_read_bio_PrivateKey(bio, nil, crypto_no_passphrase, nil) else {
                if let provider {
                    let error = crypto.error(.readKey)
                    if error == .encryptedKey { throw .provider(ProviderFailure(provider, .authorization)) }
                    throw .provider(KeyProviders.failure(provider) ?? ProviderFailure(provider, .failed, "\(error)"))
                }
                let text = String(decoding: pem.prefix(1 << 20), as: UTF8.self)
                if !text.contains("PRIVATE KEY-----") {
                    crypto.ERR_clear_error()
                    throw .noPEM(label: "PRIVATE KEY")
                }
                if text.contains("ENCRYPTED") {
                    crypto.ERR_clear_error()
                    throw .encryptedKey
                }
                throw crypto.error(.readKey)
            }
            return key
        }
    }

    /// The key as PKCS #8 (RFC 5208) in PEM, not encrypted, with line feeds. The caller must wipe it.
    public func pem() throws(X509Error) -> [UInt8] {
        let crypto = CryptoLibrary.functions
        return try crypto.writing(.writeKey) {
            crypto.PEM_write_bio_PKCS8PrivateKey($0, pointer, nil, nil, 0, nil, nil)
        }
    }

    /// Makes a key for ECDSA on the curve P-256 in the TPM; its PEM can be used with this TPM alone.
    public static func generateInTPM() throws(X509Error) -> PrivateKey {
        try KeyProviders.load(.tpm2, modulePath: nil)
        do {
            return try generateP256(properties: "provider=tpm2")
        } catch {
            throw .provider(KeyProviders.failure(.tpm2) ?? ProviderFailure(.tpm2, .failed, "\(error)"))
        }
    }

    /// Makes OpenSSL able to read a key from a file, for connections, which read the file themselves. Does nothing if the file
    /// cannot be read, or holds the key itself.
    public static func prepare(fileAt path: String) throws(X509Error) {
        guard let file = fopen(path, "re") else { return }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        defer { explicit_bzero(&bytes, bytes.count) }
        let count = fread(&bytes, 1, bytes.count, file)
        try KeyProviders.prepare(Array(bytes.prefix(count)))
    }

    /// Signs something, which shows that a key of a provider can be used.
    ///
    /// - Parameter provider: The provider of the key, for the error.
    public func trySigning(_ provider: KeyProvider) throws(X509Error) {
        let crypto = CryptoLibrary.functions
        crypto.ERR_clear_error()
        guard let context = crypto.EVP_MD_CTX_new() else { throw crypto.error(.memory) }
        defer { crypto.EVP_MD_CTX_free(context) }
        var signature = [UInt8](repeating: 0, count: 1024)
        var length = signature.count
        guard crypto.EVP_DigestSignInit(context, nil, crypto.EVP_sha256(), nil, pointer) == 1,
            crypto.EVP_DigestSign(context, &signature, &length, [0], 1) == 1
        else {
            let error = crypto.error(.sign)
            throw .provider(KeyProviders.failure(provider) ?? ProviderFailure(provider, .failed, "\(error)"))
        }
    }

    /// The kind and size, for example `EC P-256` or `RSA 2048`.
    public var kind: String { KeyKind.text(of: pointer) }
}

/// Kinds of keys as text.
enum KeyKind {
    static func text(of key: OpaquePointer) -> String {
        let crypto = CryptoLibrary.functions
        let type = crypto.EVP_PKEY_get0_type_name(key).map { String(cString: $0) } ?? "unknown"
        if type == "EC" {
            var name = [CChar](repeating: 0, count: 64)
            var length = 0
            guard crypto.EVP_PKEY_get_group_name(key, &name, name.count, &length) == 1 else { return type }
            let curve = String(decoding: name.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self)
            return "EC " + (["prime256v1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"][curve] ?? curve)
        }
        return type == "RSA" ? "RSA \(crypto.EVP_PKEY_get_bits(key))" : type
    }
}

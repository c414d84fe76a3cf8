import X509

/// Where the private key of a new certificate or request comes from.
public enum KeySource: Sendable, Equatable {
    /// A new key in a file.
    case file
    /// A new key that the TPM makes and wraps.
    case tpm2
    /// A key that is in a token; its address (RFC 7512).
    case token(String)
    /// The key that is there already, and stays.
    case stored

    /// Reads `tpm2` or `pkcs11:…`; nil for anything else.
    public init?(_ word: String) {
        switch word {
        case "tpm2": self = .tpm2
        case _ where word.hasPrefix("pkcs11:"): self = .token(word)
        default: return nil
        }
    }

    /// Opens or makes the key. The file of the key gets the bytes, which the caller must wipe. Throws why it cannot be used.
    func make(_ settings: Settings, for pair: CertificatePair, in context: Context) throws -> NewKey {
        switch self {
        case .file:
            let key = try CertificateError.mapping(PrivateKey.generateP256)
            return NewKey(key: key, pem: try CertificateError.mapping { () throws(X509Error) in try key.pem() })
        case .tpm2:
            let key = try CertificateError.mapping(PrivateKey.generateInTPM)
            return NewKey(key: key, pem: try CertificateError.mapping { () throws(X509Error) in try key.pem() })
        case .token(let text):
            let pem = KeyReference.pem(try address(text, settings, in: context))
            return NewKey(
                key: try CertificateError.mapping { () throws(X509Error) in try PrivateKey(pem: pem) }, pem: pem)
        case .stored:
            guard let key = try pair.storedKey() else { throw CertificateFile.missingKey(pair.keyPath) }
            return NewKey(key: key, pem: [])
        }
    }

    /// The address of a key in a token, with the module of the settings if it names none.
    private func address(_ text: String, _ settings: Settings, in context: Context) throws -> TokenURI {
        let uri: TokenURI
        do throws(TokenURI.Problem) {
            uri = try TokenURI.reading(text)
        } catch {
            throw CertificateError.badKeyAddress(text, error)
        }
        // Everybody can read the list of processes.
        guard !uri.holdsPIN else { throw CertificateError.pinInArguments }
        if let path = uri.pinSource { try KeyPIN.check(path, in: context) }
        return uri.completed(modulePath: try settings.string("device.cryptoki.module_path"))
    }
}

/// A key whose file is to be written.
struct NewKey {
    let key: PrivateKey
    /// The contents of the file.
    var pem: [UInt8]
}

/// The file with the PIN of a token.
enum KeyPIN {
    /// Throws `openPIN` if everybody can read it.
    static func check(_ path: String, in context: Context) throws(CertificateError) {
        guard let status = (try? context.files.status(path)) ?? nil, status.mode & 0o004 != 0 else { return }
        throw .openPIN(path: path, user: context.mosquittoAccount?.name ?? "mosquitto")
    }

    /// Throws `openPIN` if everybody can read the PIN that a key in a file needs.
    static func check(of reference: KeyReference, at path: String, in context: Context) throws(CertificateError) {
        guard let uri = reference.uri else { return }
        if uri.holdsPIN { try check(path, in: context) }
        if let source = uri.pinSource { try check(source, in: context) }
    }
}

/// Why a key, certificate or request cannot be read or made.
public enum X509Error: Error, Sendable, Equatable {
    /// The step that failed.
    public enum Step: String, Sendable {
        case memory = "allocate memory"
        case generateKey = "generate a key"
        case readKey = "read the private key"
        case writeKey = "write the private key"
        case readCertificate = "read the certificate"
        case makeCertificate = "make the certificate"
        case writeCertificate = "write the certificate"
        case makeRequest = "make the certificate signing request"
        case readRequest = "read the certificate signing request"
        case readBundle = "read the PKCS #7 message"
        case loadProvider = "load a provider"
        case sign = "sign with the private key"
    }

    /// libcrypto cannot be opened; `reason` is the message of the dynamic linker.
    case libraryMissing(reason: String)
    /// The text has no PEM block of the wanted kind.
    case noPEM(label: String)
    /// A message that should hold certificates holds none.
    case noCertificates
    /// The key is encrypted with a passphrase.
    case encryptedKey
    /// OpenSSL failed; `reason` is its message.
    case openSSL(Step, reason: String?)
    /// The key is one of a provider, and cannot be used.
    case provider(ProviderFailure)
    /// A date that a certificate cannot hold.
    case invalidDate(Int64)
}

extension X509Error: CustomStringConvertible {
    /// The error in a sentence.
    public var description: String {
        switch self {
        case .libraryMissing(let reason): "OpenSSL's libcrypto cannot be opened, install libssl3: \(reason)"
        case .noPEM(let label): "PEM file format error: no '-----BEGIN \(label)-----' line"
        case .noCertificates: "the PKCS #7 message holds no certificate"
        case .encryptedKey: "the private key is encrypted with a passphrase, which a service cannot type"
        case .openSSL(let step, let reason): "OpenSSL cannot \(step.rawValue)" + (reason.map { ": \($0)" } ?? "")
        case .provider(let failure): "\(failure)"
        case .invalidDate(let seconds): "a certificate cannot hold the date \(seconds) seconds after 1970"
        }
    }
}

/// Why a key, certificate or request cannot be read or made.
public enum X509Error: Error, Sendable, Equatable {
    /// What was tried.
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
    }

    /// libcrypto cannot be opened; `reason` is the dynamic linker's.
    case libraryMissing(reason: String)
    /// There is no PEM block of the kind that is looked for.
    case noPEM(label: String)
    /// A message that is to hold certificates holds none.
    case noCertificates
    /// The key is encrypted with a passphrase.
    case encryptedKey
    /// OpenSSL cannot do it; `reason` is its own.
    case openSSL(Step, reason: String?)
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
        case .invalidDate(let seconds): "a certificate cannot hold the date \(seconds) seconds after 1970"
        }
    }
}

import X509

/// Why a certificate, its key or the roots of trust cannot be used, made or removed.
public enum CertificateError: ExplainedError, Equatable {
    /// There is a certificate already.
    case certificateExists(path: String)
    /// There is a key already.
    case keyExists(path: String)
    /// There is a certificate, and it is for another device id.
    case certificateOfOther(path: String, id: String, wanted: String)
    /// There is no certificate.
    case certificateMissing(path: String)
    /// There is no renewed certificate beside the one in use.
    case renewedMissing(path: String)
    /// There is no key.
    case keyMissing(path: String)
    /// The directory of a file is missing.
    case directoryMissing(path: String, setting: String)
    /// Somebody else can exchange what is in the directory of a file.
    case foreignDirectory(path: String, directory: String, why: String)
    /// Root does not read the file: somebody else can put what they like there, or it is no plain file.
    case untrusted(FileError)
    /// The bytes of a certificate cannot be read.
    case unreadable(path: String, reason: SystemError)
    /// The bytes of a key cannot be read.
    case keyUnreadable(path: String, reason: SystemError)
    /// A file holds no certificate that can be read.
    case notACertificate(path: String, FormProblem)
    /// The first certificate of a file is the authority of another one in it.
    case authorityFirst(path: String, authority: String, own: String)
    /// The subject of a certificate has no common name.
    case noCommonName(path: String, subject: String)
    /// A file holds no key that can be used.
    case notAKey(path: String, FormProblem)
    /// A key needs a passphrase.
    case encryptedKey(path: String)
    /// The path of a key is the address of one in a token.
    case hardwareKey(path: String)
    /// A key of a provider cannot be used; the path of its file, if there is one.
    case provider(path: String?, ProviderFailure)
    /// The user that mosquitto runs as cannot use a key of a provider.
    case unusableForBroker(path: String, user: String, ProviderFailure)
    /// mosquitto is started without what it needs to use a key of a provider.
    case unitWithoutProvider(provider: KeyProvider, command: String)
    /// A text is not the address of a key in a token.
    case badKeyAddress(String, TokenURI.Problem)
    /// The PIN of a token is on the command line.
    case pinInArguments
    /// Others can read the file that holds the PIN of a token.
    case openPIN(path: String, user: String)
    /// The key belongs to another certificate.
    case mismatch(certificate: String, key: String)
    /// The key of the listener for other machines belongs to another certificate.
    case listenerMismatch(certificate: String, key: String)
    /// OpenSSL does not use the certificate or key for connections, whatever the cloud would say; the reason is its own.
    case refusedByOpenSSL(path: String, reason: String)
    /// The certificate is not valid any more.
    case expired(path: String, since: String, isSelfSigned: Bool)
    /// The certificate is not valid yet.
    case notYetValid(path: String, from: String, clock: String)
    /// The user mosquitto runs as cannot read a file.
    case unreadableForBroker(BrokerObstacle)
    /// The roots of trust are missing.
    case rootsMissing(path: String, key: String)
    /// The roots of trust hold no certificate that can be read.
    case rootsUnusable(path: String, key: String, FormProblem)
    /// A directory of roots holds certificates under names by which OpenSSL does not find them.
    case rootsUnhashed(path: String, key: String)
    /// A device id that no certificate can carry.
    case badDeviceID(String, DeviceIDRule.Problem)
    /// No device id is given and none is configured.
    case noDeviceID
    /// A request for a certificate would be written to the file of the key or the certificate.
    case requestInPlace(path: String)
    /// Certificate and key are to be in the same file.
    case sameFile(path: String)
    /// The file of the certificate holds the private key too.
    case keyInCertificateFile(path: String)
    /// A new certificate would not be valid.
    case badValidity(CertificateValidity.Problem, typed: String)
    /// OpenSSL is not installed; the reason is the dynamic linker's.
    case opensslMissing(reason: String)
    /// OpenSSL cannot do it.
    case cryptography(String)

    /// The error of an operation that reads nothing from a file.
    init(_ error: X509Error) {
        switch error {
        case .libraryMissing(let reason): self = .opensslMissing(reason: reason)
        case .provider(let failure): self = .provider(path: nil, failure)
        default: self = .cryptography("\(error)")
        }
    }

    /// Runs an operation of OpenSSL that reads nothing from a file.
    static func mapping<Result>(_ operation: () throws(X509Error) -> Result) throws(CertificateError) -> Result {
        do {
            return try operation()
        } catch {
            throw CertificateError(error)
        }
    }

    /// One word for each case.
    public var id: ReasonID {
        switch self {
        case .certificateExists: .certificateExists
        case .keyExists: .keyExists
        case .certificateOfOther: .certificateOfOther
        case .certificateMissing: .certificateMissing
        case .renewedMissing: .renewedCertificateMissing
        case .keyMissing: .keyMissing
        case .directoryMissing: .certificateDirectoryMissing
        case .foreignDirectory: .certificateDirectoryForeign
        case .untrusted(let error): error.id
        case .unreadable: .certificateUnreadable
        case .keyUnreadable: .keyUnreadable
        case .notACertificate: .certificateBroken
        case .authorityFirst: .certificateOrder
        case .noCommonName: .certificateWithoutCommonName
        case .notAKey: .keyBroken
        case .encryptedKey: .keyEncrypted
        case .hardwareKey: .keyInHardware
        case .provider(_, let failure): failure.id
        case .unusableForBroker, .unitWithoutProvider: .keyUnusableForMosquitto
        case .badKeyAddress: .keyAddressInvalid
        case .pinInArguments, .openPIN: .keyPINExposed
        case .mismatch, .listenerMismatch: .keyMismatch
        case .refusedByOpenSSL: .certificateTooWeak
        case .expired: .certificateExpired
        case .notYetValid: .certificateNotYetValid
        case .unreadableForBroker(let obstacle): obstacle.id
        case .rootsMissing, .rootsUnusable, .rootsUnhashed: .trustRootsUnusable
        case .badDeviceID, .noDeviceID: .deviceIDInvalid
        case .requestInPlace: .requestPathInvalid
        case .sameFile, .keyInCertificateFile: .certificateAndKeyInOneFile
        case .badValidity: .certificateValidityInvalid
        case .opensslMissing: .openSSLMissing
        case .cryptography: .openSSLFailed
        }
    }
}

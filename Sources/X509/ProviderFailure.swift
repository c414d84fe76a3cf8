/// Why a key of a provider cannot be used.
public struct ProviderFailure: Error, Sendable, Equatable {
    /// What is wrong.
    public enum Kind: String, Sendable, CaseIterable {
        /// OpenSSL has no such provider: the package is not installed.
        case missing
        /// The provider, or its PKCS #11 module, cannot be initialized.
        case failed
        /// The file of the key holds no address that can be read.
        case badAddress
        /// The TPM cannot be reached.
        case noTPM
        /// The TPM cannot be opened by this user.
        case noPermission
        /// The TPM has no room for another object, or another program has it: there is no resource manager.
        case busyTPM
        /// Another TPM wrapped the key, or this one was cleared.
        case otherTPM
        /// The TPM or its key wants a password.
        case authorization
        /// The PKCS #11 module cannot be opened.
        case noModule
        /// No slot has such a token.
        case noToken
        /// The token has no such private key.
        case noKey
        /// The token wants a PIN, and there is none.
        case noPIN
        /// The file with the PIN cannot be read.
        case unreadablePIN
        /// The PIN is wrong.
        case wrongPIN
        /// The last PIN was wrong, and one more would lock the token.
        case lastPIN
        /// The token is locked because of wrong PINs.
        case lockedPIN
    }

    /// The provider.
    public let provider: KeyProvider
    /// What is wrong.
    public let kind: Kind
    /// What it is about: a file, the address of the key without its PIN, or what a library said.
    public let detail: String

    /// Names the failure.
    public init(_ provider: KeyProvider, _ kind: Kind, _ detail: String = "") {
        (self.provider, self.kind, self.detail) = (provider, kind, detail)
    }
}

extension ProviderFailure: CustomStringConvertible {
    /// The failure in a sentence without a full stop.
    public var description: String {
        let more = detail.isEmpty ? "" : ": \(detail)"
        return switch kind {
        case .missing: "OpenSSL has no provider '\(provider.rawValue)'\(more)"
        case .failed: "OpenSSL's provider '\(provider.rawValue)' cannot be used\(more)"
        case .badAddress: "the file holds no address of a private key in a token"
        case .noTPM: "the TPM cannot be reached\(more)"
        case .noPermission: "the TPM may not be opened by this user\(more)"
        case .busyTPM: "the TPM has no room for the key, because no resource manager shares it\(more)"
        case .otherTPM: "the key was made by another TPM, or before this one was cleared\(more)"
        case .authorization: "the TPM wants a password for the key, which a service cannot type\(more)"
        case .noModule: "the PKCS #11 module cannot be opened\(more)"
        case .noToken: "no slot has the token of \(detail)"
        case .noKey: "the token has no private key \(detail)"
        case .noPIN: "the token wants a PIN, and the address of the key names none: \(detail)"
        case .unreadablePIN: "the file with the PIN of the token cannot be read\(more)"
        case .wrongPIN: "the PIN of the token is wrong"
        case .lastPIN: "the last PIN that the token was given was wrong, and one more would lock it, so none was tried"
        case .lockedPIN: "the token is locked, because it was given wrong PINs too often"
        }
    }
}

extension ProviderFailure {
    /// What a response code of a TPM means (TCG, TPM 2.0 Library, part 2, section 6.6); nil for others. The layer that reports
    /// the code is in its upper half.
    static func kind(ofTPM code: UInt32) -> Kind? {
        let code = code & 0xFFF
        // A bit says that the code has the number of a parameter, a session or a handle in bits 8 to 11.
        let plain = code & 0x80 != 0 ? code & 0xBF : code
        return switch plain {
        case 0x902, 0x903, 0x904, 0x905, 0x906, 0x922: .busyTPM
        case 0x9F, 0x8B, 0x910: .otherTPM
        case 0x8E, 0xA2, 0x921, 0x925, 0x92F: .authorization
        default: nil
        }
    }

    /// What tpm2-tss wrote about a failure: the last code that has a meaning, or what the system said.
    static func kind(inLog log: String) -> Kind? {
        let words = log.split { " ():;,\n".contains($0) }
        let codes = words.compactMap { $0.hasPrefix("0x") ? UInt32($0.dropFirst(2), radix: 16) : nil }
        if let kind = codes.compactMap(kind(ofTPM:)).last { return kind }
        // The kernel's resource manager has three places for each program, too.
        if log.contains("Device or resource busy") || log.contains("Cannot allocate memory") { return .busyTPM }
        if log.contains("Permission denied") { return .noPermission }
        return log.contains("Could not initialize TCTI") || log.contains("Failed to open") ? .noTPM : nil
    }
}

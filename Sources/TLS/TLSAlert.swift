/// The alerts with which the peer closes a connection (RFC 8446, section 6; RFC 5246, section 7.2).
public enum TLSAlert: Int, Sendable, CaseIterable {
    case closeNotify = 0
    case unexpectedMessage = 10
    case badRecordMAC = 20
    case handshakeFailure = 40
    case badCertificate = 42
    case unsupportedCertificate = 43
    case certificateRevoked = 44
    case certificateExpired = 45
    case certificateUnknown = 46
    case illegalParameter = 47
    case unknownCA = 48
    case accessDenied = 49
    case decodeError = 50
    case decryptError = 51
    case protocolVersion = 70
    case insufficientSecurity = 71
    case internalError = 80
    case inappropriateFallback = 86
    case userCanceled = 90
    case unrecognizedName = 112
    case unknownPSKIdentity = 115
    case certificateRequired = 116
    case noApplicationProtocol = 120

    /// The name of the alert with this number, as in the RFCs.
    public static func name(_ number: Int) -> String { TLSAlert(rawValue: number)?.name ?? "alert \(number)" }

    private var name: String {
        switch self {
        case .closeNotify: "close notify"
        case .unexpectedMessage: "unexpected message"
        case .badRecordMAC: "bad record mac"
        case .handshakeFailure: "handshake failure"
        case .badCertificate: "bad certificate"
        case .unsupportedCertificate: "unsupported certificate"
        case .certificateRevoked: "certificate revoked"
        case .certificateExpired: "certificate expired"
        case .certificateUnknown: "certificate unknown"
        case .illegalParameter: "illegal parameter"
        case .unknownCA: "unknown ca"
        case .accessDenied: "access denied"
        case .decodeError: "decode error"
        case .decryptError: "decrypt error"
        case .protocolVersion: "protocol version"
        case .insufficientSecurity: "insufficient security"
        case .internalError: "internal error"
        case .inappropriateFallback: "inappropriate fallback"
        case .userCanceled: "user canceled"
        case .unrecognizedName: "unrecognized name"
        case .unknownPSKIdentity: "unknown psk identity"
        case .certificateRequired: "certificate required"
        case .noApplicationProtocol: "no application protocol"
        }
    }
}

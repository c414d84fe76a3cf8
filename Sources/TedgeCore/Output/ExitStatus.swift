/// The exit status of a command. The numbers are an interface.
public enum ExitStatus: Int32, Sendable, CaseIterable {
    /// The command succeeded.
    case success = 0
    /// The command failed; for `cert needs-renewal`, the certificate need not be renewed.
    case failure = 1
    /// The arguments are invalid; for `cert needs-renewal`, it is unknown whether the certificate must be renewed.
    case misuse = 2
    /// The device is connected, with the older certificate instead of the renewed one; for `status`, nothing is configured.
    case renewedCertificateRefused = 3
    /// The command is done, but it is not proven that the result works.
    case unproven = 4

    /// For `status`: nothing is configured. The same number as `renewedCertificateRefused`, which `status` never has.
    static let nothingConfigured = ExitStatus.renewedCertificateRefused

    /// What the number means, for help and manual.
    public var meaning: String {
        switch self {
        case .success: "done"
        case .failure: "failed; the previous state is restored"
        case .misuse: "wrong usage, or an unknown setting"
        case .renewedCertificateRefused: "connected, but a renewed certificate was refused and the old one is in use"
        case .unproven: "configured, but the connection is not proven"
        }
    }
}

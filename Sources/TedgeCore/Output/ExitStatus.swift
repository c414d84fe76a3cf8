/// How a command ends. The numbers are an interface.
public enum ExitStatus: Int32, Sendable {
    /// All is well.
    case success = 0
    /// The command failed; for `cert needs-renewal`, the certificate need not be renewed.
    case failure = 1
    /// The words are not understood; for `cert needs-renewal`, it is unknown whether the certificate must be renewed.
    case misuse = 2
    /// The device is connected, with the older certificate instead of the renewed one.
    case renewedCertificateRefused = 3
    /// What was asked for is done, and is not known to work.
    case unproven = 4
}

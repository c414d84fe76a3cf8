import TedgeCore

/// A command for a cloud that may have profiles.
protocol ProfiledCommand: RunnableCommand {
    /// The profile that was typed.
    var typedProfile: ProfileName? { get }
}

extension ProfiledCommand {
    func profile(in context: Context) -> ProfileName? { context.profile(typed: typedProfile) }
}

extension CertificateArguments {
    /// The profile that was typed.
    var profile: ProfileName? { target?.profile(or: option.profile) ?? option.profile }
}

extension ConnectCommand: ProfiledCommand { var typedProfile: ProfileName? { target?.profile } }
extension DisconnectCommand: ProfiledCommand { var typedProfile: ProfileName? { target.profile } }
extension ReconnectCommand: ProfiledCommand { var typedProfile: ProfileName? { target.profile } }
extension DoctorCommand: ProfiledCommand {
    var typedProfile: ProfileName? { target?.profile(or: option.profile) ?? option.profile }
}
extension StatusCommand: ProfiledCommand {
    var typedProfile: ProfileName? { target?.profile(or: option.profile) ?? option.profile }
}
extension DiagCollectCommand: ProfiledCommand {
    var typedProfile: ProfileName? { target?.profile(or: option.profile) ?? option.profile }
}
extension CertCreateCommand: ProfiledCommand { var typedProfile: ProfileName? { target.profile } }
extension CertCreateCSRCommand: ProfiledCommand { var typedProfile: ProfileName? { target.profile } }
extension CertShowCommand: ProfiledCommand { var typedProfile: ProfileName? { target.profile } }
extension CertNeedsRenewalCommand: ProfiledCommand { var typedProfile: ProfileName? { target.profile } }
extension CertRenewCommand: ProfiledCommand { var typedProfile: ProfileName? { target.profile } }
extension CertRemoveCommand: ProfiledCommand { var typedProfile: ProfileName? { target.profile } }
extension CertDownloadC8yCommand: ProfiledCommand { var typedProfile: ProfileName? { target.profile } }
extension CertUploadC8yCommand: ProfiledCommand { var typedProfile: ProfileName? { target.profile } }
extension CertUploadAzCommand: ProfiledCommand { var typedProfile: ProfileName? { target.profile } }
extension CertUploadAwsCommand: ProfiledCommand { var typedProfile: ProfileName? { target.profile } }

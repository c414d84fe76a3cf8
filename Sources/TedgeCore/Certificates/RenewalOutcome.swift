/// What became of one certificate.
struct RenewalOutcome {
    /// The words of the JSON object.
    enum Result: String {
        /// The certificate is valid for long enough.
        case notDue = "not-due"
        /// No cloud uses it: those with these settings use a password.
        case unused
        /// The renewed certificate lies beside the one in use, for the next connect.
        case waiting
        /// The renewed certificate is in use.
        case inUse = "in-use"
        /// The renewed certificate is in use, but the connection is not proven.
        case unproven
        /// The cloud refuses the renewed certificate, and the older one is in use.
        case refused
        /// It is self-signed, so that a person has to act.
        case needsPerson = "needs-person"
        /// It could not be renewed, or it is unknown whether it must be.
        case failed
    }

    var result: Result
    var changed = false
    var reason: ReasonID?
    var message: String?
    var causes: [String] = []
    var hint: String?
    /// The reports of the clouds that were reconnected.
    var connections: [CommandReport] = []
    /// The certificate that was found or made.
    var certificate: JSONValue?
    /// What is wrong with the settings.
    var warning: String?

    /// The exit status.
    var status: ExitStatus {
        switch result {
        case .notDue, .unused, .waiting, .inUse: .success
        case .unproven: .unproven
        case .refused: .renewedCertificateRefused
        case .needsPerson, .failed: .failure
        }
    }

    /// How bad it is; 0 if all is well. Of several outcomes the worst one decides on the exit status.
    var gravity: Int {
        switch status {
        case .success: 0
        case .unproven: 1
        case .renewedCertificateRefused: 2
        case .failure, .misuse: 3
        }
    }

    /// The report of a command that has nothing else to tell.
    func report(_ command: String, _ cloud: CloudName?) -> CommandReport {
        let result: CommandReport.Result =
            switch status {
            case .success: .ok
            case .renewedCertificateRefused: .partial
            case .unproven: .unproven
            case .failure, .misuse: .failed
            }
        return CommandReport(
            command: command, cloud: cloud, result: result, changed: changed, reason: reason, message: message,
            causes: causes, hint: hint, status: status)
    }

    /// The same for programs.
    func json(_ cloud: CloudName?, _ profile: ProfileName?, _ path: String?) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("cloud", .optional(cloud?.rawValue)), .init("profile", .optional(profile?.text)),
            .init("path", .optional(path)), .init("result", .string(result.rawValue)), .init("changed", .bool(changed)),
        ]
        members += CommandReport.reasonMembers(
            reason, retry: status != .success && reason?.mayPass == true, message: message, causes: causes, hint: hint)
        if let warning { members.append(.init("warning", .string(warning))) }
        if let certificate { members.append(.init("certificate", certificate)) }
        if !connections.isEmpty { members.append(.init("connections", .array(connections.map(\.json)))) }
        return .object(members)
    }
}

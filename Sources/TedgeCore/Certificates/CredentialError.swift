/// Why a user name, a password or a device id cannot be read or sent.
enum CredentialError: ExplainedError, Equatable {
    /// There is no user name, and no terminal to ask on.
    case noUser
    /// There is no password, and no terminal to ask on.
    case noPassword
    /// There is no one-time password, and no terminal to ask on.
    case noOneTimePassword
    /// There is no device id, and no terminal to ask on.
    case noDeviceID
    /// Basic authentication cannot carry it (RFC 7617, section 2); the text says what is wrong with it.
    case notSendable(String)
    /// The file with the password cannot be read.
    case passwordUnreadable(path: String, reason: String)
    /// The terminal cannot be read.
    case terminal(reason: String)

    var id: ReasonID {
        switch self {
        case .noUser: .userMissing
        case .noPassword, .noOneTimePassword: .passwordMissing
        case .noDeviceID: .deviceIDMissing
        case .notSendable: .credentialsNotSendable
        case .passwordUnreadable: .passwordUnreadable
        case .terminal: .terminalFailed
        }
    }

    var causes: [String] {
        switch self {
        case .noUser: ["There is no user name, and no terminal to ask for it."]
        case .noPassword: ["There is no password, and no terminal to ask for it."]
        case .noOneTimePassword: ["There is no one-time password, and no terminal to ask for it."]
        case .noDeviceID: ["There is no device id, and no terminal to ask for it."]
        case .notSendable(let what): ["\(what), so that it cannot be sent."]
        case .passwordUnreadable(let path, let reason): ["Cannot read the password from \(path)", reason]
        case .terminal(let reason): ["Cannot read from the terminal", reason]
        }
    }

    var hint: String? {
        switch self {
        case .noUser: "Give --user NAME."
        case .noPassword: "Set C8Y_PASSWORD, or give --password-file FILE or --password-file - for the standard input."
        case .noOneTimePassword: "Set DEVICE_ONE_TIME_PASSWORD, or leave --prompt out to have one made."
        case .noDeviceID: "Give --device-id ID, or set DEVICE_ID."
        case .notSendable, .passwordUnreadable, .terminal: nil
        }
    }
}

extension Context {
    /// Asks for a word on the terminal. Throws `absence` if there is no terminal or nothing is typed, and why else nothing
    /// can be read.
    func askLine(_ prompt: String, or absence: CredentialError) throws -> String {
        let typed = try asking(absence) { () throws(TerminalError) in
            try terminal.readLine(prompt: prompt, interruption: interruption)
        }
        guard let typed, !typed.isEmpty else { throw absence }
        return typed
    }

    /// The same for a password, which is not shown while it is typed.
    func askSecret(_ prompt: String, or absence: CredentialError) throws -> Secret {
        let typed = try asking(absence) { () throws(TerminalError) in
            try terminal.readSecret(prompt: prompt, interruption: interruption)
        }
        guard let typed, !typed.isEmpty else { throw absence }
        return typed
    }

    private func asking<Answer>(
        _ absence: CredentialError, _ body: () throws(TerminalError) -> Answer
    ) throws -> Answer {
        do throws(TerminalError) {
            return try body()
        } catch {
            switch error {
            case .absent: throw absence
            case .failed(let reason): throw CredentialError.terminal(reason: reason.description)
            case .interrupted(let interrupted): throw interrupted
            }
        }
    }

    /// Warns of a password on the command line, and takes it.
    ///
    /// - Parameter advice: What to use instead.
    func passwordOfCommandLine(_ password: String, advice: String) -> Secret {
        console.warning("A password on the command line can be read by everyone on this machine. Use \(advice).")
        return Secret(password.utf8)
    }
}

extension Secret {
    /// Throws `notSendable` if a control character is in it.
    ///
    /// - Parameter name: What it is, at the beginning of a sentence.
    func checkSendable(as name: String) throws(CredentialError) {
        if withBytes({ $0.contains(where: \.isControl) }) { throw .notSendable("\(name) holds a control character") }
    }
}

extension UInt8 {
    /// Whether the byte is a control character of ASCII.
    var isControl: Bool { self < 32 || self == 127 }
}

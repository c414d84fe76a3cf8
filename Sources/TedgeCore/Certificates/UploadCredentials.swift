import Foundation

/// Who uploads a certificate.
public struct UploadCredentials: Sendable {
    /// The user from the command line.
    public var user: String?
    /// A file with the password on its first line; `-` is the standard input.
    public var passwordFile: String?
    /// The password from the command line.
    public var password: String?

    /// Takes what was typed.
    public init(user: String?, passwordFile: String?, password: String?) {
        self.user = user
        self.passwordFile = passwordFile
        self.password = password
    }

    /// The user: typed, from `C8Y_USER`, or asked for.
    func resolvedUser(in context: Context) throws(UploadError) -> String {
        let user = try givenUser(context)
        if user.utf8.contains(UInt8(ascii: ":")) { throw .notSendable("The user name holds a colon") }
        if user.utf8.contains(where: Self.isControl) { throw .notSendable("The user name holds a control character") }
        return user
    }

    /// The password: from the file, the command line, the environment, or asked for.
    func resolvedPassword(in context: Context) throws(UploadError) -> Secret {
        let password = try givenPassword(context)
        guard password.withBytes({ !$0.contains(where: Self.isControl) }) else {
            throw .notSendable("The password holds a control character")
        }
        return password
    }

    private static func isControl(_ byte: UInt8) -> Bool { byte < 32 || byte == 127 }

    private func givenUser(_ context: Context) throws(UploadError) -> String {
        if let user, !user.isEmpty { return user }
        if let user = context.environment["C8Y_USER"], !user.isEmpty { return user }
        guard context.terminal.exists else { throw .noUser }
        let typed = try asking { () throws(TerminalError) in
            try context.terminal.readLine(prompt: "Username: ", interruption: context.interruption)
        }
        guard let typed, !typed.isEmpty else { throw .noUser }
        return typed
    }

    private func givenPassword(_ context: Context) throws(UploadError) -> Secret {
        if let passwordFile { return try Self.read(passwordFile, context) }
        if let password {
            context.console.warning(
                "A password on the command line can be read by everyone on this machine. Use C8Y_PASSWORD or "
                    + "--password-file.")
            return Secret(password.utf8)
        }
        if let value = context.environment["C8Y_PASSWORD"], !value.isEmpty { return Secret(value.utf8) }
        if let value = context.environment["C8YPASS"] {
            context.console.warning("The variable C8YPASS is deprecated. Use C8Y_PASSWORD instead.")
            if !value.isEmpty { return Secret(value.utf8) }
        }
        guard context.terminal.exists else { throw .noPassword }
        let typed = try asking { () throws(TerminalError) in
            try context.terminal.readSecret(prompt: "Password: ", interruption: context.interruption)
        }
        guard let typed, !typed.isEmpty else { throw .noPassword }
        return typed
    }

    private func asking<Answer>(_ body: () throws(TerminalError) -> Answer) throws(UploadError) -> Answer {
        do {
            return try body()
        } catch {
            switch error {
            case .absent: throw .noPassword
            case .failed(let reason): throw .terminal(reason: reason.description)
            case .interrupted(let interrupted): throw .interrupted(interrupted)
            }
        }
    }

    private static func read(_ path: String, _ context: Context) throws(UploadError) -> Secret {
        let source = path == "-" ? "/dev/stdin" : Path.absolute(path, relativeTo: context.currentDirectory())
        var bytes: [UInt8]
        do {
            bytes = try context.files.readInput(source, limit: 65_536)
        } catch {
            if let signal = context.interruption.signal() { throw .interrupted(Interrupted(signal: signal)) }
            throw .passwordUnreadable(path: path == "-" ? "the standard input" : path, reason: error.reason.description)
        }
        defer { bytes.wipe() }
        // No slice is kept: the bytes would be copied before they are wiped.
        var end = bytes.firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        if end > 0, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        guard end > 0 else {
            throw .passwordUnreadable(
                path: path == "-" ? "the standard input" : path, reason: "the first line is empty")
        }
        return Secret(bytes[..<end])
    }
}

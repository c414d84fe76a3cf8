/// Who uploads a certificate.
public struct UploadCredentials: Sendable {
    /// The user from the command line.
    let user: String?
    /// A file with the password on its first line; `-` is the standard input.
    let passwordFile: String?
    /// The password from the command line.
    let password: String?

    /// Takes what was typed.
    public init(user: String?, passwordFile: String?, password: String?) {
        self.user = user
        self.passwordFile = passwordFile
        self.password = password
    }

    /// The user: typed, from `C8Y_USER`, or asked for.
    func resolvedUser(in context: Context) throws -> String {
        let user = try givenUser(context)
        if user.utf8.contains(UInt8(ascii: ":")) { throw CredentialError.notSendable("The user name holds a colon") }
        if user.utf8.contains(where: \.isControl) {
            throw CredentialError.notSendable("The user name holds a control character")
        }
        return user
    }

    private func givenUser(_ context: Context) throws -> String {
        for name in [user, context.environment["C8Y_USER"]] {
            if let name, !name.isEmpty { return name }
        }
        return try context.askLine("Username: ", or: .noUser)
    }

    /// The password: from the file, the command line, the environment, or asked for.
    func resolvedPassword(in context: Context) throws -> Secret {
        let password = try givenPassword(context)
        try password.checkSendable(as: "The password")
        return password
    }

    private func givenPassword(_ context: Context) throws -> Secret {
        if let passwordFile { return try Self.read(passwordFile, context) }
        if let password { return context.passwordOfCommandLine(password, advice: "C8Y_PASSWORD or --password-file") }
        if let value = context.environment["C8Y_PASSWORD"], !value.isEmpty { return Secret(value.utf8) }
        if let value = context.environment["C8YPASS"] {
            context.console.warning("The variable C8YPASS is deprecated. Use C8Y_PASSWORD instead.")
            if !value.isEmpty { return Secret(value.utf8) }
        }
        return try context.askSecret("Password: ", or: .noPassword)
    }

    static func read(_ path: String, _ context: Context) throws -> Secret {
        let isInput = path == "-"
        let source = isInput ? "/dev/stdin" : Path.absolute(path, relativeTo: context.currentDirectory())
        let name = isInput ? "the standard input" : path
        var bytes: [UInt8]
        do throws(FileError) {
            bytes = try context.files.readInput(source, limit: 65_536)
        } catch {
            try context.interruption.check()
            throw CredentialError.passwordUnreadable(path: name, reason: error.reason.description)
        }
        defer { bytes.wipe() }
        // No slice is kept: the bytes would be copied before they are wiped.
        var end = bytes.firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        if end > 0, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        guard end > 0 else { throw CredentialError.passwordUnreadable(path: name, reason: "the first line is empty") }
        return Secret(bytes[..<end])
    }
}

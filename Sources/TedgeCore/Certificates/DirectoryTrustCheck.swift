/// The directory of a certificate or key, looked at before root writes or gives away what is in it: somebody else who can
/// exchange the names below it would have root do that to a file of their choice.
struct DirectoryTrustCheck {
    let path: String
    let context: Context
    /// Those who may own the directories besides root: the user of tedge and the one that mosquitto runs as.
    let trusted: [UInt32]

    init(_ path: String, in context: Context) {
        self.path = path
        self.context = context
        let system = (try? SystemSettings.load(from: context))?.user ?? "tedge"
        let broker = context.mosquittoUser
        trusted = [system, broker].compactMap { context.accounts.user(named: $0)?.owner.user }
    }

    /// Throws `foreignDirectory` if this is root and the directory, or one above it, belongs to somebody else or can be
    /// written by everyone. For a link, the directory that it leads to counts.
    func check() throws {
        guard context.accounts.isRoot else { return }
        var directory = try context.files.realPath(Path.directory(of: path))
        while true {
            if let status = try context.files.status(directory), let why = objection(status) {
                // A user of whom nothing can be read is not one who is not trusted.
                _ = try context.files.readIfPresent("/etc/passwd")
                throw CertificateError.foreignDirectory(path: path, directory: directory, why: why)
            }
            if directory == "/" { return }
            directory = Path.directory(of: directory)
        }
    }

    private func objection(_ status: FileStatus) -> String? {
        if status.owner.user != 0, !trusted.contains(status.owner.user) {
            let name =
                context.accounts.name(ofUser: status.owner.user).map { "'\($0)'" } ?? "number \(status.owner.user)"
            return "belongs to the user \(name)"
        }
        // In a directory with the sticky bit, as /tmp, names can be exchanged by their owners alone.
        return status.mode & 0o1002 == 0o002 ? "can be written by everyone" : nil
    }
}

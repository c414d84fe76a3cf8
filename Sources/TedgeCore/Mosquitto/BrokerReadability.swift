/// Whether the user mosquitto runs as can read a file: permissions of the file and of every directory above it.
///
/// mosquitto 2 reads all certificates and keys after it has become that user, those of listeners as well as those of
/// bridges (`main` in its mosquitto.c: `drop_privileges` comes before `listeners__start` and `bridge__start_all`).
struct BrokerReadability {
    let files: any Files
    let accounts: any Accounts
    /// The configuration directory.
    let configuration: String

    /// What prevents it; nil if nothing does, or if the caller may not look. Of a directory of root certificates one must be
    /// readable.
    func obstacle(to path: String, for account: Account, purpose: BrokerObstacle.Purpose) -> BrokerObstacle? {
        guard let closed = closed(path, for: account) else { return nil }
        return BrokerObstacle(
            path: path, purpose: purpose, user: account.name, closed: closed, configuration: configuration)
    }

    /// What of a file, or of a directory of root certificates, the user cannot read. A file with an access control list counts
    /// as readable.
    func closed(_ path: String, for account: Account) -> BrokerObstacle.Closed? {
        if account.owner.user == 0 { return nil }
        let groups = accounts.groups(of: account)
        for directory in directories(above: path) {
            guard let status = (try? files.status(directory)) ?? nil else { return nil }
            if !allows(status, account, groups, bit: 0o1) { return Self.closed(directory, status, account, groups) }
        }
        guard let status = (try? files.status(path)) ?? nil else { return nil }
        if status.kind == .directory {
            guard allows(status, account, groups, bit: 0o1) else { return Self.closed(path, status, account, groups) }
            let names = HashedDirectory.names(in: path, files)
            let closed = names.lazy.map { self.closed(Path.join(path, $0), for: account) }
            return closed.contains { $0 == nil } ? nil : closed.first ?? nil
        }
        if allows(status, account, groups, bit: 0o4) { return nil }
        return .file(
            to: Self.role(status, account, groups), isSecret: CertificateFile.holdsKey(path, files: files))
    }

    /// The directories of a path from the top, then those that its links lead through.
    private func directories(above path: String) -> [String] {
        let target = files.resolved(path)
        let real = try? Path.join(files.realPath(Path.directory(of: target)), Path.name(of: target))
        var directories: [String] = []
        for path in [path, real ?? path] {
            var directory = "/"
            for part in Path.parts(of: path).dropLast() {
                directory = Path.join(directory, part)
                if !directories.contains(directory) { directories.append(directory) }
            }
        }
        return directories
    }

    private func allows(_ status: FileStatus, _ account: Account, _ groups: [UInt32], bit: UInt16) -> Bool {
        // A list may name the user; mosquitto will find out.
        if status.hasAccessList { return true }
        return status.mode & (bit << Self.role(status, account, groups).shift) != 0
    }

    private static func closed(
        _ directory: String, _ status: FileStatus, _ account: Account, _ groups: [UInt32]
    ) -> BrokerObstacle.Closed {
        .directory(directory, mode: status.mode & 0o777, to: role(status, account, groups))
    }

    private static func role(_ status: FileStatus, _ account: Account, _ groups: [UInt32]) -> BrokerObstacle.Role {
        status.owner.user == account.owner.user ? .owner : groups.contains(status.owner.group) ? .group : .other
    }
}

/// A directory in which OpenSSL looks certificates up by the hash of their subjects (openssl-rehash(1)).
enum HashedDirectory {
    /// The names that OpenSSL finds: eight hexadecimal digits, a dot and a number.
    static func names(in directory: String, _ files: any Files) -> [String] {
        ((try? files.list(directory)) ?? []).filter(isHash)
    }

    /// Whether a directory contains certificates by their names, of which OpenSSL finds none.
    static func isUnhashed(_ directory: String, _ files: any Files) -> Bool {
        let names = (try? files.list(directory)) ?? []
        let endings = [".pem", ".crt", ".cer"]
        return !names.contains(where: isHash) && names.contains { name in endings.contains { name.hasSuffix($0) } }
    }

    private static func isHash(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard bytes.count >= 10, bytes[8] == UInt8(ascii: ".") else { return false }
        return bytes.prefix(8).allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
            && bytes.dropFirst(9).allSatisfy { (0x30...0x39).contains($0) }
    }
}

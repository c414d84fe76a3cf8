/// Whether another user can read a file: permissions of the file and of every directory above it.
struct BrokerReadability {
    let files: any Files
    let accounts: any Accounts

    /// What is closed to the user, a directory or the file itself; nil where nothing is, or where the caller may not look.
    func obstacle(to path: String, for account: Account) -> String? {
        if account.owner.user == 0 { return nil }
        let groups = accounts.groups(of: account)
        var directory = "/"
        for part in Path.parts(of: path).dropLast() {
            directory = Path.join(directory, part)
            guard let status = (try? files.status(directory)) ?? nil else { return nil }
            if !allows(status, account, groups, bit: 0o1) { return directory }
        }
        guard let status = (try? files.status(path)) ?? nil else { return nil }
        return allows(status, account, groups, bit: 0o4) ? nil : path
    }

    private func allows(_ status: FileStatus, _ account: Account, _ groups: [UInt32], bit: UInt16) -> Bool {
        let shift: UInt16 =
            status.owner.user == account.owner.user ? 6 : groups.contains(status.owner.group) ? 3 : 0
        return status.mode & (bit << shift) != 0
    }
}

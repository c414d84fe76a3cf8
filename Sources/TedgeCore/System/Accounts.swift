import Foundation

/// A user of the device.
struct Account: Sendable, Equatable {
    /// The login name.
    var name: String
    /// The numeric ids.
    var owner: Owner
}

/// The users and groups of the device, and the caller.
protocol Accounts: Sendable {
    /// The effective user and group of this process.
    var caller: Owner { get }
    /// Looks up a user by name; the group of its owner is the primary group.
    func user(named name: String) -> Account?
    /// The login name of a user.
    func name(ofUser user: UInt32) -> String?
    /// Looks up a group by name.
    func group(named name: String) -> UInt32?
    /// All groups that a user belongs to.
    func groups(of account: Account) -> [UInt32]
}

extension Accounts {
    /// Whether this process runs as root.
    var isRoot: Bool { caller.user == 0 }
}

/// The accounts of the device: those in its own files, else those that libc finds.
///
/// libc may ask the network or systemd (nsswitch.conf(5)), which may not answer; then only the files count.
struct SystemAccounts: Accounts {
    private let lookUp: BoundedLookUp
    private let passwords: AccountFile
    private let groupsFile: AccountFile

    /// Makes the real accounts.
    ///
    /// - Parameters:
    ///   - interruption: Ends a look-up early.
    ///   - directory: The directory of `passwd` and `group`.
    init(_ interruption: Interruption = .never, directory: String = "/etc") {
        lookUp = BoundedLookUp(interruption)
        passwords = AccountFile(path: "\(directory)/passwd")
        groupsFile = AccountFile(path: "\(directory)/group")
    }

    var caller: Owner {
        Owner(user: geteuid(), group: getegid())
    }

    func user(named name: String) -> Account? {
        let fields = passwords.lines.first { $0.first == name[...] }
        if let fields, fields.count > 3, let user = UInt32(fields[2]), let group = UInt32(fields[3]) {
            return Account(name: name, owner: Owner(user: user, group: group))
        }
        return lookUp.answer {
            guard let entry = unsafe getpwnam(name) else { return nil }
            return unsafe Account(name: name, owner: Owner(user: entry.pointee.pw_uid, group: entry.pointee.pw_gid))
        } ?? nil
    }

    func name(ofUser user: UInt32) -> String? {
        if let fields = passwords.lines.first(where: { $0.count > 3 && UInt32($0[2]) == user }) {
            return String(fields[0])
        }
        return lookUp.answer {
            guard let entry = unsafe getpwuid(user) else { return nil }
            return unsafe String(cString: entry.pointee.pw_name)
        } ?? nil
    }

    func group(named name: String) -> UInt32? {
        let fields = groupsFile.lines.first { $0.first == name[...] }
        if let fields, fields.count > 2, let group = UInt32(fields[2]) { return group }
        return lookUp.answer {
            guard let entry = unsafe getgrnam(name) else { return nil }
            return unsafe entry.pointee.gr_gid
        } ?? nil
    }

    func groups(of account: Account) -> [UInt32] {
        lookUp.answer { Self.listedGroups(of: account) } ?? localGroups(of: account)
    }

    private static func listedGroups(of account: Account) -> [UInt32] {
        var count: Int32 = 64
        while true {
            var groups = [gid_t](repeating: 0, count: Int(count))
            // If the array is too small, the call returns the number of groups, getgrouplist(3).
            let room = count
            if unsafe getgrouplist(account.name, account.owner.group, &groups, &count) >= 0 {
                return Array(groups.prefix(Int(count)))
            }
            if count <= room { return [account.owner.group] }
        }
    }

    /// The groups of a user in the device's own files.
    func localGroups(of account: Account) -> [UInt32] {
        let others = groupsFile.lines.compactMap { fields -> UInt32? in
            guard fields.count > 3, fields[3].split(separator: ",").contains(account.name[...]) else { return nil }
            return UInt32(fields[2])
        }
        return [account.owner.group] + others.filter { $0 != account.owner.group }
    }
}

/// `/etc/passwd` or `/etc/group`, passwd(5) and group(5).
private struct AccountFile {
    let path: String

    /// The fields of each line; none if the file cannot be read.
    var lines: [[Substring]] {
        guard let bytes = try? SystemFiles().read(path) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: Character("\n")).map {
            $0.split(separator: ":", omittingEmptySubsequences: false)
        }
    }
}

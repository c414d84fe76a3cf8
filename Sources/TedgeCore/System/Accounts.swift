import Foundation

/// A user of the device.
public struct Account: Sendable, Equatable {
    /// The login name.
    public var name: String
    /// The numeric ids.
    public var owner: Owner
}

/// The users and groups of the device, and who is calling.
public protocol Accounts: Sendable {
    /// The effective user and group of this process.
    var caller: Owner { get }
    /// Looks a user up by name; its owner has the user's primary group.
    func user(named name: String) -> Account?
    /// The login name of a user.
    func name(ofUser user: UInt32) -> String?
    /// Looks a group up by name.
    func group(named name: String) -> UInt32?
    /// All groups that a user belongs to.
    func groups(of account: Account) -> [UInt32]
}

extension Accounts {
    /// Whether this process may do everything.
    public var isRoot: Bool { caller.user == 0 }
}

/// The accounts by libc's look-ups.
struct SystemAccounts: Accounts {
    /// Makes the real accounts.
    init() {}

    var caller: Owner {
        Owner(user: geteuid(), group: getegid())
    }

    func user(named name: String) -> Account? {
        guard let entry = unsafe getpwnam(name) else { return nil }
        return unsafe Account(name: name, owner: Owner(user: entry.pointee.pw_uid, group: entry.pointee.pw_gid))
    }

    func name(ofUser user: UInt32) -> String? {
        guard let entry = unsafe getpwuid(user) else { return nil }
        return unsafe String(cString: entry.pointee.pw_name)
    }

    func group(named name: String) -> UInt32? {
        guard let entry = unsafe getgrnam(name) else { return nil }
        return unsafe entry.pointee.gr_gid
    }

    func groups(of account: Account) -> [UInt32] {
        var count: Int32 = 64
        var groups = [gid_t](repeating: 0, count: Int(count))
        guard unsafe getgrouplist(account.name, account.owner.group, &groups, &count) >= 0 else {
            return [account.owner.group]
        }
        return Array(groups.prefix(Int(count)))
    }
}

/// The accounts of the device, with root as the caller.
struct RehearsedAccounts: Accounts {
    let base: any Accounts

    static let root = Owner(user: 0, group: 0)

    var caller: Owner { Self.root }

    func user(named name: String) -> Account? { base.user(named: name) }
    func name(ofUser user: UInt32) -> String? { base.name(ofUser: user) }
    func group(named name: String) -> UInt32? { base.group(named: name) }
    func groups(of account: Account) -> [UInt32] { base.groups(of: account) }
}

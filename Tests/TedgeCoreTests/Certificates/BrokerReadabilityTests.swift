import Glibc
import Testing

@testable import TedgeCore

@Suite struct BrokerReadabilityTests {
    let world: World

    init() throws {
        world = try World()
        try world.write("", to: "tedge/key", mode: 0o600)
    }

    /// What is closed to mosquitto.
    private func obstacle(memberships: [UInt32] = []) throws -> String? {
        var accounts = world.accounts
        accounts.memberships["mosquitto"] = memberships
        let account = try #require(accounts.user(named: "mosquitto"))
        return BrokerReadability(files: world.files, accounts: accounts).obstacle(to: world.path("key"), for: account)
            .map(world.neutral)
    }

    private func set(_ mode: UInt16, _ owner: Owner, _ name: String = "tedge/key") throws {
        try world.files.changeMode(world.directory.file(name), to: mode)
        try world.files.changeOwner(world.directory.file(name), to: owner)
    }

    static let permissions: [(mode: UInt16, owner: Owner, isOpen: Bool)] = [
        (0o400, Owner(user: 110, group: 1), true), (0o040, Owner(user: 1, group: 120), true),
        (0o004, Owner(user: 1, group: 1), true), (0o377, Owner(user: 110, group: 1), false),
        (0o737, Owner(user: 1, group: 120), false), (0o773, Owner(user: 1, group: 1), false),
        // The owner's permissions alone count for the owner, and the group's for the group.
        (0o044, Owner(user: 110, group: 120), false), (0o404, Owner(user: 1, group: 120), false),
        (0o040, Owner(user: 1, group: 77), true),
    ]

    @Test("the permissions of the owner, the group or the others count", arguments: permissions)
    func modes(_ mode: UInt16, _ owner: Owner, _ isOpen: Bool) throws {
        try set(mode, owner)
        #expect(try obstacle(memberships: [77]) == (isOpen ? nil : "WORLD/tedge/key"))
    }

    @Test("a directory above that is closed is the obstacle")
    func directory() throws {
        try set(0o444, Owner(user: 110, group: 120))
        #expect(try obstacle() == nil)
        try set(0o766, Owner(user: 1, group: 1), "tedge")
        #expect(try obstacle() == "WORLD/tedge")
        try set(0o711, Owner(user: 1, group: 1), "tedge")
        #expect(try obstacle() == nil)
    }

    @Test("root reads everything, and of what is not there nothing is said")
    func root() throws {
        let readability = BrokerReadability(files: world.files, accounts: world.accounts)
        let root = Account(name: "root", owner: WorldAccounts.root)
        #expect(readability.obstacle(to: world.path("key"), for: root) == nil)
        let account = try #require(world.accounts.user(named: "mosquitto"))
        #expect(readability.obstacle(to: world.path("no"), for: account) == nil)
        #expect(readability.obstacle(to: world.path("no/no"), for: account) == nil)
    }
}

import Glibc
import TestSupport
import Testing

@testable import TedgeCore

@Suite struct BrokerReadabilityTests {
    let fixture: Fixture

    init() throws {
        fixture = try Fixture()
        try fixture.write("", to: "tedge/key", mode: 0o600)
    }

    /// What is closed to mosquitto.
    private func obstacle(
        _ path: String? = nil, memberships: [UInt32] = []
    ) throws -> BrokerObstacle.Closed? {
        var accounts = fixture.accounts
        accounts.memberships["mosquitto"] = memberships
        let account = try #require(accounts.user(named: "mosquitto"))
        return readability(accounts).closed(path ?? fixture.path("key"), for: account)
    }

    private func readability(_ accounts: FixtureAccounts) -> BrokerReadability {
        BrokerReadability(files: fixture.files, accounts: accounts, configuration: fixture.directory.file("tedge"))
    }

    private func set(_ mode: UInt16, _ owner: Owner, _ name: String = "tedge/key") throws {
        try fixture.files.changeMode(fixture.directory.file(name), to: mode)
        try fixture.files.changeOwner(fixture.directory.file(name), to: owner)
    }

    static let permissions: [(mode: UInt16, owner: Owner, isOpen: Bool)] = [
        (0o400, Owner(user: 110, group: 1), true), (0o040, Owner(user: 1, group: 120), true),
        (0o004, Owner(user: 1, group: 1), true), (0o377, Owner(user: 110, group: 1), false),
        (0o737, Owner(user: 1, group: 120), false), (0o773, Owner(user: 1, group: 1), false),
        // The owner's permissions alone count for the owner, and the group's for the group.
        (0o044, Owner(user: 110, group: 120), false), (0o404, Owner(user: 1, group: 120), false),
        (0o040, Owner(user: 1, group: 77), true),
    ]

    private static func role(_ owner: Owner) -> BrokerObstacle.Role {
        owner.user == 110 ? .owner : [120, 77].contains(owner.group) ? .group : .other
    }

    @Test("the permissions of the owner, the group or the others count", arguments: permissions)
    func modes(_ mode: UInt16, _ owner: Owner, _ isOpen: Bool) throws {
        try set(mode, owner)
        #expect(
            try obstacle(memberships: [77])
                == (isOpen ? nil : .file(to: Self.role(owner), isSecret: false)))
    }

    @Test("a closed directory above is the obstacle")
    func directory() throws {
        try set(0o444, Owner(user: 110, group: 120))
        #expect(try obstacle() == nil)
        try set(0o766, Owner(user: 1, group: 1), "tedge")
        #expect(try obstacle() == .directory(fixture.directory.file("tedge"), mode: 0o766, to: .other))
        try set(0o711, Owner(user: 1, group: 1), "tedge")
        #expect(try obstacle() == nil)
    }

    @Test("root reads everything, and a missing file is not an obstacle")
    func root() throws {
        let readability = readability(fixture.accounts)
        let root = Account(name: "root", owner: FixtureAccounts.root)
        #expect(readability.closed(fixture.path("key"), for: root) == nil)
        let account = try #require(fixture.accounts.user(named: "mosquitto"))
        #expect(readability.closed(fixture.path("no"), for: account) == nil)
        #expect(readability.closed(fixture.path("no/no"), for: account) == nil)
    }

    @Test("the directories that a link leads through count, and whether the file holds a key")
    func links() throws {
        try fixture.files.makeDirectory(fixture.directory.file("closed"), mode: 0o700, owner: nil)
        try fixture.write("-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n", to: "closed/key")
        #expect(symlink(fixture.directory.file("closed/key"), fixture.path("link")) == 0)
        #expect(symlink(fixture.directory.file("closed"), fixture.path("directory")) == 0)
        let closed = BrokerObstacle.Closed.directory(
            try fixture.files.realPath(fixture.directory.file("closed")), mode: 0o700, to: .other)
        #expect(try obstacle(fixture.path("link")) == closed)
        #expect(try obstacle(fixture.path("directory/key")) != nil)
        try set(0o711, FixtureAccounts.root, "closed")
        #expect(try obstacle(fixture.path("link")) == nil)
        try fixture.files.changeMode(fixture.directory.file("closed/key"), to: 0o600)
        #expect(try obstacle(fixture.path("directory/key")) == .file(to: .other, isSecret: true))
    }

    @Test("in a directory of root certificates the directory and one certificate must be readable")
    func directoryOfRoots() throws {
        try fixture.files.makeDirectory(fixture.path("roots"), mode: 0o755, owner: nil)
        for name in ["0a1b2c3d.0", "ffffffff.1"] { try fixture.write("", to: "tedge/roots/\(name)", mode: 0o600) }
        let roots = fixture.path("roots")
        #expect(try obstacle(roots) == .file(to: .other, isSecret: false))
        try set(0o644, FixtureAccounts.root, "tedge/roots/ffffffff.1")
        #expect(try obstacle(roots) == nil)
        try set(0o700, FixtureAccounts.root, "tedge/roots")
        #expect(try obstacle(roots) == .directory(roots, mode: 0o700, to: .other))
    }

    @Test("a file with an access control list counts as readable")
    func accessList() throws {
        try set(0o600, Owner(user: 1, group: 1))
        #expect(try obstacle() == .file(to: .other, isSecret: false))
        // Version 2, then tag, permissions and id of: owner, user 110, group, mask, others (linux/posix_acl_xattr.h).
        let script = """
            import os, struct, sys
            entries = [(1, 6, 2**32 - 1), (2, 4, 110), (4, 0, 2**32 - 1), (16, 4, 2**32 - 1), (32, 0, 2**32 - 1)]
            value = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)
            os.setxattr(sys.argv[1], "system.posix_acl_access", value)
            """
        let made = try ChildProcess.run("python3", ["-c", script, fixture.path("key")])
        try #require(made.exit == .status(0), "\(made.errors)")
        #expect(try obstacle() == nil)
    }
}

import Glibc
import Testing

@testable import TedgeCore

@Suite struct SystemSettingsTests {
    /// The commands of a complete table, by key.
    static let commands = [
        "is_available": "['rc-service', '-l']", "restart": "['rc-service', '{}', 'restart']",
        "stop": "['rc-service', '{}', 'stop']", "enable": "['rc-update', 'add', '{}']",
        "disable": "['rc-update', 'delete', '{}']", "is_active": "['rc-service', '{}', 'status']",
    ]

    /// The text of `system.toml` with these commands.
    static func text(_ commands: [String: String]) -> String {
        "[init]\nname = 'OpenRC'\n" + commands.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)\n" }.joined()
    }

    private func load(_ text: String) throws -> SystemSettings {
        let fixture = try Fixture()
        try fixture.write(text, to: "tedge/system.toml")
        return try SystemSettings.load(from: fixture.context)
    }

    /// The causes of the error that a file leads to, without the name of its directory.
    private func causes(_ text: String) throws -> [String] {
        let fixture = try Fixture()
        try fixture.write(text, to: "tedge/system.toml")
        let error = try #require(throws: ServiceError.self) { try SystemSettings.load(from: fixture.context) }
        #expect(error.id == "system-file-broken")
        return error.causes.map(fixture.neutral)
    }

    @Test("without a file the owner is tedge and the service manager systemd")
    func missing() throws {
        let settings = try SystemSettings.load(from: try Fixture().context)
        #expect(settings.user == "tedge")
        #expect(settings.group == "tedge")
        #expect(settings.commands == .systemd)
        #expect(settings.commands.enable == ["systemctl", "enable", "{}"])
    }

    @Test("a file that may not be read means the defaults")
    func unreadable() throws {
        let fixture = try Fixture()
        try fixture.write("user = 'pi'\n", to: "tedge/system.toml")
        fixture.files.fail(.read, "system.toml", EACCES)
        #expect(try SystemSettings.load(from: fixture.context).user == "tedge")
    }

    @Test("user and group can be others, or empty")
    func owners() throws {
        let settings = try load("user = 'pi'\ngroup = ''\n")
        #expect(settings.user == "pi")
        #expect(settings.group == "")
        #expect(settings.commands == .systemd)
    }

    @Test("each command is the one of its key")
    func commandsOfKeys() throws {
        let commands = try load(Self.text(Self.commands.merging(["start": "['s', '{}']"]) { $1 })).commands
        #expect(
            commands
                == ServiceCommands(
                    name: "OpenRC", isAvailable: ["rc-service", "-l"], restart: ["rc-service", "{}", "restart"],
                    stop: ["rc-service", "{}", "stop"], start: ["s", "{}"], enable: ["rc-update", "add", "{}"],
                    disable: ["rc-update", "delete", "{}"], isActive: ["rc-service", "{}", "status"]))
    }

    @Test("without a start command, the restart command is used")
    func start() throws {
        #expect(try load(Self.text(Self.commands)).commands.start == ["rc-service", "{}", "restart"])
    }

    @Test("a command that is missing is named with the file", arguments: commands.keys.sorted())
    func missingCommand(_ key: String) throws {
        var commands = Self.commands
        commands[key] = nil
        #expect(
            try causes(Self.text(commands)) == [
                "Toml syntax error in the system config file 'WORLD/tedge/system.toml': the field '\(key)' is missing "
                    + "in [init]"
            ])
    }

    @Test(
        "the name of the service goes wherever the braces are, and is found again",
        arguments: [
            (["sh", "-c", "systemctl restart {}"], ["sh", "-c", "systemctl restart mosquitto"]),
            (["sv", "{}"], ["sv", "mosquitto"]), (["{}ctl", "x"], ["mosquittoctl", "x"]),
            (["run", "/etc/{}/{}.sh", "{}"], ["run", "/etc/mosquitto/mosquitto.sh", "mosquitto"]),
            (["{}{}"], ["mosquittomosquitto"]), (["{", "{ {}}"], ["{", "{ mosquitto}"]),
        ])
    func places(command: [String], words: [String]) {
        #expect(ServiceCommands.words(command, for: "mosquitto") == words)
        #expect(ServiceCommands.unit(in: words, of: command) == "mosquitto")
        #expect(ServiceCommands.unit(in: words + ["more"], of: command) == nil)
        #expect(ServiceCommands.unit(in: ["x"] + words.dropFirst(), of: ["y"] + command.dropFirst()) == nil)
        #expect(ServiceCommands.unit(in: words.map { _ in "" }, of: command) == nil)
    }

    static let broken: [(commands: [String: String], cause: String)] = [
        (
            ["stop": "[]"],
            "Syntax error in the system config file for 'stop': Requires 1 or more arguments.\n"
                + "Check 'WORLD/tedge/system.toml' file."
        ),
        (
            ["is_available": "['']"],
            "Syntax error in the system config file for 'is_available': Requires 1 or more arguments.\n"
                + "Check 'WORLD/tedge/system.toml' file."
        ),
        (
            ["enable": "['rc-update', 'add']"],
            "Syntax error in the system config file for 'enable': A placeholder '{}' is missing.\n"
                + "Check 'WORLD/tedge/system.toml' file."
        ),
        (
            ["start": "['sh', '-c', 'start { }']"],
            "Syntax error in the system config file for 'start': A placeholder '{}' is missing.\n"
                + "Check 'WORLD/tedge/system.toml' file."
        ),
        (
            ["restart": "['rc-service', 1]"],
            "Toml syntax error in the system config file 'WORLD/tedge/system.toml': the words of 'restart' in [init] "
                + "must be strings"
        ),
        (
            ["disable": "'rc-update'"],
            "Toml syntax error in the system config file 'WORLD/tedge/system.toml': the field 'disable' is missing in "
                + "[init]"
        ),
        (
            ["reload": "['x', '{}']"],
            "Toml syntax error in the system config file 'WORLD/tedge/system.toml': unknown field 'reload' in [init], "
                + "expected one of name, is_available, restart, stop, start, enable, disable, is_active"
        ),
        (
            ["is_available": "[\n"],
            "Toml syntax error in the system config file 'WORLD/tedge/system.toml': line "
        ),
    ]

    @Test("a command that cannot be used is an error with key and file", arguments: broken)
    func brokenCommand(_ commands: [String: String], _ cause: String) throws {
        let causes = try causes(Self.text(Self.commands.merging(commands) { $1 }))
        #expect(causes.count == 1)
        #expect(causes.first?.hasPrefix(cause) == true)
    }

    @Test("something else than a table, and a table without a name, are errors")
    func noTable() throws {
        #expect(try causes("init = 1\n").first?.hasSuffix("'init' must be a table") == true)
        #expect(try causes("[init]\nstop = ['x', '{}']\n").first?.hasSuffix("'name' is missing in [init]") == true)
    }

    @Test("the owner has the numbers of user and group, and the caller's for what is empty or not known")
    func numbers() throws {
        let accounts = FixtureAccounts(caller: FixtureAccounts.root)
        var settings = SystemSettings(path: "/system.toml")
        #expect(settings.owner(in: accounts) == Owner(user: 900, group: 901))
        settings.group = "mosquitto"
        #expect(settings.owner(in: accounts) == Owner(user: 900, group: 120))
        settings.group = ""
        #expect(settings.owner(in: accounts) == Owner(user: 900, group: 0))
        #expect(settings.unknownAccounts(in: accounts).isEmpty)
        (settings.user, settings.group) = ("nobody", "nogroup")
        #expect(settings.owner(in: accounts) == FixtureAccounts.root)
        #expect(
            settings.unknownAccounts(in: accounts).map { "\($0.kind) \($0.name)" } == ["user nobody", "group nogroup"])
    }

    @Test("a warning appears only for a name in the file, and only root changes owners")
    func ownerOfNew() throws {
        var fixture = try Fixture()
        fixture.accounts.users = [:]
        let usual = try SystemSettings.load(from: fixture.context)
        #expect(fixture.context.ownerOfNew(usual) == nil)
        fixture.accounts.caller = FixtureAccounts.root
        #expect(fixture.context.ownerOfNew(usual) == Owner(user: 0, group: 901))
        #expect(fixture.errors == "")
        try fixture.write("user = 'pi'\n", to: "tedge/system.toml")
        #expect(
            fixture.context.ownerOfNew(try SystemSettings.load(from: fixture.context)) == Owner(user: 0, group: 901))
        #expect(
            fixture.errors
                == "Warning: There is no user 'pi' on this device, which WORLD/tedge/system.toml names; root owns new "
                + "files.\n")
    }

    @Test("tables and keys that belong to other programs are passed over")
    func otherTables() throws {
        let text = "[system]\nreboot = ['init', '6']\nreboot_timeout_seconds = 120\n[log]\ntedge-agent = 'x'\n[other]\n"
        let settings = try load("future = 1\n" + text + Self.text(Self.commands))
        #expect(settings.commands.name == "OpenRC")
    }
}

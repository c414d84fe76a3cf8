import Glibc
import Testing

@testable import TedgeCore

/// What mosquitto says of itself: its version, and its errors.
@Suite struct BrokerTests {
    let world: World

    init() throws { world = try World() }

    private var version: Int? { MosquittoVersion.major(world.programs, .never) }

    @Test("the version is the first number in the help", arguments: [("2.0.11", 2), ("1.6.12", 1), ("10.1", 10)])
    func version(_ text: String, _ number: Int) {
        world.programs.on("mosquitto -h", .exited(3), output: "mosquitto version \(text)\n\nmosquitto is an MQTT\n")
        #expect(version == number)
        world.programs.on("mosquitto -h", .exited(3), error: "mosquitto version \(text)\n")
        #expect(version == number)
        #expect(Set(world.programs.calls) == ["mosquitto -h"])
    }

    @Test("a help without a version, and a version without a number, tell nothing", arguments: ["", "x", "next"])
    func noVersion(_ text: String) {
        world.programs.on("mosquitto -h", .exited(0), output: text == "next" ? "mosquitto version next\n" : text)
        #expect(version == nil)
    }

    @Test("mosquitto is also looked for where root's programs are")
    func sbin() {
        world.programs.on("mosquitto -h", .notFound("mosquitto"))
        world.programs.on("/usr/sbin/mosquitto -h", .exited(3), output: "mosquitto version 2.0.11\n")
        #expect(version == 2)
        world.programs.on("/usr/", .notFound("mosquitto"))
        #expect(version == nil)
    }

    private func lastErrors(_ since: Int64 = 1_700_000_000) throws -> [String] {
        let manager = ServiceManager(try SystemSettings.load(from: world.context), in: world.context)
        return BrokerLog(context: world.context, manager: manager, since: since).lastErrors()
    }

    @Test("of the journal the last three different lines that name an error are told, without their times")
    func journal() throws {
        world.programs.on(
            "journalctl", .exited(0),
            output: """
                1699999999.900000 gateway mosquitto[7]: 1699999999: Error: older
                1700000001.123456 gateway mosquitto[7]: 1700000001: Error: one
                1700000002.123456 gateway mosquitto[7]: 1700000002: Error: two
                1700000002.123456 gateway mosquitto[7]: mosquitto version 2.0.11 starting
                1700000002.123456 gateway mosquitto[7]: Error: three
                1700000003.123456 gateway systemd[1]: 17: an error
                1700000009.123456 gateway mosquitto[7]: 1700000009: Error: two
                -- Boot of an error --
                """)
        #expect(try lastErrors() == ["Error: two", "Error: three", "17: an error"])
        #expect(
            world.programs.calls == [
                "journalctl --unit=mosquitto --lines=40 --output=short-unix --quiet --no-pager"
            ])
    }

    @Test("a log file is read too, but for what is older")
    func logFile() throws {
        let log = world.directory.file("mosquitto.log")
        try world.write("log_dest file \(log)\n", to: "mosquitto.conf")
        try world.write("1699999999: Error: old\n1700000000: Error: new\nError: no time\n", to: "mosquitto.log")
        #expect(try lastErrors() == ["Error: new", "Error: no time"])
    }

    @Test("where another service manager runs there is no journal")
    func otherManager() throws {
        try world.write(SystemSettingsTests.text(SystemSettingsTests.commands), to: "tedge/system.toml")
        world.programs.on("journalctl", .exited(0), output: "Error: one\n")
        #expect(try lastErrors() == [])
        #expect(world.programs.calls.isEmpty)
    }

    @Test("a journal or a file that cannot be read tells nothing")
    func unreadable() throws {
        try world.write("log_dest file /nowhere/mosquitto.log\n", to: "mosquitto.conf")
        world.programs.on("journalctl", .exited(1), output: "Error: one\n")
        #expect(try lastErrors() == [])
        world.programs.on("journalctl", .notFound("journalctl"))
        #expect(try lastErrors() == [])
    }
}

import Glibc
import Testing

@testable import TedgeCore

/// What mosquitto says of itself: its version, and its errors.
@Suite struct BrokerTests {
    let fixture: Fixture

    init() throws { fixture = try Fixture() }

    private var version: String? { MosquittoVersion.text(fixture.programs, .never) }

    @Test("the version is read from the help", arguments: ["2.0.11", "1.6.12", "10.1"])
    func version(_ text: String) {
        fixture.programs.on("mosquitto -h", .exited(3), output: "mosquitto version \(text)\n\nmosquitto is an MQTT\n")
        #expect(version == text)
        fixture.programs.on("mosquitto -h", .exited(3), error: "mosquitto version \(text)\n")
        #expect(version == text)
        #expect(Set(fixture.programs.calls) == ["mosquitto -h"])
    }

    @Test("a help without a version means an unknown version", arguments: ["", "x"])
    func noVersion(_ text: String) {
        fixture.programs.on("mosquitto -h", .exited(0), output: text)
        #expect(version == nil)
    }

    @Test("mosquitto is also searched in the directories of root's programs")
    func sbin() {
        fixture.programs.on("mosquitto -h", .notFound("mosquitto"))
        fixture.programs.on("/usr/sbin/mosquitto -h", .exited(3), output: "mosquitto version 2.0.11\n")
        #expect(version == "2.0.11")
        fixture.programs.on("/usr/", .notFound("mosquitto"))
        #expect(version == nil)
    }

    private func lastErrors(_ since: Int64 = 1_700_000_000) throws -> [String] {
        let manager = ServiceManager(try SystemSettings.load(from: fixture.context), in: fixture.context)
        return BrokerLog(context: fixture.context, manager: manager, since: since).lastErrors()
    }

    @Test("the journal's errors of the last start are reported once, without times and without systemd's lines")
    func journal() throws {
        fixture.programs.on(
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
        #expect(try lastErrors() == ["Error: three", "Error: two"])
        #expect(
            fixture.programs.calls == [
                "journalctl --unit=mosquitto --lines=40 --output=short-unix --quiet --no-pager"
            ])
    }

    @Test("a log file is read too, without older lines")
    func logFile() throws {
        let log = fixture.directory.file("mosquitto.log")
        try fixture.write("log_dest file \(log)\n", to: "mosquitto.conf")
        try fixture.write("1699999999: Error: old\n1700000000: Error: new\nError: no time\n", to: "mosquitto.log")
        #expect(try lastErrors() == ["Error: new", "Error: no time"])
    }

    @Test("a log file with times of another format is read too")
    func otherTimes() throws {
        let log = fixture.directory.file("mosquitto.log")
        try fixture.write("log_timestamp_format %FT%T at home\nlog_dest file \(log)\n", to: "mosquitto.conf")
        try fixture.write(
            """
            2026-11-25T10:00:00 at home: Error: Address already in use
            2026-11-26T10:00:00 at home: mosquitto version 2.0.21 starting
            2026-11-26T10:00:00 at home: Error: Unable to load server key file "/k". Check keyfile.
            2026-11-26T10:00:00 at home: OpenSSL Error[0]: error:8000000D:system library::Permission denied

            """, to: "mosquitto.log")
        #expect(
            try lastErrors() == [
                "Error: Unable to load server key file \"/k\". Check keyfile.",
                "OpenSSL Error[0]: error:8000000D:system library::Permission denied",
            ])
    }

    @Test("only the end of a large log file is read")
    func largeLog() throws {
        let log = fixture.directory.file("mosquitto.log")
        try fixture.write("log_dest file \(log)\n", to: "mosquitto.conf")
        try fixture.write("Error: first\n", to: "mosquitto.log")
        #expect(truncate(log, 1 << 30) == 0)
        let end = "\n1800000000: Error: last\n"
        let descriptor = open(log, O_WRONLY | O_APPEND)
        #expect(write(descriptor, end, end.utf8.count) == end.utf8.count)
        close(descriptor)
        #expect(try lastErrors() == ["Error: last"])
    }

    static let bridgeWords: [(lines: [String], said: [String])] = [
        ([], []), (["Connecting bridge (step 1) edge_to_c8y (h:8883)"], []),
        (
            [
                "Connecting bridge (step 1) edge_to_c8y (h:8883)", "Connecting bridge (step 2) edge_to_c8y (h:8883)",
                "Error creating bridge: Connection refused.", "Client a already connected, closing old connection.",
            ], ["Error creating bridge: Connection refused."]
        ),
        (
            [
                "Connecting bridge edge_to_c8y (h:8883)", "Error creating bridge: Name or service not known.",
                "Connecting bridge edge_to_c8y (h:8883)",
            ], ["Error creating bridge: Name or service not known."]
        ),
        (
            [
                "Connecting bridge (step 1) edge_to_c8y (h:8883)", "Connecting bridge (step 1) edge_to_az (h:8883)",
                "Error creating bridge: of Azure.", "Client Cumulocity closed its connection.",
            ], ["Client Cumulocity closed its connection."]
        ),
        (
            ["Connecting bridge (step 1) edge_to_c8y@two (h:8883)", "Error creating bridge: of a profile."], []
        ),
    ]

    @Test("what mosquitto last said about a bridge is reported, and nothing about another", arguments: bridgeWords)
    func lastWords(_ lines: [String], _ said: [String]) {
        #expect(BrokerLog.lastWords(of: .cumulocity, nil, in: lines) == said)
    }

    @Test("a bridge that is down is reported with what mosquitto said and where to find more")
    func bridgeDown() throws {
        let log = fixture.directory.file("mosquitto.log")
        try fixture.write("log_dest file \(log)\n", to: "mosquitto.conf")
        try fixture.write(
            "1800000000: Connecting bridge (step 1) edge_to_c8y (h:8883)\n1800000000: Error creating bridge: Broken.\n",
            to: "mosquitto.log")
        let diagnosis = Diagnosis.bridgeDown(.cumulocity, nil, in: fixture.context)
        #expect(diagnosis.id == "bridge-down")
        #expect(diagnosis.seen == "mosquitto said: Error creating bridge: Broken.")
        #expect(diagnosis.hint == "Run 'sudo tail -n 50 \(log)' to see what mosquitto says about it.")
    }

    @Test("with another service manager there is no journal")
    func otherManager() throws {
        try fixture.useOpenRC()
        fixture.programs.on("journalctl", .exited(0), output: "Error: one\n")
        #expect(try lastErrors() == [])
        #expect(fixture.programs.calls.isEmpty)
    }

    @Test("a journal or a file that cannot be read is ignored")
    func unreadable() throws {
        try fixture.write("log_dest file /nowhere/mosquitto.log\n", to: "mosquitto.conf")
        fixture.programs.on("journalctl", .exited(1), output: "Error: one\n")
        #expect(try lastErrors() == [])
        fixture.programs.on("journalctl", .notFound("journalctl"))
        #expect(try lastErrors() == [])
    }
}

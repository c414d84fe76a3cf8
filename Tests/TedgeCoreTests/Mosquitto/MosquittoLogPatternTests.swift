import Testing

@testable import TedgeCore

/// What mosquitto writes: times, errors and their places.
@Suite struct MosquittoWordsTests {
    static let times: [(line: String, format: String?)] = [
        ("1795463966: Error: x: y", nil), ("Error: x: y", nil), ("2026-11-26T10:31:07+0100: Error: x: y", nil),
        ("2026-11-26 10:31:07: Error: x: y", nil), ("Thu Nov 26 10:31:07 2026: Error: x: y", nil),
        ("[26/Nov/2026 10:31:07 CET]: Error: x: y", nil), ("11/26/26 10:31: Error: x: y", nil),
        ("broker at 2026-11-26: Error: x: y", "broker at %F"), ("20261126T103107Z: Error: x: y", nil),
        ("26.11.2026: 10:31: Error: x: y", "%d.%m.%Y: %H:%M"), ("Time error: Error: x: y", nil),
    ]

    @Test("the time at the beginning of a line is removed in any format", arguments: times)
    func time(_ line: String, _ format: String?) {
        #expect(MosquittoLogPattern.withoutTime(line, format: format) == "Error: x: y")
    }

    @Test(
        "anything else than a time stays",
        arguments: ["OpenSSL Error[0]: error:8000000D:x", "17: an error", "Error: 1234: x"])
    func noTime(_ line: String) { #expect(MosquittoLogPattern.withoutTime(line) == line) }

    @Test("an error has the first place where it was found, and OpenSSL's lines are last")
    func errors() {
        #expect(
            MosquittoLogPattern.errors([
                "1795463966: Loading config file /etc/mosquitto/conf.d/a.conf",
                "1795463966: Error: Unknown configuration variable \"x\".",
                "1795463966: Error found at /etc/mosquitto/conf.d/a.conf:1.",
                "1795463966: Error found at /etc/mosquitto/mosquitto.conf:13.",
            ]) == ["Error: Unknown configuration variable \"x\".", "Error found at /etc/mosquitto/conf.d/a.conf:1."])
        #expect(
            MosquittoLogPattern.errors([
                "OpenSSL Error [0]: error:1", "Error: Unable to load server key file \"/k\". Check keyfile.",
            ]) == ["Error: Unable to load server key file \"/k\". Check keyfile.", "OpenSSL Error [0]: error:1"])
    }

    @Test("the place of an error is read with and without quotes", arguments: ["/a:1", "'/a:1'"])
    func place(_ place: String) { #expect(MosquittoLogPattern.place("Error found at \(place).") == "/a:1") }

    static let harmless = [
        "The 'port' option is now deprecated and will be removed in version 3.0. Please use 'listener' instead.",
        "Warning: File /x owner is not mosquitto. Future versions will refuse to load this file.",
        "Warning: Error in a warning", "Error: Unable to open log file /var/log/x for writing.",
        "Info: running mosquitto as user: mosquitto.",
    ]

    @Test("a line after which mosquitto goes on is not an error", arguments: harmless)
    func noError(_ line: String) { #expect(MosquittoLogPattern.errors([line]) == []) }

    @Test("only the last start counts")
    func lastStart() {
        let lines = [
            "1: Error: old", "1: mosquitto version 2.0.11 starting", "2: Error: older",
            "3: mosquitto version 2.0.11 terminating", "4: Error: new",
        ]
        #expect(MosquittoLogPattern.lastStart(lines) == ["4: Error: new"])
        #expect(MosquittoLogPattern.lastStart(lines + ["mosquitto version 2.1.2 starting", "x"]).count == 2)
        #expect(MosquittoLogPattern.lastStart(["a", "b"]) == ["a", "b"])
    }

    private func log(_ text: String, systemd: Bool = true) -> MosquittoLog {
        let lines = text.split(separator: "\n").enumerated().map { index, line in
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            return MosquittoFiles.Line(path: "/m", number: index + 1, key: words[0], value: words[1])
        }
        return MosquittoLog(lines, runsOnSystemd: systemd)
    }

    @Test(
        "the command that shows mosquitto's log names the log that is used",
        arguments: [
            ("", "sudo journalctl -u mosquitto -n 50"),
            ("log_dest file /var/log/m.log", "sudo tail -n 50 /var/log/m.log"),
            ("log_dest stderr\nlog_dest file /l", "sudo tail -n 50 /l"),
            ("log_dest syslog", "sudo journalctl -u mosquitto -n 50"),
            ("log_dest topic", "mosquitto_sub -t '$SYS/broker/log/#' -v"), ("log_dest none", nil),
            ("log_dest file /l\nlog_dest none\nlog_dest stderr", "sudo journalctl -u mosquitto -n 50"),
        ] as [(String, String?)])
    func place(_ text: String, _ command: String?) { #expect(log(text).command == command) }

    @Test("without systemd there is no journal")
    func otherManager() {
        #expect(log("log_dest stderr", systemd: false).command == nil)
        #expect(log("log_dest stderr", systemd: false).hint == "Look at what mosquitto prints on its standard error.")
        #expect(log("log_dest none").hint.contains("Add the line 'log_dest stderr'"))
        #expect(log("log_dest topic").hint.contains("\"mosquitto_sub -t '$SYS/broker/log/#' -v\""))
    }
}

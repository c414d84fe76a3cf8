import Testing

@testable import TedgeCore

/// Since when a bridge is up, by mosquitto's log.
@Suite struct UptimeTests {
    private func since(
        _ lines: [String], _ cloud: Cloud = .cumulocity, _ profile: String? = nil,
        within range: ClosedRange<Int64> = 0...2000
    ) throws -> Int64? {
        BrokerLog.lastConnection(
            of: cloud, try profile.map { try ProfileName(parsing: $0) },
            in: lines.map { line in (Int64(line.prefix { $0.isNumber }), line) }, within: range)
    }

    @Test("it is the time of the last attempt to connect")
    func last() throws {
        let lines = [
            "1000: Connecting bridge (step 1) edge_to_c8y (a.b:8883)",
            "1001: Connecting bridge (step 2) edge_to_c8y (a.b:8883)",
            "1500: Connecting bridge (step 1) edge_to_c8y (a.b:8883)",
            "1501: Connecting bridge (step 2) edge_to_c8y (a.b:8883)",
            "1600: Connecting bridge (step 2) edge_to_c8y@two (a.b:8883)",
        ]
        #expect(try since(lines) == 1501)
        #expect(try since(lines, .cumulocity, "two") == 1600)
        #expect(try since(lines, Cloud.named(.aws)) == nil)
        // mosquitto with synchronous look-ups of names writes one line.
        #expect(try since(["1700: Connecting bridge edge_to_c8y (a.b:8883)"]) == 1700)
    }

    @Test("an attempt that ended, or of another run or before the clock was set, does not count")
    func others() throws {
        let lines = ["1001: Connecting bridge (step 2) edge_to_c8y (a.b:8883)"]
        #expect(try since(lines, within: 1002...2000) == nil)
        #expect(try since(lines, within: 0...1000) == nil)
        #expect(try since(lines + ["1002: Client Cumulocity closed its connection."]) == nil)
        #expect(try since(["Connecting bridge (step 2) edge_to_c8y (a.b:8883)"]) == nil)
        #expect(try since([]) == nil)
    }
}

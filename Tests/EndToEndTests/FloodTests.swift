import Glibc
import Synchronization
import TestSupport
import Testing

/// Servers and brokers that send without end: every command ends by itself or at once after a signal, and needs little memory.
@Suite("floods", .serialized) struct FloodTests {
    /// What a broker sends after the client's CONNECT.
    enum Flood: String, CaseIterable, Sendable {
        case beforeSubscription, beforeConfirmation, messages, acknowledgedMessages, unreleasedMessages, hugeMessage
        case longMessages, answersToPings

        /// What it sends until the client goes away.
        func serve(_ connection: FakeConnection) {
            guard connection.readPacket() != nil else { return }
            connection.write([0x20, 2, 0, 0])
            if self != .beforeSubscription {
                guard let packet = connection.readPacket() else { return }
                if self != .beforeConfirmation { connection.write([0x90, 3, packet[2], packet[3], 0]) }
            }
            var number: UInt16 = 0
            if self == .hugeMessage { connection.write([0x30, 0xFF, 0xFF, 0xFF, 0x7F, 0, 1, 0x61]) }
            let bytes = portion
            while true {
                number &+= 1
                let next = self == .unreleasedMessages ? unreleased(number) : bytes
                var sent = 0
                while sent < next.count {
                    let count = next[sent...].withUnsafeBytes {
                        send(connection.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                    }
                    guard count > 0 else { return }
                    sent += count
                }
            }
        }

        private var portion: [UInt8] {
            switch self {
            case .acknowledgedMessages: many([0x32, 6, 0, 1, 0x61, 0, 1, 0x31])
            case .longMessages:
                // 8,388,000 bytes, just below what is taken.
                [0x30, 0xA0, 0xFB, 0xFF, 0x03, 0, 1, 0x61] + [UInt8](repeating: 0x78, count: 8_388_000 - 3)
            case .answersToPings: many([0xD0, 0])
            default: many([0x30, 4, 0, 1, 0x61, 0x31])
            }
        }

        private func many(_ packet: [UInt8]) -> [UInt8] {
            Array([[UInt8]](repeating: packet, count: 1000).joined())
        }

        /// A message of QoS 2 with 1024 bytes.
        private func unreleased(_ id: UInt16) -> [UInt8] {
            [0x34, 0x80, 8, 0, 1, 0x61, UInt8(id >> 8), UInt8(id & 0xFF)] + [UInt8](repeating: 0x79, count: 1019)
        }
    }

    /// What came of a command: how it ended, and the most memory that it had, in kB.
    private struct Result {
        let outcome: Outcome
        let peak: Int
    }

    /// Runs a command for at most so long, then sends it a signal, and waits for its end. Throws if there is none.
    private func run(
        _ words: [String], _ environment: [String: String], signalAfter timeout: Duration, _ signal: Int32 = SIGINT
    ) throws -> Result {
        let files = try TemporaryDirectory()
        let process = try ChildProcess(
            releaseExecutable, words, environment: environment, output: "/dev/null", errors: files.file("err"))
        let peak = Mutex(0)
        func look() -> Bool {
            let lines = contents(of: "/proc/\(process.pid)/status").split(separator: "\n")
            let line = lines.first { $0.hasPrefix("VmHWM:") }
            let found = line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
            peak.withLock { $0 = max($0, found) }
            return process.ended() != nil
        }
        if !eventually(within: timeout, look) {
            process.send(signal)
            guard eventually(within: .seconds(20), look) else {
                throw TestFailure("\(words) goes on after signal \(signal)")
            }
        }
        let exit = try process.waitForExit()
        let outcome = Outcome(exit: exit, output: "", errors: contents(of: files.file("err")))
        return Result(outcome: outcome, peak: peak.withLock { $0 })
    }

    private static let most = 64 << 10

    @Test("a broker that floods 'mqtt sub' costs little memory, and a signal ends it", arguments: Flood.allCases)
    func subscriber(flood: Flood) throws {
        let (gateway, broker) = (try Gateway(), try FakeServer(flood.serve))
        try write("[mqtt.client]\nport = \(broker.port)\n", to: gateway.path("tedge.toml"))
        let result = try run(["mqtt", "sub", "a", "-q", "2"], gateway.environment, signalAfter: .seconds(3))
        #expect(result.peak > 0 && result.peak < Self.most)
        #expect([0, 1].contains(result.outcome.status), "\(result.outcome)")
        if [.hugeMessage, .unreleasedMessages].contains(flood) {
            #expect(result.outcome.status == 1 && result.outcome.errors.contains("The MQTT broker at"))
        }
    }

    @Test("a JSON object of messages has an end, and says so", arguments: [Flood.messages, .longMessages])
    func json(flood: Flood) throws {
        let (gateway, broker) = (try Gateway(), try FakeServer(flood.serve))
        try write("[mqtt.client]\nport = \(broker.port)\n", to: gateway.path("tedge.toml"))
        let result = try run(["mqtt", "sub", "a", "--json"], gateway.environment, signalAfter: .seconds(60))
        #expect(result.outcome.status == 1)
        #expect(result.peak > 0 && result.peak < Self.most)
    }

    @Test("a broker that floods a check costs little memory, and the check ends", arguments: Flood.allCases)
    func check(flood: Flood) throws {
        let (cloud, gateway) = (try StandInCloud(), try Gateway(mapper: false))
        try gateway.configure(for: cloud)
        try gateway.certify(for: cloud)
        try gateway.tedge("connect", "c8y", "--offline").expectSuccess()
        let broker = try FakeServer(flood.serve)
        let environment = gateway.environment.merging(["TEDGE_MQTT_CLIENT_PORT": "\(broker.port)"]) { $1 }
        let words = ["connect", "c8y", "--test", "--timeout", "4"]
        let result = try run(words, environment, signalAfter: .seconds(60))
        #expect(![0, 130].contains(result.outcome.status), "\(result.outcome)")
        #expect(result.peak > 0 && result.peak < Self.most)
    }

    @Test(
        "a server that never ends its TLS handshake does not keep a command, and a signal ends it",
        arguments: [true, false])
    func handshake(isSlow: Bool) throws {
        let gateway = try Gateway()
        let server = try FakeServer { connection in
            // A request for a new handshake, over which a client in one passes (RFC 5246, section 7.4.1.1).
            let record: [UInt8] = [0x16, 3, 3, 0, 4, 0, 0, 0, 0]
            let bytes = isSlow ? record : Array([[UInt8]](repeating: record, count: 1000).joined())
            while send(connection.descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count {
                if isSlow { usleep(200_000) }
            }
        }
        try gateway.tedge("cert", "create", "--device-id", "gateway-1").expectSuccess()
        for (key, value) in [
            ("c8y.url", "localhost"), ("c8y.http", "localhost:\(server.port)"),
            ("c8y.mqtt", "localhost:\(server.port)"),
            ("mqtt.client.port", "\(server.port)"), ("mqtt.client.auth.ca_dir", "/etc/ssl/certs"),
        ] {
            try gateway.tedge("config", "set", key, value).expectSuccess()
        }
        let environment = gateway.environment.merging(["C8Y_PASSWORD": "secret"]) { $1 }
        for words in [
            ["cert", "upload", "c8y", "--user", "alice"], ["mqtt", "pub", "a", "b"], ["mqtt", "sub", "a"],
            ["doctor", "c8y", "--only", "server-certificate"],
        ] {
            let result = try run(words, environment, signalAfter: isSlow ? .seconds(1) : .seconds(60))
            #expect(result.peak < Self.most)
            // A flood ends it without a signal. A signal is a good end for those who listen.
            guard !isSlow else { continue }
            let isFailure = result.outcome.status != 0 && result.outcome.status < 128
            #expect(isFailure && !result.outcome.errors.contains("SIGINT"), "\(words): \(result.outcome)")
        }
    }
}

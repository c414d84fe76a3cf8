import Glibc
import Testing

@testable import TedgeCore

@Suite struct InterruptionTests {
    @Test("a signal that came is thrown where somebody looks")
    func check() throws {
        let signal = WorldSignal()
        try signal.interruption.check()
        #expect(!signal.interruption.isRequested)
        signal.send(SIGINT)
        #expect(signal.interruption.isRequested)
        #expect(throws: Interrupted(signal: SIGINT)) { try signal.interruption.check() }
        try Interruption.never.check()
    }

    static let signals: [(Int32, String)] = [
        (SIGINT, "SIGINT"), (SIGTERM, "SIGTERM"), (SIGHUP, "SIGHUP"), (SIGUSR1, "signal 10"),
    ]

    @Test("a signal is told by its name", arguments: signals)
    func names(_ signal: Int32, _ name: String) {
        #expect(Interrupted(signal: signal).causes == ["Interrupted by \(name)"])
        #expect(Interrupted(signal: signal).id == "interrupted")
    }
}

import Glibc
import Testing

@testable import TedgeCore

@Suite struct InterruptionTests {
    @Test("a signal that arrived is thrown at the next check")
    func check() throws {
        let signal = FixtureSignal()
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

    @Test("the error of a signal has its name", arguments: signals)
    func names(_ signal: Int32, _ name: String) {
        #expect(Interrupted(signal: signal).causes == ["Interrupted by \(name)"])
        #expect(Interrupted(signal: signal).id == "interrupted")
    }

    @Test("lost output interrupts, with its reason")
    func lostOutput() {
        let signal = FixtureSignal()
        let console = Console { _, _ throws(SystemError) in throw SystemError(ENOSPC) }
        let interruption = signal.interruption.orLostOutput(of: console)
        #expect(!interruption.isRequested)
        console.line("x")
        let error = Interrupted(signal: -ENOSPC)
        #expect(throws: error) { try interruption.check() }
        #expect(error.id == "output-failed")
        #expect(error.causes == ["Cannot write the standard output", "No space left on device (os error 28)"])
        #expect(error.hint == "Make room where the output goes, or send it elsewhere.")
        signal.send(SIGINT)
        #expect(interruption.signal() == SIGINT)
    }

    @Test("an interruption arises at its deadline, and a signal before it is noticed")
    func bounded() {
        let signal = FixtureSignal()
        #expect(signal.interruption.bounded(by: .now + .seconds(3600)).signal() == nil)
        #expect(signal.interruption.bounded(by: .now - .seconds(1)).signal() == SIGALRM)
        signal.send(SIGINT)
        #expect(signal.interruption.bounded(by: .now - .seconds(1)).signal() == SIGINT)
    }

    @Test("a delayed signal is noticed after the delay")
    func delayed() {
        let signal = FixtureSignal()
        let (late, soon) = (signal.interruption.delayed(by: .seconds(3600)), signal.interruption.delayed(by: .zero))
        #expect(soon.signal() == nil)
        signal.send(SIGTERM)
        #expect(late.signal() == nil && late.signal() == nil)
        #expect(soon.signal() == SIGTERM)
    }
}

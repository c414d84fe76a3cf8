import Glibc
import Testing

@testable import TedgeCore

@Suite struct AskingProcessesTests {
    private let fixture: Fixture
    private let signal = FixtureSignal()

    init() throws { fixture = try Fixture() }

    private var asking: AskingProcesses { AskingProcesses(fixture.programs, signal.interruption) }

    @Test("a program that did not answer is not asked again, others are")
    func silent() throws {
        let silence = ProcessError.unanswered(program: "systemctl", seconds: 4)
        fixture.programs.on("systemctl", silence)
        let asking = asking
        for words in [["systemctl", "show"], ["systemctl", "is-enabled", "x"]] {
            #expect(throws: silence) { try asking.run(words, interruption: .never) }
        }
        #expect(fixture.programs.calls == ["systemctl show"])
        #expect(try asking.run(["journalctl"], interruption: .never).succeeded)
        // One that failed or was missing costs no time, and is asked again.
        fixture.programs.on("journalctl", .notFound("journalctl"))
        for _ in 0..<2 {
            #expect(throws: ProcessError.notFound("journalctl")) {
                try asking.run(["journalctl"], interruption: .never)
            }
        }
    }

    @Test("nothing that is asked changes anything")
    func harmless() {
        #expect(!asking.reloadSystemd())
        #expect(fixture.programs.calls.isEmpty)
    }
}

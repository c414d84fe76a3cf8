import TestSupport
import Testing

@testable import TedgeCore

/// What is waited for is said on stderr when it takes its time.
@Suite struct WaitNoticeTests {
    @Test(
        "a wait of two seconds is told once, on stderr, also with JSON; a shorter one is not", arguments: [false, true])
    func told(isJSON: Bool) throws {
        let printed = Printed()
        let interruption = Interruption.never.announcing("Waiting for h:1.", on: printed.console(isJSON: isJSON))
        #expect(!interruption.isRequested && printed.all == "")
        #expect(eventually { !interruption.isRequested && printed.errors != "" })
        #expect(!interruption.isRequested)
        #expect(printed.errors == "Waiting for h:1.\n" && printed.output == "")
    }

    @Test("a wait that has ended prints no note, and a signal is passed on")
    func over() throws {
        let printed = Printed()
        let (notice, signal) = (WaitNotice(on: printed.console()), FixtureSignal())
        let interruption = notice.watching(signal.interruption)
        notice.begin("first")
        notice.end()
        notice.begin("second")
        #expect(eventually { !interruption.isRequested && printed.errors != "" })
        #expect(printed.errors == "second\n")
        signal.send(2)
        #expect(interruption.signal() == 2)
    }
}

import Foundation
import Testing

@testable import Sockets

@Suite("Calls that cannot be interrupted")
struct SideThreadTests {
    private let patient = Waiter { false }

    @Test("the result of a call that ends in time is returned")
    func ended() throws {
        guard case .ended(7) = try SideThread.run(until: later, patient, { 7 }) else {
            Issue.record("no result")
            return
        }
    }

    @Test("a call that does not end is abandoned at the deadline and at an interruption, and ends on its own")
    func left() throws {
        let (go, done) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let work: @Sendable () -> Int = {
            go.wait()
            done.signal()
            return 1
        }
        guard case .late = try SideThread.run(until: soon, patient, work) else {
            Issue.record("not left")
            return
        }
        #expect(throws: SocketError.interrupted) { try SideThread.run(until: later, Waiter { true }, work) }
        for _ in 1...2 { go.signal() }
        for _ in 1...2 { #expect(done.wait(timeout: .now() + 10) == .success) }
    }
}

import Foundation
import Testing

@testable import Sockets

@Suite("Waiting for a descriptor")
struct WaiterTests {
    private let ends: [Int32]

    init() throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        self.ends = ends
    }

    private func closeEnds() { for end in ends { close(end) } }

    @Test("events that are ready are returned, even after the deadline")
    func ready() throws {
        defer { closeEnds() }
        let waiter = Waiter { false }
        #expect(write(ends[1], "x", 1) == 1)
        #expect(try waiter.ready(ends[0], Int16(POLLIN), until: later) == Int16(POLLIN))
        #expect(try waiter.ready(ends[0], Int16(POLLIN), until: .now - .seconds(1)) == Int16(POLLIN))
        #expect(try waiter.slice(ends[0], Int16(POLLIN), until: nil) == Int16(POLLIN))
    }

    @Test("without events a wait returns 0, and not before the deadline", arguments: [0, 1, 150])
    func nothing(milliseconds: Int) throws {
        defer { closeEnds() }
        let deadline = ContinuousClock.now + .milliseconds(milliseconds)
        #expect(try Waiter { false }.ready(ends[0], Int16(POLLIN), until: deadline) == 0)
        #expect(ContinuousClock.now >= deadline)
    }

    @Test("the end of the other side is an event")
    func hangUp() throws {
        close(ends[1])
        defer { close(ends[0]) }
        #expect(try Waiter { false }.ready(ends[0], Int16(POLLIN), until: later) == Int16(POLLHUP))
    }

    @Test("a wait checks for interruptions repeatedly")
    func interrupted() {
        defer { closeEnds() }
        var questions = 0
        let waiter = Waiter {
            questions += 1
            return questions == 3
        }
        #expect(throws: SocketError.interrupted) { try waiter.ready(ends[0], Int16(POLLIN), until: later) }
        #expect(questions == 3)
        #expect(throws: Never.self) { try waiter.check() }
    }
}

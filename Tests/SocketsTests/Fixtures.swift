import Sockets

/// An error of a module that connects.
enum TestSocketFailure: ConnectFailure, Equatable {
    case interrupted
    case nameNotResolved(host: String, reason: String)
    case cannotConnect(host: String, port: UInt16, errno: Int32)
    case noAnswer(host: String, port: UInt16)
}

typealias Waiter = Sockets.Waiter<TestSocketFailure>

var later: ContinuousClock.Instant { .now + .seconds(10) }
var soon: ContinuousClock.Instant { .now + .milliseconds(100) }

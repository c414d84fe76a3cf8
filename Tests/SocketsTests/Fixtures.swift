import Sockets

/// An error of a module that waits.
enum TestSocketFailure: SocketFailure, Equatable {
    case interrupted
    case nameNotResolved(host: String, reason: String)
}

typealias Waiter = Sockets.Waiter<TestSocketFailure>

var later: ContinuousClock.Instant { .now + .seconds(10) }
var soon: ContinuousClock.Instant { .now + .milliseconds(100) }

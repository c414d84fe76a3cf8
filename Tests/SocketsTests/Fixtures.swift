import Sockets

typealias Waiter = Sockets.Waiter<SocketError>

var later: ContinuousClock.Instant { .now + .seconds(10) }
var soon: ContinuousClock.Instant { .now + .milliseconds(100) }

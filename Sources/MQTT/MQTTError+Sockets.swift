import Sockets

/// A wait of this module: an interruption and an unknown host are errors of MQTT here.
typealias Waiter = Sockets.Waiter<MQTTError>

extension MQTTError: SocketFailure {}

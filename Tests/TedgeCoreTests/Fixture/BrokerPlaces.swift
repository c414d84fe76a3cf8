import MQTT
import Sockets

extension MQTTError {
    /// The TCP connection to a broker cannot be made.
    static func cannotConnect(_ broker: Endpoint, errno: Int32) -> MQTTError {
        .socket(.cannotConnect(host: broker.host, port: broker.port, errno: errno))
    }

    /// Nothing answers at the place of a broker.
    static func noRoute(_ broker: Endpoint) -> MQTTError {
        .socket(.noAnswer(host: broker.host, port: broker.port))
    }
}

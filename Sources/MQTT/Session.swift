import CMosquitto
import Glibc
import Sockets

/// One MQTT connection: owns libmosquitto's client object, the reports of its callbacks, and the relay to the broker.
final class Session {
    let inbox: Inbox
    let endpoint: MQTTError.Endpoint
    /// Set when the connection has ended; nothing can be sent or received then.
    private(set) var ended: MQTTError?
    let handle: OpaquePointer
    let library: MosquittoLibrary
    let options: MQTTOptions
    let relay: Relay
    /// How many times in a row libmosquitto still wanted to write after a write, although the socket accepted bytes.
    var futileWrites = 0
    private var isConnected = false

    /// Has libmosquitto send CONNECT over a connection to the broker. Throws `invalidOption` or `library`.
    init(_ options: MQTTOptions, _ library: MosquittoLibrary, over wire: Wire) throws(MQTTError) {
        inbox = Inbox(limit: options.packetLimit * 2)
        guard let handle = library.call.mosquitto_new(options.clientID, options.cleanSession, inbox.context) else {
            throw .invalidOption(name: "client id", reason: "cannot be used: \(SystemErrorText.text(errno))")
        }
        do throws(MQTTError) {
            relay = try Self.connect(handle, library, to: wire, options)
        } catch {
            library.call.mosquitto_destroy(handle)
            throw error
        }
        self.handle = handle
        self.library = library
        self.options = options
        endpoint = MQTTError.Endpoint(host: options.host, port: options.port)
        inbox.register(with: handle, library)
    }

    deinit { library.call.mosquitto_destroy(handle) }

    /// The file descriptor of libmosquitto; negative if there is none.
    var descriptor: Int32 { library.call.mosquitto_socket(handle) }

    /// Whether libmosquitto has bytes to write.
    var libraryWantsToWrite: Bool { library.call.mosquitto_want_write(handle) }

    /// Whether bytes are waiting to be written.
    var wantsToWrite: Bool { libraryWantsToWrite || relay.hasOutput }

    /// Whether libmosquitto has closed its connection for sending. libmosquitto 2.1 does so as soon as it has written
    /// DISCONNECT, but keeps the socket open and wants to write for ever.
    var hasEndedSending: Bool { send(descriptor, nil, 0, Int32(MSG_NOSIGNAL | MSG_DONTWAIT)) < 0 && errno == EPIPE }

    /// Records that the broker accepted CONNECT.
    func accept() { isConnected = true }

    /// Has libmosquitto read a packet, or the part of it that has arrived. Returns whether more may have arrived.
    func read() throws(MQTTError) -> Bool {
        errno = 0
        let result = library.call.mosquitto_loop_read(handle, 1)
        let code = errno
        try require(result, code)
        if inbox.isOverfull { try end(.flooded(endpoint, limit: inbox.limit)) }
        return code != EAGAIN || relay.pull()
    }

    /// Writes waiting bytes, as far as the socket accepts them.
    func write() throws(MQTTError) {
        for _ in 1...16 {
            guard libraryWantsToWrite else { break }
            let before = relay.taken
            errno = 0
            let result = library.call.mosquitto_loop_write(handle, 1)
            try require(result, errno)
            relay.push()
            guard relay.taken != before else { return }
            futileWrites = 0
        }
        relay.push()
    }

    /// Sends the bytes that libmosquitto has written on its own. Throws the error that ended the connection if the broker
    /// accepts no more bytes.
    func push() throws(MQTTError) {
        relay.push()
        guard relay.wire.sendFailure != nil || relay.stop != nil else { return }
        while try read() {}
    }

    /// Probes the connection if no bytes have moved for the keep-alive time.
    func housekeep() throws(MQTTError) {
        try require(library.call.mosquitto_loop_misc(handle))
    }

    /// Has the kernel acknowledge received bytes at once.
    ///
    /// mosquitto sends without TCP_NODELAY: its second small packet waits until the first is acknowledged, and the kernel
    /// would delay that by 40 ms. The kernel forgets the setting, so it is set before each wait (tcp(7), TCP_QUICKACK).
    func acknowledgeAtOnce() {
        var on: Int32 = 1
        setsockopt(relay.wire.descriptor, Int32(IPPROTO_TCP), TCP_QUICKACK, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Passes a message to libmosquitto and writes its bytes at once, as far as the socket accepts them. Returns its
    /// packet id.
    func publish(_ topic: String, _ payload: RawSpan, _ qos: QoS, _ retain: Bool) throws(MQTTError) -> Int {
        var packet: Int32 = 0
        inbox.outstanding += 1
        errno = 0
        let result = payload.withUnsafeBytes { bytes in
            library.call.mosquitto_publish(
                handle, &packet, topic, Int32(bytes.count), bytes.baseAddress, Int32(qos.rawValue), retain)
        }
        let code = errno
        if result != MOSQ_ERR_SUCCESS.code { inbox.outstanding -= 1 }
        try require(result, code)
        return Int(packet)
    }

    /// Subscribes to a filter. Returns the packet id of the expected answer.
    func subscribe(_ filter: String, _ qos: QoS) throws(MQTTError) -> Int32 {
        var packet: Int32 = 0
        errno = 0
        let result = library.call.mosquitto_subscribe(handle, &packet, filter, Int32(qos.rawValue))
        try require(result, errno)
        return packet
    }

    /// Sends DISCONNECT, so that the broker does not treat the end as a failure.
    func sendDisconnect() throws(MQTTError) {
        try require(library.call.mosquitto_disconnect(handle))
    }

    /// If a result is not success, records its error as the session's end and throws it.
    func require(_ result: Int32, _ code: Int32 = 0) throws(MQTTError) {
        guard result != MOSQ_ERR_SUCCESS.code else { return }
        try end(failure(result, code))
    }

    /// Records an error as the session's end and throws it.
    private func end(_ error: MQTTError) throws(MQTTError) {
        ended = error
        throw error
    }

    private func failure(_ result: Int32, _ code: Int32) -> MQTTError {
        if let refusal = inbox.connack, refusal != 0 {
            return .refused(endpoint, MQTTError.Refusal(code: UInt8(truncatingIfNeeded: refusal)))
        }
        if let stop = relay.stop {
            let hasReceived = relay.wire.hasReceived
            return isConnected ? MQTTError.loss(endpoint, stop) : MQTTError.beforeAnswer(endpoint, stop, hasReceived)
        }
        switch result {
        case MOSQ_ERR_CONN_LOST.code, MOSQ_ERR_NO_CONN.code, MOSQ_ERR_ERRNO.code:
            let code = result == MOSQ_ERR_ERRNO.code ? code : 0
            return isConnected
                ? .disconnected(endpoint, errno: code)
                : .beforeAnswer(endpoint, .end(code == 0 ? .closed : .code(code)), false)
        case MOSQ_ERR_PROTOCOL.code, MOSQ_ERR_MALFORMED_PACKET.code, MOSQ_ERR_MALFORMED_UTF8.code:
            return .protocolViolation(endpoint)
        case MOSQ_ERR_KEEPALIVE.code: return .keepAliveExpired(endpoint)
        default: return library.failure(result)
        }
    }
}

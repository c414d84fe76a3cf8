import CMosquitto
import Glibc
import Sockets

/// One MQTT connection: owns libmosquitto's client object, what its callbacks report, and the relay to the broker.
final class Session {
    let inbox: Inbox
    let endpoint: MQTTError.Endpoint
    /// Set when the connection is gone; nothing more can be sent or received then.
    private(set) var ended: MQTTError?
    let handle: OpaquePointer
    let library: MosquittoLibrary
    let options: MQTTOptions
    let relay: Relay
    /// How often in a row libmosquitto still wanted to write after a write, although the socket took bytes.
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

    /// libmosquitto's file descriptor; negative when there is none.
    var descriptor: Int32 { library.call.mosquitto_socket(handle) }

    /// Whether libmosquitto has bytes to write.
    var libraryWantsToWrite: Bool { library.call.mosquitto_want_write(handle) }

    /// Whether bytes wait to be written.
    var wantsToWrite: Bool { libraryWantsToWrite || relay.hasOutput }

    /// Whether the connection takes no more bytes from here. libmosquitto 2.1 ends it like that as soon as DISCONNECT is
    /// written, keeps the socket open, and wants to write for ever.
    var hasEndedSending: Bool { send(descriptor, nil, 0, Int32(MSG_NOSIGNAL | MSG_DONTWAIT)) < 0 && errno == EPIPE }

    /// Notes that CONNECT was accepted.
    func accept() { isConnected = true }

    /// Has libmosquitto read a packet, or what there is of it. Returns whether there may be more.
    func read() throws(MQTTError) -> Bool {
        errno = 0
        let result = library.call.mosquitto_loop_read(handle, 1)
        let code = errno
        try require(result, code)
        if inbox.isOverfull { try end(.flooded(endpoint, limit: inbox.limit)) }
        return code != EAGAIN || relay.pull()
    }

    /// Writes what waits, as far as the socket takes it.
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

    /// Sends what libmosquitto has written by itself. Throws what ended the connection, if the broker takes no more.
    func push() throws(MQTTError) {
        relay.push()
        guard relay.wire.sendFailure != nil || relay.stop != nil else { return }
        while try read() {}
    }

    /// Probes a connection on which nothing has moved for the keep-alive time.
    func housekeep() throws(MQTTError) {
        try require(library.call.mosquitto_loop_misc(handle))
    }

    /// Has the kernel acknowledge at once what it has received.
    ///
    /// mosquitto sends without TCP_NODELAY: its second small packet waits until the first is acknowledged, which
    /// the kernel would put off for 40 ms. It forgets the request, hence before each wait (tcp(7), TCP_QUICKACK).
    func acknowledgeAtOnce() {
        var on: Int32 = 1
        setsockopt(relay.wire.descriptor, Int32(IPPROTO_TCP), TCP_QUICKACK, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Hands a message over; its bytes are written at once as far as the socket takes them. Returns its packet id.
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

    /// Asks for messages. Returns the packet id that the answer will have.
    func subscribe(_ filter: String, _ qos: QoS) throws(MQTTError) -> Int32 {
        var packet: Int32 = 0
        errno = 0
        let result = library.call.mosquitto_subscribe(handle, &packet, filter, Int32(qos.rawValue))
        try require(result, errno)
        return packet
    }

    /// Says goodbye to the broker, so that it does not take the end for a failure.
    func sendDisconnect() throws(MQTTError) {
        try require(library.call.mosquitto_disconnect(handle))
    }

    /// Throws, and notes as the session's end, what a result other than success means.
    func require(_ result: Int32, _ code: Int32 = 0) throws(MQTTError) {
        guard result != MOSQ_ERR_SUCCESS.code else { return }
        try end(failure(result, code))
    }

    /// Throws, and notes as the session's end, an error.
    private func end(_ error: MQTTError) throws(MQTTError) {
        ended = error
        throw error
    }

    private func failure(_ result: Int32, _ code: Int32) -> MQTTError {
        if let refusal = inbox.connack, refusal != 0 {
            return .refused(endpoint, MQTTError.Refusal(code: UInt8(truncatingIfNeeded: refusal)))
        }
        if let stop = relay.stop {
            let hasHeard = relay.wire.hasHeard
            return isConnected ? MQTTError.loss(endpoint, stop) : MQTTError.beforeAnswer(endpoint, stop, hasHeard)
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

import CMosquitto
import Glibc
import Sockets

/// One MQTT connection: owns libmosquitto's client object and what its callbacks report.
final class Session {
    let inbox = Inbox()
    let endpoint: MQTTError.Endpoint
    /// Set when the connection is gone; nothing more can be sent or received then.
    private(set) var ended: MQTTError?
    let handle: OpaquePointer
    let library: MosquittoLibrary
    let options: MQTTOptions
    /// How often in a row libmosquitto still wanted to write after a write, although the socket took bytes.
    var futileWrites = 0
    private var isConnected = false
    /// Whether the broker has sent anything. With TLS it has taken part in the handshake then.
    private var hasHeard = false

    /// Makes an object that is not connected. Throws `invalidOption`, `unreadable` or `library`.
    init(_ options: MQTTOptions, _ library: MosquittoLibrary) throws(MQTTError) {
        guard let handle = library.call.mosquitto_new(options.clientID, options.cleanSession, inbox.context) else {
            throw .invalidOption(name: "client id", reason: "cannot be used: \(SystemWords.text(errno))")
        }
        self.handle = handle
        self.library = library
        self.options = options
        endpoint = MQTTError.Endpoint(host: options.host, port: options.port)
        inbox.register(with: handle, library)
        try require(library.call.mosquitto_int_option(handle, MOSQ_OPT_TCP_NODELAY, 1))
        try require(library.call.mosquitto_max_inflight_messages_set(handle, UInt32(options.inFlightWindow)))
        try authenticate()
        if let tls = options.tls { try secure(tls) }
    }

    deinit { library.call.mosquitto_destroy(handle) }

    /// The connection's file descriptor; negative when there is none.
    var descriptor: Int32 { library.call.mosquitto_socket(handle) }

    /// Whether bytes wait to be written.
    var wantsToWrite: Bool { library.call.mosquitto_want_write(handle) }

    /// Whether the connection takes no more bytes from here. libmosquitto 2.1 ends it like that as soon as DISCONNECT is
    /// written, keeps the socket open, and wants to write for ever.
    var hasEndedSending: Bool { send(descriptor, nil, 0, Int32(MSG_NOSIGNAL | MSG_DONTWAIT)) < 0 && errno == EPIPE }

    /// Starts a TCP connection, to be waited for. Returns the error number that was left, 0 if none.
    func startConnecting(to host: String, boundTo local: String?) throws(MQTTError) -> Int32 {
        errno = 0
        let result = library.call.mosquitto_connect_bind_async(
            handle, host, Int32(options.port), Int32(options.keepAlive), local)
        let code = errno
        try require(result, code)
        return code
    }

    /// Notes that CONNECT was accepted.
    func accept() {
        isConnected = true
        inbox.unregisterLog(of: handle, library)
    }

    /// Reads a packet, or what there is of it. Returns whether there may be more.
    func read() throws(MQTTError) -> Bool {
        errno = 0
        let result = library.call.mosquitto_loop_read(handle, 1)
        let code = errno
        try require(result, code)
        return code != EAGAIN
    }

    /// Writes what waits, as far as the socket takes it.
    func write() throws(MQTTError) {
        errno = 0
        let result = library.call.mosquitto_loop_write(handle, 1)
        try require(result, errno)
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
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_QUICKACK, &on, socklen_t(MemoryLayout<Int32>.size))
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
        let error = failure(result, code)
        ended = error
        throw error
    }

    /// Notes whether the broker has sent anything, to be called before libmosquitto closes the socket.
    ///
    /// `tcpi_bytes_received` of Linux 4.1 and later; glibc's `tcp_info` ends before it. FIN counts as one.
    func listenForSigns() {
        guard !hasHeard else { return }
        let offset = 128
        var info = [UInt8](repeating: 0, count: offset + 8)
        var size = socklen_t(info.count)
        guard unsafe getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_INFO, &info, &size) == 0 else { return }
        hasHeard = unsafe info.withUnsafeBytes { unsafe $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self) } > 1
    }

    /// What an error number of the socket means before CONNECT is answered: only what was accepted can be reset.
    func failureBeforeAnswer(_ code: Int32) -> MQTTError {
        code == ECONNRESET || code == EPIPE ? closedBeforeAnswer : .cannotConnect(endpoint, errno: code)
    }

    /// The broker closed the connection before it answered CONNECT.
    ///
    /// In TLS 1.3 the client's handshake is over before the broker looks at the client certificate (RFC 8446, appendix
    /// E.1), and the reset that follows a refusal can overtake the alert that says so.
    var closedBeforeAnswer: MQTTError {
        options.tls != nil && hasHeard ? endedHandshake : .closedBeforeAnswer(endpoint)
    }

    private var endedHandshake: MQTTError {
        .tls(endpoint, reason: "the broker ended the connection during or after the handshake")
    }

    private func failure(_ result: Int32, _ code: Int32) -> MQTTError {
        if let refusal = inbox.connack, refusal != 0 {
            return .refused(endpoint, MQTTError.Refusal(code: UInt8(truncatingIfNeeded: refusal)))
        }
        if options.tls != nil, let error = handshakeFailure(code) { return error }
        switch result {
        case MOSQ_ERR_CONN_LOST.code, MOSQ_ERR_NO_CONN.code:
            return isConnected ? .disconnected(endpoint, errno: 0) : closedBeforeAnswer
        case MOSQ_ERR_ERRNO.code:
            return isConnected ? .disconnected(endpoint, errno: code) : failureBeforeAnswer(code)
        case MOSQ_ERR_EAI.code: return .nameNotResolved(host: options.host, reason: "the name is unknown")
        case MOSQ_ERR_PROTOCOL.code, MOSQ_ERR_MALFORMED_PACKET.code, MOSQ_ERR_MALFORMED_UTF8.code:
            return .protocolViolation(endpoint)
        case MOSQ_ERR_KEEPALIVE.code: return .keepAliveExpired(endpoint)
        default: return library.failure(result)
        }
    }

    private func handshakeFailure(_ code: Int32) -> MQTTError? {
        switch tlsReason {
        case "": code == EPROTO && !isConnected ? endedHandshake : nil
        case "unexpected eof while reading": closedBeforeAnswer
        case let reason: .tls(endpoint, reason: reason)
        }
    }
}

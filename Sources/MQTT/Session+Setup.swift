import CMosquitto
import Glibc
import Sockets
import TLS

extension MQTTOptions {
    /// Throws `invalidOption` if the protocol or libmosquitto does not accept an option.
    func validate() throws(MQTTError) {
        if host.isEmpty { throw .invalidOption(name: "host", reason: "must not be empty") }
        if port == 0 { throw .invalidOption(name: "port", reason: "must be between 1 and 65535") }
        if !(5...65_535).contains(keepAlive) {
            throw .invalidOption(name: "keep-alive time", reason: "must be between 5 and 65535 seconds")
        }
        if !(1...65_535).contains(inFlightWindow) {
            throw .invalidOption(name: "in-flight window", reason: "must be between 1 and 65535 messages")
        }
        if clientID.isEmpty {
            throw .invalidOption(name: "client id", reason: "must not be empty")
        }
        if let problem = TopicProblem.common(clientID) {
            throw .invalidOption(name: "client id", reason: "\(problem)")
        }
        for (name, text) in [("host", host), ("user name", username ?? "")] where text.utf8.contains(0) {
            throw .invalidOption(name: name, reason: "must not contain a null character")
        }
        if password?.contains(0) == true {
            throw .invalidOption(name: "password", reason: "must not contain a null byte")
        }
        if password != nil, username == nil {
            throw .invalidOption(name: "password", reason: "needs a user name")
        }
        if let tls, (tls.certificateFile == nil) != (tls.keyFile == nil) {
            throw .invalidOption(name: "client certificate", reason: "and its key must be given together")
        }
    }
}

extension Session {
    /// Connects libmosquitto to this process, and has a relay pass its bytes on to the broker. Throws `invalidOption` or
    /// `library`.
    static func connect(
        _ handle: OpaquePointer, _ library: MosquittoLibrary, to wire: Wire, _ options: MQTTOptions
    ) throws(MQTTError) -> Relay {
        func require(_ result: Int32) throws(MQTTError) {
            guard result == MOSQ_ERR_SUCCESS.code else { throw library.failure(result) }
        }
        try require(library.call.mosquitto_int_option(handle, MOSQ_OPT_TCP_NODELAY, 1))
        try require(library.call.mosquitto_max_inflight_messages_set(handle, UInt32(options.inFlightWindow)))
        if let username = options.username {
            let password = options.password.map { $0.map(CChar.init(bitPattern:)) + [0] }
            try require(library.call.mosquitto_username_pw_set(handle, username, password))
        }
        do throws(LocalPair.Failure) {
            let (local, sent) = try LocalPair.connect { port throws(LocalPair.Failure) in
                errno = 0
                let result = library.call.mosquitto_connect_bind_async(
                    handle, LocalPair.host, Int32(port), Int32(options.keepAlive), nil)
                guard result == MOSQ_ERR_SUCCESS.code || [EAGAIN, EINPROGRESS, ENOTCONN].contains(errno) else {
                    throw LocalPair.Failure(code: errno)
                }
                return library.call.mosquitto_socket(handle)
            }
            return Relay(wire, local: local, sent: sent, packetLimit: options.packetLimit)
        } catch {
            throw .library(
                code: error.code,
                reason:
                    "it cannot connect within this device, over \(LocalPair.host): \(SystemErrorText.text(error.code))")
        }
    }
}

extension TLSOptions {
    /// The directory of Debian's ca-certificates, with hashed names.
    private static let systemAuthorities = "/etc/ssl/certs"

    /// Converts the files of an MQTT connection to TLS options. Throws `unreadable` or `unusable`.
    init(_ tls: MQTTTLS) throws(MQTTError) {
        let paths = [tls.caFile, tls.caDirectory, tls.certificateFile, tls.keyFile]
        for path in paths.compactMap({ $0 }) where access(path, R_OK) != 0 {
            throw .unreadable(path: path, errno: errno)
        }
        // OpenSSL opens these files by path.
        for path in paths.compactMap({ $0 }) {
            if let reason = PlainFile.objection(to: path) { throw .unusable(path: path, reason: reason) }
        }
        let roots = [tls.caFile, tls.caDirectory].compactMap(\.self)
        self.init(roots: (roots.isEmpty ? [Self.systemAuthorities] : roots).map { .path($0) }, alpn: tls.alpn)
        if let directory = tls.caFile == nil ? tls.caDirectory ?? Self.systemAuthorities : tls.caDirectory,
            let objection = PlainFile.objection(inHashedDirectory: directory)
        {
            throw .unusable(path: objection.path, reason: objection.reason)
        }
        if let certificate = tls.certificateFile, let key = tls.keyFile {
            identity = Identity(certificatePath: certificate, keyPath: key)
        }
    }
}

import CMosquitto
import Glibc
import Sockets

extension MQTTOptions {
    /// Throws `invalidOption` for what neither the protocol nor libmosquitto takes.
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
    /// Authorities of Debian's ca-certificates, by hash.
    private static let systemAuthorities = "/etc/ssl/certs"

    func authenticate() throws(MQTTError) {
        guard let username = options.username else { return }
        guard let password = options.password else {
            return try require(library.call.mosquitto_username_pw_set(handle, username, nil))
        }
        let terminated = password.map(CChar.init(bitPattern:)) + [0]
        try require(library.call.mosquitto_username_pw_set(handle, username, terminated))
    }

    func secure(_ tls: MQTTTLS) throws(MQTTError) {
        let paths = [tls.caFile, tls.caDirectory, tls.certificateFile, tls.keyFile]
        for path in paths.compactMap({ $0 }) where access(path, R_OK) != 0 {
            throw .unreadable(path: path, errno: errno)
        }
        // libmosquitto opens them by their names.
        for path in paths.compactMap({ $0 }) {
            if let reason = PlainFile.objection(to: path) { throw .unusable(path: path, reason: reason) }
        }
        let directory = tls.caFile == nil ? tls.caDirectory ?? Session.systemAuthorities : tls.caDirectory
        if let directory, let objection = PlainFile.objection(inHashedDirectory: directory) {
            throw .unusable(path: objection.path, reason: objection.reason)
        }
        // Instead of OpenSSL's own callback, which asks for a passphrase on the terminal.
        let result = library.call.mosquitto_tls_set(
            handle, tls.caFile, directory, tls.certificateFile, tls.keyFile, { _, _, _, _ in 0 })
        try require(result)
    }

    /// OpenSSL's words out of libmosquitto's error lines.
    ///
    /// A line is either a sentence or `OpenSSL Error[0]: error:0A000086:SSL routines::certificate verify failed`.
    var tlsReason: String {
        var words: [String] = []
        for line in inbox.errors {
            var text = Substring(line)
            if line.hasPrefix("OpenSSL Error"), let colon = line.lastIndex(of: ":") {
                text = line[line.index(after: colon)...]
            } else if line.hasPrefix("Error: ") {
                text = line.dropFirst("Error: ".count)
            }
            while let last = text.last, last == "." || last.isWhitespace { text.removeLast() }
            if !words.contains(String(text)) { words.append(String(text)) }
        }
        return words.joined(separator: "; ")
    }
}

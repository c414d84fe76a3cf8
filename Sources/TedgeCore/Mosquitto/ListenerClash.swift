/// Two lines that have mosquitto listen on the same address and port, of which it says no more than that it is in use.
struct ListenerClash {
    /// The line that a person has to correct.
    let place: String
    /// The other one.
    let other: MosquittoFiles.Line?
    /// Why the line at `place` opens a listener, where it is none.
    var reason: String?

    /// Settings that open the default listener if they stand before every listener of their file (`config__parse_args`).
    private static let openers: Set = [
        "allow_zero_length_clientid", "auth_plugin", "bind_address", "bind_interface", "cafile", "capath", "certfile",
        "ciphers", "ciphers_tls1.3", "crlfile", "dhparamfile", "keyfile", "max_connections", "max_qos", "maximum_qos",
        "mount_point", "password_file", "plugin", "protocol", "psk_file", "psk_hint", "require_certificate",
        "socket_domain", "tls_engine", "tls_engine_kpass_sha1", "tls_keyform", "use_identity_as_username",
        "use_subject_as_username", "use_username_as_clientid",
    ]

    /// Takes what mosquitto said; nil if that is something else.
    init?(_ said: [String], in lines: [MosquittoFiles.Line]) {
        guard said.contains(where: { $0.contains("Address already in use") }),
            let opening = said.last(where: { $0.contains("listen socket on port ") }),
            let words = opening.firstRange(of: "listen socket on port "),
            let port = UInt16(opening[words.upperBound...].prefix { $0.isNumber })
        else { return nil }
        let listeners = lines.filter { line in
            ["listener", "port"].contains(line.key) && UInt16(line.value.prefix { $0.isNumber }) == port
        }
        if listeners.count > 1 {
            (place, other) = (listeners[1].place, listeners[0])
            return
        }
        var files: Set<String> = []
        let opener = lines.first { line in
            if line.key == "listener" { files.insert(line.path) }
            return Self.openers.contains(line.key) && !files.contains(line.path)
        }
        guard let line = opener ?? listeners.first else { return nil }
        place = line.place
        if opener != nil {
            reason =
                "\(line.place): '\(line.key)' stands before every listener of its file, so that mosquitto opens its default "
                + "listener too."
        }
        other = opener == nil ? nil : listeners.first
    }
}

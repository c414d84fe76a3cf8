import Glibc
import TestSupport
import Testing

/// The local broker's listeners, and our own way to it.
@Suite("listeners of the local broker") struct ListenerTests {
    /// A gateway that can be connected, with an authority for its local broker.
    private struct Ready {
        let cloud: StandInCloud
        let gateway: Gateway
        let authority: TestAuthority
        let server: TestAuthority.Identity
        let client: TestAuthority.Identity

        init() throws {
            (cloud, gateway, authority) = (try StandInCloud(), try Gateway(), try TestAuthority())
            server = try authority.issue("server", alternativeNames: "DNS:localhost,IP:127.0.0.1")
            client = try authority.issue("client")
            try gateway.configure(for: cloud)
            try gateway.certify(for: cloud)
            // The broker may run as a user of its own.
            for identity in [server, client, authority.authority] {
                _ = try ChildProcess.run("chmod", ["a+r", identity.certificate, identity.key])
                _ = try ChildProcess.run("chmod", ["a+x", ListenerTests.directory(of: identity.certificate)])
            }
        }

        func set(_ settings: KeyValuePairs<String, String>) throws {
            for (key, value) in settings { try gateway.tedge("config", "set", key, value).expectSuccess() }
        }
    }

    private static func directory(of path: String) -> String {
        String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    }

    /// Has the local broker ask for more than the listener of tedge would, in a file of the customer's own.
    private func own(_ lines: String, _ ready: Ready) throws {
        try ready.set(["mqtt.bind.enabled": "false", "mqtt.client.host": "localhost"])
        try write(
            "per_listener_settings true\nlistener \(ready.gateway.port) 127.0.0.1\n\(lines)",
            to: ready.gateway.path("mosquitto-conf/own.conf"))
    }

    @Test("a listener for other machines speaks TLS; with authorities it wants a certificate of one of them")
    func external() throws {
        let ready = try Ready()
        let port = try freePort()
        try ready.set([
            "mqtt.external.bind.port": String(port), "mqtt.external.bind.address": "127.0.0.1",
            "mqtt.external.cert_file": ready.server.certificate, "mqtt.external.key_file": ready.server.key,
        ])
        #expect(try ready.gateway.tedge("connect", "c8y") == Outcome(status: 0, try page("connect")))
        let tls = ["-h", "localhost", "-p", String(port), "--cafile", ready.authority.authority.certificate]
        let message = ["-t", "a/b", "-m", "x", "-q", "1"]
        let accepted = try ChildProcess.run("mosquitto_pub", tls + message)
        #expect(accepted.exit == .status(0), "\(accepted.errors)")

        // A directory of authorities, as mosquitto reads it.
        let roots = ready.gateway.path("roots")
        mkdir(roots, 0o755)
        _ = try ChildProcess.run("cp", [ready.authority.authority.certificate, roots])
        _ = try ChildProcess.run("openssl", ["rehash", roots])
        try ready.set(["mqtt.external.ca_path": roots])
        #expect(try ready.gateway.tedge("refresh-bridges").status == 0)
        let identity = ["--cert", ready.client.certificate, "--key", ready.client.key]
        let known = try ChildProcess.run("mosquitto_pub", tls + message + identity)
        let unknown = try ChildProcess.run("mosquitto_pub", tls + message)
        // The handshake succeeds; mosquitto 2 wants a user name besides, as this file of 2.x has it.
        #expect(known.errors.contains("not authorised"))
        #expect(unknown.exit != .status(0) && !unknown.errors.contains("not authorised"))
    }

    @Test("listeners that cannot be are refused before anything is written")
    func refused() throws {
        let ready = try Ready()
        try ready.set(["mqtt.external.bind.port": String(ready.gateway.port)])
        let before = try ready.gateway.snapshot()
        #expect(try ready.gateway.tedge("connect", "c8y").errors.contains("are both \(ready.gateway.port)."))
        #expect(try ready.gateway.snapshot() == before)
        try ready.set(["mqtt.external.bind.port": "1", "mqtt.external.cert_file": "/nowhere/x.pem"])
        let half = try ready.gateway.tedge("connect", "c8y")
        #expect(half.status == 1 && half.errors.contains("must either all be configured, or all unset."))
        try ready.set(["mqtt.external.key_file": "/nowhere/x.key"])
        let missing = try ready.gateway.tedge("connect", "c8y")
        #expect(missing.status == 1 && missing.errors.contains("'mqtt.external.cert_file' names is not there."))
        #expect(ready.gateway.calls == ["available", "is-active mosquitto"])
    }

    @Test("a local broker that demands a client certificate is reached with the one of mqtt.client.auth")
    func clientCertificate() throws {
        let ready = try Ready()
        try own(
            """
            certfile \(ready.server.certificate)
            keyfile \(ready.server.key)
            cafile \(ready.authority.authority.certificate)
            require_certificate true
            allow_anonymous true

            """, ready)
        try ready.set([
            "mqtt.client.port": String(ready.gateway.port),
            "mqtt.client.auth.ca_file": ready.authority.authority.certificate,
            "mqtt.client.auth.cert_file": ready.client.certificate, "mqtt.client.auth.key_file": ready.client.key,
        ])
        #expect(try ready.gateway.tedge("connect", "c8y") == Outcome(status: 0, try page("connect")))
        #expect(try ready.gateway.tedge("connect", "c8y", "--test").status == 0)
        #expect(try ready.gateway.tedge("disconnect", "c8y").status == 0)
    }

    @Test("a local broker that demands a password is reached with that of mqtt.client.auth")
    func password() throws {
        let ready = try Ready()
        let (passwords, own) = (ready.gateway.path("passwords"), ready.gateway.path("client-password"))
        try write("me:local-secret\n", to: passwords)
        _ = try ChildProcess.run("mosquitto_passwd", ["-U", passwords])
        chmod(passwords, 0o644)
        try self.own("allow_anonymous false\npassword_file \(passwords)\n", ready)
        try ready.set([
            "mqtt.client.port": String(ready.gateway.port), "mqtt.client.auth.username": "me",
            "mqtt.client.auth.password_file": own,
        ])
        let before = try ready.gateway.snapshot()
        let missing = try ready.gateway.tedge("connect", "c8y")
        #expect(missing.status == 1 && missing.errors.contains("Cannot read \(own)"))
        #expect(try ready.gateway.snapshot() == before)
        try write("local-secret\n", to: own)
        chmod(own, 0o600)
        #expect(try ready.gateway.tedge("connect", "c8y") == Outcome(status: 0, try page("connect")))
        #expect(try ready.gateway.tedge("disconnect", "c8y").status == 0)
    }
}

import MQTT
import TLS
import TestSupport
import Testing

@Suite("Who may connect")
struct AccessTests {
    private func place(_ port: UInt16, host: String = "127.0.0.1") -> MQTTError.Endpoint {
        MQTTError.Endpoint(host: host, port: port)
    }

    private func brokerWithPassword() throws -> MosquittoBroker {
        let directory = try TemporaryDirectory()
        let file = try directory.write("", to: "passwords")
        let result = try ChildProcess.run("mosquitto_passwd", ["-b", file, "user", "sécret"])
        #expect(result.exit == .status(0), "\(result.errors)")
        return try MosquittoBroker(
            listener: ["allow_anonymous false", "password_file \(file)"], directory: directory)
    }

    @Test("the right password connects")
    func rightPassword() throws {
        let broker = try brokerWithPassword()
        var options = MQTTOptions.test(broker.port)
        options.username = "user"
        options.password = [UInt8]("sécret")
        let client = try MQTTClient(options)
        try client.connect(until: later)
        #expect(client.isConnected)
    }

    @Test("a wrong or a missing password is refused")
    func wrongPassword() throws {
        let broker = try brokerWithPassword()
        var options = MQTTOptions.test(broker.port)
        // mosquitto answers 5 to MQTT 3.1.1 clients in each case.
        let refused = MQTTError.refused(place(broker.port), .notAuthorised)
        #expect(throws: refused) { try MQTTClient(options).connect(until: later) }
        options.username = "user"
        options.password = [UInt8]("secret")
        #expect(throws: refused) { try MQTTClient(options).connect(until: later) }
    }

    @Test("a refused subscription is an error that names the filter")
    func refusedSubscription() throws {
        let directory = try TemporaryDirectory()
        let rules = try directory.write(
            """
            {"defaultACLAccess": {"publishClientSend": true, "publishClientReceive": true, "subscribe": false,
             "unsubscribe": true},
             "anonymousGroup": "all", "clients": [], "groups": [{"groupname": "all", "roles": [{"rolename": "r"}]}],
             "roles": [{"rolename": "r", "acls": [{"acltype": "subscribePattern", "topic": "open/#", "allow": true}]}]}
            """, to: "rules.json")
        let broker = try MosquittoBroker(
            general: ["plugin \(mosquittoPlugin)", "plugin_opt_config_file \(rules)"], directory: directory)
        let client = try MQTTClient.connected(broker.port)
        #expect(throws: MQTTError.subscriptionRefused(filter: "closed/+")) {
            try client.subscribe([("open/a", .atLeastOnce), ("closed/+", .atLeastOnce)], until: later)
        }
        // The connection and the other subscription stay.
        try client.publish(topic: "open/a", payload: [1])
        #expect(try client.nextMessage(until: later)?.topic == "open/a")
    }

    @Test("with TLS the client connects to a trusted broker, and messages come back", arguments: [true, false])
    func secure(asFile: Bool) throws {
        let authority = try TestAuthority()
        let broker = try secureBroker(authority)
        var tls = MQTTTLS()
        let directory = try TemporaryDirectory()
        if asFile {
            tls.caFile = authority.authority.certificate
        } else {
            try directory.write(contents(of: authority.authority.certificate), to: "ca.pem")
            let result = try ChildProcess.run("openssl", ["rehash", directory.path])
            #expect(result.exit == .status(0), "\(result.errors)")
            tls.caDirectory = directory.path
        }
        let client = try MQTTClient(.test(broker.port, host: "localhost", tls: tls))
        try client.connect(until: later)
        try client.subscribe([("a", .atLeastOnce)], until: later)
        let payload = [UInt8](repeating: 9, count: 1 << 20)
        try client.publish(topic: "a", payload: payload, qos: .atLeastOnce)
        #expect(try client.nextMessage(until: later)?.payload == payload)
        client.disconnect()
        #expect(eventually { broker.log.contains("disconnected.") })
    }

    @Test("an untrusted authority is an error with OpenSSL's reason")
    func unknownAuthority() throws {
        let broker = try secureBroker(TestAuthority())
        let other = try TestAuthority()
        let options = MQTTOptions.test(
            broker.port, host: "localhost", tls: MQTTTLS(caFile: other.authority.certificate))
        let error = MQTTError.tls(
            place(broker.port, host: "localhost"),
            .untrusted(code: 19, reason: "self-signed certificate in certificate chain"))
        #expect(throws: error) { try MQTTClient(options).connect(until: later) }
    }

    @Test("a certificate for another name is an error that says so")
    func wrongName() throws {
        let authority = try TestAuthority()
        let broker = try secureBroker(authority)
        let options = MQTTOptions.test(broker.port, tls: MQTTTLS(caFile: authority.authority.certificate))
        let reason = TLSError.wrongHost(host: "127.0.0.1", names: ["localhost"])
        #expect(throws: MQTTError.tls(place(broker.port), reason)) {
            try MQTTClient(options).connect(until: later)
        }
    }

    @Test("a client certificate is sent, and a missing one is an error")
    func clientCertificate() throws {
        let authority = try TestAuthority()
        let broker = try secureBroker(authority, ["require_certificate true", "use_identity_as_username true"])
        let identity = try authority.issue("device")
        var tls = MQTTTLS(caFile: authority.authority.certificate)
        let bare = MQTTOptions.test(broker.port, host: "localhost", tls: tls)
        let error = #expect(throws: MQTTError.self) { try MQTTClient(bare).connect(until: later) }
        guard case .tls(_, let reason)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        // The broker's reset may overtake the alert with the reason.
        #expect(reason == nil || reason == .alert(number: 116))
        tls.certificateFile = identity.certificate
        tls.keyFile = identity.key
        let client = try MQTTClient(.test(broker.port, host: "localhost", tls: tls))
        try client.connect(until: later)
        #expect(eventually { broker.log.contains("u'device'") })
    }

    @Test("a certificate and a key that do not match are an error")
    func mismatch() throws {
        let authority = try TestAuthority()
        let broker = try secureBroker(authority)
        let one = try authority.issue("one"), two = try authority.issue("two")
        let tls = MQTTTLS(
            caFile: authority.authority.certificate, certificateFile: one.certificate, keyFile: two.key)
        let error = #expect(throws: MQTTError.self) {
            try MQTTClient(.test(broker.port, host: "localhost", tls: tls)).connect(until: later)
        }
        #expect(error?.description.contains("key values mismatch") == true, "\(String(describing: error))")
    }

    @Test("a missing file is named")
    func missingFile() throws {
        let options = MQTTOptions.test(try freePort(), tls: MQTTTLS(caFile: "/nowhere/ca.pem"))
        let error = #expect(throws: MQTTError.unreadable(path: "/nowhere/ca.pem", errno: 2)) {
            try MQTTClient(options).connect(until: later)
        }
        #expect(error?.description == "Cannot read /nowhere/ca.pem: No such file or directory (os error 2)")
    }

    @Test("a connection without TLS to a TLS listener, and the reverse, is an error")
    func mixedUp() throws {
        let authority = try TestAuthority()
        let secure = try secureBroker(authority)
        #expect(throws: MQTTError.closedBeforeAnswer(place(secure.port))) {
            try MQTTClient(.test(secure.port)).connect(until: later)
        }
        let clear = try MosquittoBroker()
        let tls = MQTTTLS(caFile: authority.authority.certificate)
        #expect(throws: MQTTError.closedBeforeAnswer(place(clear.port))) {
            try MQTTClient(.test(clear.port, tls: tls)).connect(until: later)
        }
    }

    private func secureBroker(_ authority: TestAuthority, _ lines: [String] = []) throws -> MosquittoBroker {
        let server = try authority.issue("localhost", alternativeNames: "DNS:localhost")
        return try MosquittoBroker(
            listener: [
                "allow_anonymous true", "cafile \(authority.authority.certificate)",
                "certfile \(server.certificate)", "keyfile \(server.key)",
            ] + lines)
    }
}

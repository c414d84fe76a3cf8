import Glibc
import TestSupport
import Testing

@Suite("mqtt pub and sub on a broker that does not take everyone", .serialized) struct MessageAccessTests {
    /// A broker that wants a certificate of the authority, or a password, and settings that have it.
    private func secured(withCertificate: Bool = true, withPassword: Bool = false) throws -> Messenger {
        let authority = try TestAuthority()
        let server = try authority.issue("server", alternativeNames: "DNS:localhost")
        let device = try authority.issue("device")
        let directory = try TemporaryDirectory()
        var listener = [
            "cafile \(authority.authority.certificate)", "certfile \(server.certificate)", "keyfile \(server.key)",
            "require_certificate \(withCertificate)",
        ]
        var settings = "host = \"localhost\"\n[mqtt.client.auth]\nca_file = \"\(authority.authority.certificate)\"\n"
        if withCertificate {
            settings += "cert_file = \"\(device.certificate)\"\nkey_file = \"\(device.key)\"\n"
        }
        if withPassword {
            let file = try directory.write("", to: "passwords")
            let made = try ChildProcess.run("mosquitto_passwd", ["-b", file, "gateway", "s3cr et"])
            guard made.exit == .status(0) else { throw TestFailure(made.errors) }
            listener += ["allow_anonymous false", "password_file \(file)"]
            settings +=
                "username = \"gateway\"\npassword_file = \"\(try directory.write("s3cr et\n", to: "password"))\"\n"
        } else {
            listener.append("allow_anonymous true")
        }
        let messenger = try Messenger(listener: listener, directory: directory, settings: settings)
        kept.append(authority)
        return messenger
    }

    private let kept = Keeper()

    /// Holds what the files of a test belong to.
    private final class Keeper {
        private var things: [AnyObject] = []
        func append(_ thing: AnyObject) { things.append(thing) }
    }

    @Test("over TLS with a client certificate messages go there and back, many of them, too")
    func certificate() throws {
        let messenger = try secured()
        let listener = try messenger.listen("a", "-q", "1", "-C", "2000", "--no-topic")
        try messenger.publish("a", "x", "--repeat", "2000", "--sleep", "0s")
        #expect(try listener.outcome() == Outcome(status: 0, output: String(repeating: "x\n", count: 2000)))
    }

    @Test("over TLS, too, a subscriber outlives its broker's connection")
    func restart() throws {
        let messenger = try secured()
        let listener = try messenger.listen("a")
        messenger.broker.kill()
        try listener.wait("warned") { $0.errors.hasPrefix("Warning: The ") }
        listener.send(SIGINT)
        #expect(try listener.outcome().status == 0)
    }

    @Test("user and password file are used, and the password is said nowhere")
    func password() throws {
        let messenger = try secured(withCertificate: false, withPassword: true)
        let listener = try messenger.listen("a", "-C", "1", "--debug")
        try messenger.publish("a", "x")
        let outcome = try listener.outcome()
        #expect(outcome.status == 0 && outcome.output == "[a] x\n" && !outcome.errors.contains("s3cr"))
        #expect(messenger.broker.log.contains(", u'gateway')"))
    }

    @Test("a wrong password is refused, with what to set")
    func wrongPassword() throws {
        let messenger = try secured(withCertificate: false, withPassword: true)
        let file = try #require(messenger.gateway.text("tedge.toml")?.split(separator: "\"").dropLast().last)
        try write("another\n", to: String(file))
        let outcome = try messenger.gateway.tedge("mqtt", "pub", "a", "x", "--json")
        #expect(outcome.status == 1 && outcome.output.contains("\"reason\":\"broker-refuses\""))
        #expect(outcome.errors.contains("Hint: Set 'mqtt.client.auth.username' and 'mqtt.client.auth.password_file'"))
        #expect(!outcome.errors.contains("another"))
    }

    @Test("a broker of another authority is not trusted, and one with TLS is not spoken to in the clear")
    func untrusted() throws {
        let messenger = try secured(withCertificate: false)
        let foreign = try TestAuthority(name: "Foreign Authority")
        let port = messenger.broker.port
        let begin = "[mqtt.client]\nhost = \"localhost\"\nport = \(port)\n"
        try write(
            "\(begin)[mqtt.client.auth]\nca_file = \"\(foreign.authority.certificate)\"\n",
            to: messenger.gateway.path("tedge.toml"))
        let outcome = try messenger.gateway.tedge("mqtt", "sub", "a", "--json")
        #expect(outcome.status == 1 && outcome.output.contains("\"reason\":\"broker-tls-failed\""))
        try write(begin, to: messenger.gateway.path("tedge.toml"))
        let clear = try messenger.gateway.tedge("mqtt", "pub", "a", "x", "--json")
        #expect(clear.status == 1 && clear.output.contains("\"reason\":\"broker-unreachable\""))
        #expect(clear.errors.contains("whether that listener uses TLS"))
    }
}

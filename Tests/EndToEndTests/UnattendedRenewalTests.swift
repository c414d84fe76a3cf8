import Glibc
import TestSupport
import Testing

/// `cert renew` as the timer of the package runs it: over real TLS, with a real mosquitto, and without the mapper's proxy.
@Suite("unattended renewal", .serialized) struct UnattendedRenewalTests {
    private static let all = ["cert", "renew", "--if-due", "--reconnect", "--all"]

    /// A gateway that is connected with a certificate that has 20 days left.
    private struct Ready {
        let cloud: StandInCloud
        let gateway: Gateway
        let certificate: String
        let key: String

        init(isSelfSigned: Bool = false) throws {
            (cloud, gateway) = (try StandInCloud(), try Gateway())
            certificate = gateway.path("device-certs/tedge-certificate.pem")
            key = gateway.path("device-certs/tedge-private-key.pem")
            try gateway.configure(for: cloud)
            // The mapper of the tests offers no proxy.
            try gateway.tedge("config", "set", "c8y.proxy.client.port", "\(try freePort())").expectSuccess()
            try gateway.enrol(with: cloud)
            try gateway.age(
                signedBy: isSelfSigned ? nil : cloud.deviceAuthority, certificate: certificate, key: key,
                id: "gateway-1")
            if isSelfSigned { try cloud.command("trust", certificate) }
            try gateway.tedge("connect", "c8y").expectSuccess()
        }

        /// Makes a hook that writes down how it was called.
        func addHook(_ name: String, _ script: String) throws {
            let directory = gateway.path("renewal-hooks")
            mkdir(directory, 0o755)
            try write("#!/bin/sh\n\(script)\n", to: "\(directory)/\(name)", mode: 0o755)
        }

        /// The process of the local broker.
        var broker: String { contents(of: "\(gateway.directory)/services/mosquitto.pid") }

        func run(_ more: String...) throws -> Outcome { try gateway.run(more + all) }
    }

    @Test("a certificate that is due is renewed with a token of the bridge, taken into use, and told to the hooks")
    func renewed() throws {
        let ready = try Ready()
        let log = "\(ready.gateway.directory)/hook"
        try ready.addHook("10-log", "{ echo \"$@\"; env; } >\(log)")
        try ready.addHook("20-fails", "echo first; echo 'no such printer' >&2; exit 7")
        let (old, asked) = (contents(of: ready.certificate), try ready.cloud.show())
        #expect(try ready.gateway.tedge("cert", "needs-renewal", "c8y").status == 0)
        #expect(!asked.contains("simplereenroll"))
        let outcome = try ready.gateway.run(
            ["--debug"] + Self.all, environment: ["C8Y_PASSWORD": "hush-1", "MY_TOKEN": "hush-2"])
        #expect(outcome.status == 0, "\(outcome)")
        #expect(contents(of: ready.certificate) != old)
        #expect(access(ready.certificate + ".new", F_OK) != 0)
        #expect(try ready.gateway.tedge("cert", "needs-renewal").status == 1)
        #expect(try ready.gateway.tedge("connect", "c8y", "--test").status == 0)
        #expect(try ready.cloud.show().contains(#""path": "/.well-known/est/simplereenroll""#))
        // A token of this tenant begins like this.
        #expect(!(outcome.output + outcome.errors).contains("eyJhbGciOi"), "the token is a secret")
        #expect(outcome.errors.contains("from c8y/s/dat") && outcome.errors.contains("/.well-known/est/simplereenroll"))

        let told = contents(of: log)
        #expect(told.hasPrefix("\(ready.certificate) c8y\n"))
        for line in [
            "RENEWED_CERT_PATH=\(ready.certificate)", "RENEWED_KEY_PATH=\(ready.key)", "RENEWED_CLOUD=c8y",
            "RENEWED_PROFILE=", "RENEWED_DEVICE_ID=gateway-1", "TEDGE_CONFIG_DIR=\(ready.gateway.configuration)",
            "RENEWAL_HOOK=\(ready.gateway.path("renewal-hooks/10-log"))",
        ] {
            #expect(told.contains("\n\(line)\n"), "\(line) in \(told)")
        }
        #expect(!told.contains("hush") && !told.contains("eyJ"))
        #expect(outcome.errors.contains("Warning: The renewal hook 20-fails failed with status 7: no such printer\n"))

        let idle = try ready.run()
        #expect(idle == Outcome(status: 0, output: "No certificate is due for renewal.\n"))
        let json = try ready.run("--json")
        #expect(
            json.output.hasPrefix(
                #"{"command":"cert renew","cloud":null,"profile":null,"result":"ok","changed":false,"#))
        #expect(json.output.contains(#""certificates":[{"cloud":null,"profile":null,"path":"\#(ready.certificate)","#))
        #expect(json.output.filter { $0 == "\n" }.count == 1)
    }

    @Test("one cloud by name, with the mapper's proxy, which is used where it answers")
    func proxy() throws {
        let ready = try Ready()
        try ready.gateway.tedge("config", "set", "c8y.proxy.client.port", "\(ready.cloud.proxyPort)").expectSuccess()
        let outcome = try ready.gateway.tedge("cert", "renew", "c8y", "--if-due", "--reconnect", "--json")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(!outcome.errors.contains("The mapper's proxy does not answer"))
        #expect(outcome.output.contains(#""renewal":{"cloud":"c8y","profile":null,"path":"#))
        #expect(outcome.output.contains(#""result":"in-use","changed":true"#))
        let again = try ready.gateway.tedge("cert", "renew", "c8y", "--if-due", "--reconnect")
        #expect(again.status == 0 && again.output.contains(" is not due for renewal: it is valid until "))
    }

    @Test("where the device is not connected, the renewed certificate waits for the next connect")
    func waits() throws {
        let ready = try Ready()
        try ready.gateway.tedge("config", "set", "c8y.proxy.client.port", "\(ready.cloud.proxyPort)").expectSuccess()
        try ready.gateway.tedge("disconnect", "c8y").expectSuccess()
        let old = contents(of: ready.certificate)
        let outcome = try ready.run()
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.output.hasSuffix("\(ready.certificate).new. The next connect or reconnect uses it.\n"))
        #expect(contents(of: ready.certificate) == old && ready.gateway.running.isEmpty == false)
        let new = contents(of: ready.certificate + ".new")
        #expect(try ready.run().status == 0)
        #expect(contents(of: ready.certificate + ".new") == new, "nothing else is asked for")
        try ready.gateway.tedge("connect", "c8y").expectSuccess()
        #expect(contents(of: ready.certificate) == new)
    }

    @Test("a renewed certificate that the cloud does not trust ends with status 3, and the broker is not touched")
    func refused() throws {
        let ready = try Ready()
        let log = "\(ready.gateway.directory)/hook"
        try ready.addHook("10-log", "touch \(log)")
        let other = try TestAuthority(name: "Unknown Authority")
        let made = try ChildProcess.run(
            "openssl",
            [
                "req", "-x509", "-key", ready.key, "-days", "90", "-subj", "/CN=gateway-1/O=Thin Edge/OU=Device",
                "-out", "\(ready.certificate).new", "-CA", other.authority.certificate, "-CAkey", other.authority.key,
            ])
        #expect(made.exit == .status(0), "\(made.errors)")
        let (old, broker) = (contents(of: ready.certificate), ready.broker)
        let outcome = try ready.run()
        #expect(outcome.status == 3, "\(outcome)")
        #expect(outcome.errors.contains("The renewed certificate is not used, and the connection to Cumulocity stays"))
        #expect(contents(of: ready.certificate) == old && ready.broker == broker)
        #expect(access(log, F_OK) != 0)
        #expect(try ready.gateway.tedge("connect", "c8y", "--test").status == 0)
        let json = try ready.run("--json")
        #expect(json.status == 3 && json.output.contains(#""reason":"new-certificate-refused""#))
    }

    @Test("a self-signed certificate is left alone, until its successor is there and trusted")
    func selfSigned() throws {
        let ready = try Ready(isSelfSigned: true)
        let (old, broker) = (contents(of: ready.certificate), ready.broker)
        let outcome = try ready.run()
        #expect(outcome.status == 1, "\(outcome)")
        #expect(outcome.errors.contains("Run 'sudo tedge cert renew --ca self-signed', then 'tedge cert upload c8y "))
        #expect(contents(of: ready.certificate) == old && ready.broker == broker)
        #expect(access(ready.certificate + ".new", F_OK) != 0)
        // What the hint says, but for the reconnection: the timer does that.
        try ready.gateway.tedge("cert", "renew", "--ca", "self-signed").expectSuccess()
        try ready.gateway.tedge(
            "cert", "upload", "c8y", "--user", "alice", environment: ["C8Y_PASSWORD": "secret"]
        ).expectSuccess()
        let successor = contents(of: ready.certificate + ".new")
        let used = try ready.run()
        #expect(used.status == 0, "\(used)")
        #expect(contents(of: ready.certificate) == successor)
    }

    @Test("what stops the renewal is a failure with its reason, and the device stays connected")
    func failures() throws {
        let ready = try Ready()
        let old = contents(of: ready.certificate)
        for (way, words) in [
            ("unknown-authority:https", "c8y.root_cert_path"), ("forbid:https", "403"),
            ("not-found:https", "issues no"),
            ("not-json:https", "Fail to extract a certificate from the response"),
            ("other-tenant:mqtt", "other-tenant.cumulocity.com"), ("silent:mqtt", "sends no token over the bridge"),
        ] {
            try ready.cloud.misbehave(way)
            let outcome = try ready.run()
            #expect(outcome.status == 1, "\(way): \(outcome)")
            #expect(outcome.errors.contains(words), "\(way): \(outcome.errors)")
            #expect(outcome.errors.contains("Error: failed to renew the certificate \(ready.certificate)\n"))
        }
        try ready.cloud.misbehave("none")
        #expect(contents(of: ready.certificate) == old && access(ready.certificate + ".new", F_OK) != 0)
        #expect(eventually { (try? ready.gateway.tedge("connect", "c8y", "--test").status) == 0 })
    }

    @Test("a run that is killed while it reconnects is finished by the next one")
    func killed() throws {
        let ready = try Ready()
        let old = contents(of: ready.certificate)
        let asked = ready.gateway.calls.count
        try ready.gateway.hang("restart.mosquitto", isDeaf: true)
        let process = try ChildProcess(
            releaseExecutable, Self.all, environment: ready.gateway.environment,
            output: "/dev/null", errors: "/dev/null")
        #expect(eventually { ready.gateway.calls.dropFirst(asked).contains("restart mosquitto") })
        process.kill()
        #expect(ready.gateway.text("mosquitto-conf/c8y-bridge.conf") == nil, "the device would stay offline")
        let outcome = try ready.run()
        #expect(outcome.status == 0, "\(outcome)")
        #expect(contents(of: ready.certificate) != old)
        #expect(try ready.gateway.tedge("connect", "c8y", "--test").status == 0)
        #expect(try ready.run() == Outcome(status: 0, output: "No certificate is due for renewal.\n"))
    }

    /// The numbers of the user that mosquitto runs as, whom root trusts with certificates, but not with programs.
    private static let mosquitto = getpwnam("mosquitto").map { ($0.pointee.pw_uid, $0.pointee.pw_gid) }

    @Test(
        "in a directory that another user owns, root runs its own hooks and nobody else's",
        .enabled(if: geteuid() == 0 && mosquitto != nil))
    func foreignDirectory() throws {
        let ready = try Ready()
        let (user, group) = try #require(Self.mosquitto)
        let log = "\(ready.gateway.directory)/hook"
        try ready.addHook("10-own", "echo \"$RENEWAL_HOOK $0\" >\(log)")
        try ready.addHook("20-foreign", "touch \(log).foreign")
        for path in [ready.gateway.configuration, ready.gateway.path("renewal-hooks/20-foreign")] {
            #expect(chown(path, user, group) == 0)
        }
        let outcome = try ready.run()
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.errors.contains("The renewal hook 20-foreign was not run: it belongs to 'mosquitto'.\n"))
        // The name by which it runs cannot be made that of another file meanwhile.
        let words = contents(of: log).split(separator: " ")
        #expect(words.first.map(String.init) == ready.gateway.path("renewal-hooks/10-own"))
        #expect(words.last?.hasPrefix("/proc/") == true && words.last?.hasSuffix("/10-own\n") == true)
        #expect(access("\(log).foreign", F_OK) != 0)
    }

    @Test("a certificate of a profile is named in one word")
    func profile() throws {
        let gateway = try Gateway()
        for (key, name) in [("cert_path", "edge.pem"), ("key_path", "edge.key")] {
            let path = gateway.path("device-certs/\(name)")
            try gateway.tedge("config", "set", "c8y.profiles.edge.device.\(key)", path).expectSuccess()
        }
        try gateway.tedge("cert", "create", "c8y.edge", "--device-id", "edge-1").expectSuccess()
        let shown = try gateway.tedge("cert", "show", "c8y.edge")
        #expect(shown.output.hasPrefix("Certificate:   \(gateway.path("device-certs/edge.pem"))\n"))
        #expect(try gateway.tedge("cert", "show", "c8y", "--profile", "edge") == shown)
        #expect(try gateway.tedge("cert", "needs-renewal", "c8y.edge").status == 1)
        try gateway.tedge("cert", "renew", "c8y.edge", "--ca", "self-signed").expectSuccess()
        #expect(gateway.text("device-certs/edge.pem.new") != nil)
        let upload = try gateway.tedge("cert", "upload", "c8y.edge", "--user", "a", environment: ["C8Y_PASSWORD": "b"])
        #expect(upload.errors.contains("'c8y.profiles.edge.url'"), "\(upload)")
        try gateway.tedge("cert", "remove", "c8y.edge").expectSuccess()
        #expect(gateway.text("device-certs/edge.key") == nil)
        let clash = try gateway.tedge("cert", "show", "c8y.edge", "--profile", "other")
        #expect(clash.status == 2 && clash.errors.contains("c8y.edge"))
    }
}

import Glibc
import Testing
import TestSupport

/// What keeps a device from its cloud is found as strictly as mosquitto looks at it.
@Suite("causes that are easily laid on the wrong one", .serialized) struct StrictProbeTests {
    private struct Ready {
        let cloud: StandInCloud
        let gateway: Gateway

        init() throws {
            (cloud, gateway) = (try StandInCloud(), try Gateway())
            try gateway.configure(for: cloud)
            try gateway.certify(for: cloud)
        }

        func set(_ key: String, _ value: String) throws {
            try gateway.tedge("config", "set", key, value).expectSuccess()
        }
    }

    @Test(
        "a bridge to an address that the settings no longer name is mended by reconnect, and nothing is to be removed")
    func changedAddress() throws {
        let ready = try Ready()
        try ready.gateway.tedge("connect", "c8y").expectSuccess()
        try ready.cloud.misbehave("other-tenant")
        try ready.set("c8y.mqtt", "localhost:\(try freePort())")
        let outcome = try ready.gateway.tedge("connect", "c8y", "--test", "--timeout", "2")
        #expect(outcome.status == 1)
        #expect(
            outcome.errors.contains(
                "\nCause: The bridge leads to localhost:\(ready.cloud.mqttPort), and the settings name "))
        #expect(outcome.errors.contains("\nHint: Run 'sudo tedge reconnect c8y'.\n"))
        #expect(!outcome.errors.lowercased().contains("remove"))
    }

    @Test("a directory of certificates without links by hash is named, with what makes the links")
    func unlinked() throws {
        let ready = try Ready()
        let directory = ready.gateway.path("roots")
        mkdir(directory, 0o755)
        try write(contents(of: ready.cloud.rootCertificate), to: "\(directory)/ca.pem")
        try ready.set("c8y.root_cert_path", directory)
        let outcome = try ready.gateway.tedge("connect", "c8y", "--timeout", "2")
        #expect(outcome.status != 0)
        #expect(outcome.errors.contains("'sudo openssl rehash \(directory)'"))
        let linked = try ChildProcess.run("openssl", ["rehash", directory])
        #expect(linked.exit == .status(0))
        try ready.gateway.tedge("disconnect", "c8y").expectSuccess()
        try ready.gateway.tedge("connect", "c8y").expectSuccess()
    }

    @Test("a server that asks for no certificate has not accepted one")
    func notAsked() throws {
        let ready = try Ready()
        let authority = try TestAuthority()
        let server = try authority.issue("server", alternativeNames: "DNS:localhost")
        let broker = try MosquittoBroker(
            listener: ["allow_anonymous true", "certfile \(server.certificate)", "keyfile \(server.key)"])
        try ready.set("c8y.root_cert_path", authority.authority.certificate)
        try ready.set("c8y.mqtt", "localhost:\(broker.port)")
        let outcome = try ready.gateway.tedge("doctor", "c8y", "--only", "client-certificate")
        #expect(
            outcome.output.contains(
                "warning  client-certificate: What answers at localhost:\(broker.port) does not ask for"))
        #expect(!outcome.output.contains("accepted"))
    }

    @Test("a refused renewed certificate has the same words each time")
    func sameWords() throws {
        let ready = try Ready()
        let certificate = ready.gateway.path("device-certs/tedge-certificate.pem")
        let stranger = try TestAuthority(name: "Unknown Authority")
        let made = try ChildProcess.run(
            "openssl",
            [
                "req", "-x509", "-key", ready.gateway.path("device-certs/tedge-private-key.pem"), "-days", "90",
                "-subj",
                "/CN=gateway-1/O=Thin Edge/OU=Device", "-out", "\(certificate).new", "-CA",
                stranger.authority.certificate,
                "-CAkey", stranger.authority.key,
            ])
        #expect(made.exit == .status(0))
        for command in ["connect"] + Array(repeating: "reconnect", count: 9) {
            let outcome = try ready.gateway.tedge(command, "c8y")
            #expect(outcome.status == 3)
            #expect(
                outcome.errors.hasPrefix(
                    "Error validating the new certificate: Cumulocity does not trust the device certificate. (TLS alert "
                        + "'unknown ca')\n"), "\(outcome.errors)")
        }
    }

    @Test(
        "an interrupted check is not a failed one: the state of the device and the way on are told",
        arguments: [SIGINT, SIGTERM])
    func interrupted(signal: Int32) throws {
        let ready = try Ready()
        try ready.cloud.misbehave("silent")
        let output = "\(ready.gateway.directory)/output", errors = "\(ready.gateway.directory)/errors"
        let process = try ChildProcess(
            releaseExecutable, ["connect", "c8y", "--timeout", "60"], environment: ready.gateway.environment,
            output: output,
            errors: errors)
        #expect(eventually { contents(of: output).contains("Try 1 / 2") })
        process.send(signal)
        #expect(try process.waitForExit() == .status(4))
        #expect(
            contents(of: output).hasSuffix(
                "Warning: Bridge has been configured, but Cumulocity connection check was interrupted.\n"))
        #expect(contents(of: errors).contains(": the bridge is configured, and whether it works is not known.\n"))
        #expect(contents(of: errors).contains("\nHint: Run 'tedge connect c8y --test' to check the connection.\n"))
        #expect(ready.gateway.text("mosquitto-conf/c8y-bridge.conf") != nil)
    }

    @Test(
        "a library that cannot be opened is found before anything is touched, with its package",
        arguments: [("libmosquitto.so.1", "libmosquitto1"), ("libcrypto.so.3", "libssl3")])
    func library(file: String, package: String) throws {
        let ready = try Ready()
        let broken = "\(ready.gateway.directory)/broken"
        mkdir(broken, 0o755)
        try write("", to: "\(broken)/\(file)")
        let before = try ready.gateway.snapshot()
        let calls = ready.gateway.calls
        let expectRefusal = { (words: [String]) in
            let outcome = try ready.gateway.run(words, environment: ["LD_LIBRARY_PATH": broken])
            let all = outcome.output + outcome.errors
            #expect(outcome.status == 1, "\(words)")
            #expect(all.contains("Run 'sudo apt install \(package)'"), "\(words) \(all)")
            #expect(!all.contains("cert remove"), "\(words)")
        }
        for command in ["connect", "reconnect", "disconnect"] { try expectRefusal([command, "c8y"]) }
        try expectRefusal(["mqtt", "pub", "a", "b"])
        #expect(try ready.gateway.snapshot() == before && ready.gateway.calls == calls)
        try expectRefusal(["doctor", "c8y"])
    }

    @Test("a proxy that cannot be reached is named, and not the cloud")
    func proxy() throws {
        let ready = try Ready()
        let port = try freePort()
        try ready.set("c8y.http", "192.0.2.1")
        try ready.set("proxy.address", "http://127.0.0.1:\(port)")
        let upload = {
            try ready.gateway.tedge("cert", "upload", "c8y", "--user", "u", environment: ["C8Y_PASSWORD": "p"])
        }
        let refused = try upload()
        #expect(refused.errors.contains("127.0.0.1 cannot be reached on port \(port)."))
        #expect(refused.errors.contains("between this device and the proxy 127.0.0.1:\(port)"))
        // An address range is for hosts that are named by their address.
        try ready.set("c8y.http", "localhost:\(ready.cloud.httpsPort)")
        try ready.set("proxy.no_proxy", "127.0.0.0/8")
        #expect(try upload().errors.contains("the proxy 127.0.0.1:\(port)"))
        try ready.set("c8y.http", "127.0.0.1:\(ready.cloud.httpsPort)")
        #expect(try !upload().errors.contains("proxy 127.0.0.1"))
    }
}

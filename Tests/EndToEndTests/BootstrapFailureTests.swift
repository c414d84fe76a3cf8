import Glibc
import TestSupport
import Testing

/// What a bootstrap leaves when something is wrong, and how the next run goes on.
@Suite("bootstrap goes wrong", .serialized) struct BootstrapFailureTests {
    typealias Ready = BootstrapTests.Ready

    // MARK: Before anything is written

    @Test("a name that does not resolve is found before anything is written, also before a directory is made")
    func nameNotResolved() throws {
        let gateway = try Gateway()
        let directory = "\(gateway.directory)/new/tedge"
        let words = [
            "--config-dir", directory, "bootstrap", "c8y", "--url", "tenant.example.invalid", "--device-id", "a",
        ]
        let outcome = try gateway.run(["--json"] + words)
        #expect(outcome.status == 1)
        #expect(outcome.output.contains(#""changed":false,"reason":"name-not-resolved""#))
        #expect(outcome.output.contains(#""retry":true"#))
        #expect(outcome.errors.contains("Hint: Check the host and port of --url"))
        #expect(access("\(gateway.directory)/new", F_OK) != 0)
        let waited = try gateway.run(words + ["--timeout", "3s"])
        #expect(waited.status == 1)
        #expect(
            waited.output.contains("prepare:   waiting, 3 s left: The name tenant.example.invalid cannot be resolved."))
        #expect(access("\(gateway.directory)/new", F_OK) != 0)
    }

    @Test("a port on which nothing answers is found before anything is written", arguments: ["url", "mqtt"])
    func closedPort(which: String) throws {
        let ready = try Ready()
        let before = try ready.gateway.fileStates()
        var words = ready.words()
        let closed = "localhost:\(try freePort())"
        if which == "url" { words[3] = closed } else { words[5] = "c8y.mqtt=\(closed)" }
        let outcome = try ready.gateway.run(["--json"] + words)
        #expect(outcome.status == 1 && outcome.output.contains(#""reason":"port-closed""#), "\(outcome)")
        #expect(try ready.gateway.fileStates() == before)
        #expect(ready.changes == [])
    }

    @Test("a tenant that is silent is found before anything is written")
    func silentTenant() throws {
        let ready = try Ready()
        try ready.cloud.misbehave("slow:https")
        let before = try ready.gateway.fileStates()
        let outcome = try ready.bootstrap("--no-wait", isJSON: true)
        #expect(outcome.status == 1)
        #expect(outcome.output.contains(#""reason":"endpoint-silent""#), "\(outcome)")
        #expect(outcome.output.contains(#""retry":true"#))
        #expect(try ready.gateway.fileStates() == before)
    }

    @Test("a server that this device does not trust is not written into the settings")
    func untrustedServer() throws {
        let ready = try Ready()
        try ready.cloud.misbehave("unknown-authority")
        let before = try ready.gateway.fileStates()
        let outcome = try ready.bootstrap("--timeout", "1m", isJSON: true)
        #expect(outcome.status == 1)
        #expect(outcome.output.contains(#""reason":"server-certificate-untrusted""#), "\(outcome)")
        #expect(outcome.output.contains(#""retry":false"#))
        #expect(try ready.gateway.fileStates() == before)
    }

    @Test("what is missing is named with the option that gives it")
    func missing() throws {
        let ready = try Ready()
        let before = try ready.gateway.fileStates()
        let noURL = try ready.gateway.tedge("bootstrap", "c8y")
        #expect(noURL.status == 1 && noURL.errors.contains("Hint: Give --url HOST, or"))
        let noID = try ready.gateway.tedge("--json", "bootstrap", "c8y", "--url", "localhost")
        #expect(noID.output.contains(#""reason":"device-id-missing""#) && noID.errors.contains("Give --device-id ID,"))
        try write(#"[{"cloud": "c8y", "url": "localhost", "env": ["NOT_SET"]}]"#, to: "\(ready.gateway.directory)/runs")
        let noVariable = try ready.gateway.tedge("--json", "bootstrap", "--from", "\(ready.gateway.directory)/runs")
        #expect(noVariable.status == 1 && noVariable.output.contains(#""reason":"variable-missing""#))
        #expect(try ready.gateway.fileStates() == before)
    }

    @Test("a wrong document changes nothing")
    func wrongDocument() throws {
        let gateway = try Gateway()
        let before = try gateway.fileStates()
        let places = [
            "{}": "", "[]": "", "": "", "[{]": ", line 1, column 3",
            "[{\"cloud\": \"c8y\", \"uri\": 1}]": ", run 1, 'uri'",
        ]
        for (text, place) in places {
            let outcome = try gateway.run(["--json", "bootstrap", "--from", "-"], input: text)
            #expect(outcome.status == 1)
            #expect(outcome.output.contains(#""reason":"bootstrap-document-invalid""#))
            #expect(outcome.errors.contains("the standard input\(place): "))
        }
        let absent = try gateway.tedge("bootstrap", "--from", "/nonexistent")
        #expect(absent.status == 1 && absent.errors.contains("/nonexistent"))
        #expect(try gateway.fileStates() == before)
    }

    @Test("wrong words are wrong usage, and without a terminal so are none")
    func usage() throws {
        let gateway = try Gateway()
        let wrong = [
            ["bootstrap"], ["bootstrap", "az", "--register", "basic"], ["bootstrap", "c8y", "--set", "x"],
            ["bootstrap", "c8y", "--set", "no.such.key=1"], ["bootstrap", "c8y", "--set", "device.key_pin=13579"],
            ["bootstrap", "c8y", "--url", "a b"], ["bootstrap", "c8y", "--device-id", "a/b"],
            ["bootstrap", "c8y", "--from", "-"], ["bootstrap", "--from", "-", "--password-file", "-"],
            ["bootstrap", "c8y.a", "--profile", "b"], ["bootstrap", "c8y", "--no-wait", "--timeout", "1m"],
        ]
        for words in wrong {
            let outcome = try gateway.run(words)
            #expect(outcome.status == 2, "\(words) \(outcome)")
            #expect(!outcome.errors.contains("13579"))
        }
        #expect(try gateway.fileStates().keys.sorted() == ["mosquitto-conf", "system.toml", "tedge.toml"])
    }

    // MARK: In the middle

    @Test("a wrong password ends the run at once, and the next one with the right password goes on")
    func wrongPassword() throws {
        let ready = try Ready()
        let wrong = ["C8Y_USER": "alice", "C8Y_PASSWORD": "wr0ng-passw0rd"]
        let outcome = try ready.gateway.run(
            ["--json"] + ready.words() + ["--register", "self-signed", "--timeout", "5m"], environment: wrong)
        #expect(outcome.status == 1)
        #expect(
            outcome.output.contains(#""reason":"upload-unauthorized""#) && outcome.output.contains(#""retry":false"#))
        #expect(outcome.errors.contains("failed to bootstrap c8y: the step 'register' failed."))
        #expect(!(outcome.output + outcome.errors).contains("wr0ng"))
        let none = try ready.bootstrap("--register", "self-signed", environment: [:], isJSON: true)
        #expect(none.status == 1 && none.output.contains(#""reason":"user-missing""#))
        let again = try ready.bootstrap("--register", "self-signed")
        #expect(again.status == 0)
        #expect(again.output.contains("configure: keeps the settings"))
        #expect(again.output.contains("register:  keeps the certificate of 'gateway-1'"))
    }

    @Test("a cloud that does not let the device in is status 4, with the reason")
    func untrustedDevice() throws {
        let ready = try Ready()
        try ready.gateway.tedge("cert", "create", "--device-id", "gateway-1").expectSuccess()
        let outcome = try ready.bootstrap("--register", "present", isJSON: true)
        #expect(outcome.status == 4)
        #expect(
            outcome.output.contains(#""result":"unproven","changed":true,"reason":"device-certificate-not-trusted""#))
        let again = try ready.bootstrap("--register", "present", isJSON: true)
        #expect(
            again.status == 4 && again.output.contains(#""changed":false,"reason":"device-certificate-not-trusted""#))
        try ready.bootstrap("--register", "self-signed").expectSuccess()
    }

    @Test("a certificate of another device is neither used nor replaced without --re-register")
    func otherIdentity() throws {
        let ready = try Ready()
        try ready.bootstrap("--register", "self-signed").expectSuccess()
        let before = try ready.gateway.fileStates()
        let refused = try ready.bootstrap("--register", "self-signed", id: "gateway-2", isJSON: true)
        #expect(refused.status == 1 && refused.output.contains(#""reason":"certificate-of-another-id""#))
        #expect(refused.errors.contains("Give --device-id gateway-1 to keep it, or --re-register to replace it."))
        #expect(try ready.gateway.fileStates() == before)
        let replaced = try ready.bootstrap("--register", "self-signed", "--re-register", id: "gateway-2")
        #expect(replaced.status == 0, "\(replaced)")
        #expect(try ready.gateway.tedge("cert", "show").output.contains("CN=gateway-2"))
        #expect(try ready.pairFiles() == ["tedge-certificate.pem", "tedge-private-key.pem"])
    }

    @Test("a certificate that another connection uses is not replaced by one of another device")
    func sharedIdentity() throws {
        let ready = try Ready()
        try ready.bootstrap("--register", "self-signed").expectSuccess()
        let before = try ready.gateway.fileStates()
        var words = ready.words(id: "gateway-2") + ["--register", "self-signed"]
        words[1] = "c8y.second"
        for more in [[], ["--re-register"]] {
            let refused = try ready.gateway.run(words + more, environment: Ready.credentials)
            #expect(refused.status == 1, "\(refused)")
            #expect(refused.errors.contains("It is also the certificate of c8y.\n"), "\(refused)")
            #expect(
                refused.errors.hasSuffix(
                    "Hint: Set c8y.device.cert_path and c8y.device.key_path to files that only this connection uses.\n")
            )
            #expect(try ready.gateway.fileStates() == before)
        }
        words += ["--set", "c8y.device.cert_path=\(ready.gateway.path("device-certs/second.pem"))"]
        words += ["--set", "c8y.device.key_path=\(ready.gateway.path("device-certs/second.key"))"]
        words += ["--set", "c8y.proxy.bind.port=8002", "--set", "c8y.bridge.topic_prefix=c8y-second"]
        let outcome = try ready.gateway.run(words, environment: Ready.credentials)
        #expect(outcome.status == 0, "\(outcome)")
        #expect(try ready.gateway.tedge("cert", "show").output.contains("CN=gateway-1"))
        #expect(try ready.gateway.tedge("cert", "show", "c8y.second").output.contains("CN=gateway-2"))
    }

    @Test("a registration again that fails leaves the old one at work", arguments: ["self-signed", "c8y-ca", "clean"])
    func failedAgain(what: String) throws {
        let ready = try Ready()
        try ready.bootstrap("--register", "self-signed", "--set", "c8y.availability.interval=5m").expectSuccess()
        let (settings, pair) = (
            ready.gateway.text("tedge.toml"), try ready.gateway.fileStates()["device-certs/tedge-certificate.pem"]
        )
        let changes = ready.changes
        let method = what == "clean" ? "self-signed" : what
        let outcome = try ready.gateway.run(
            ready.words() + ["--re-register", "--no-wait", "--register", method] + (what == "clean" ? ["--clean"] : []),
            environment: ["C8Y_USER": "alice", "C8Y_PASSWORD": "wrong"])
        #expect(outcome.status == 1, "\(outcome)")
        #expect(ready.gateway.text("tedge.toml") == settings)
        #expect(try ready.gateway.fileStates()["device-certs/tedge-certificate.pem"] == pair)
        #expect(ready.changes == changes)
        try ready.gateway.tedge("connect", "c8y", "--test").expectSuccess()
        // A run that does not register again takes what is left away.
        try ready.bootstrap("--set", "c8y.availability.interval=5m").expectSuccess()
        #expect(try ready.pairFiles() == ["tedge-certificate.pem", "tedge-private-key.pem"])
    }

    @Test("--clean removes the settings of the connection that the run does not name, and keeps the others")
    func clean() throws {
        let ready = try Ready()
        try ready.bootstrap(
            "--register", "self-signed", "--set", "c8y.availability.interval=5m", "--set", "device.type=box"
        ).expectSuccess()
        try ready.bootstrap("--clean").expectSuccess()
        #expect(try ready.gateway.tedge("config", "get", "c8y.availability.interval").output == "60m\n")
        #expect(try ready.gateway.tedge("config", "get", "device.type").output == "box\n")
    }

    @Test("--offline does what needs no cloud, and a run without it the rest")
    func offline() throws {
        let ready = try Ready()
        try ready.cloud.misbehave("cut")
        let later = try ready.bootstrap("--offline", isJSON: true)
        #expect(later.status == 4 && later.output.contains(#""reason":"bootstrap-needs-cloud""#))
        #expect(later.output.contains(#"{"id":"register","outcome":"skipped""#))
        let staged = try ready.bootstrap("--offline", "--register", "self-signed", environment: [:])
        #expect(staged.status == 0, "\(staged)")
        #expect(staged.output.hasSuffix("verify:    is left for a run without --offline.\n"))
        #expect(ready.gateway.text("mosquitto-conf/c8y-bridge.conf") != nil && ready.gateway.isListening)
        try ready.cloud.misbehave("none")
        // The cloud has refused the bridge until the upload, so the bridge is made again; a third run has nothing to do.
        let staging = ready.changes
        try ready.bootstrap("--register", "self-signed").expectSuccess()
        #expect(ready.changes.dropFirst(staging.count).last == "enable tedge-mapper-c8y")
        let registration = ready.changes
        try ready.bootstrap("--register", "self-signed").expectSuccess()
        #expect(ready.changes == registration)
    }

    // MARK: Several runs

    @Test("of two runs in a document one fails, and the other is done")
    func severalRuns() throws {
        let ready = try Ready()
        let text = """
            [{"cloud": "c8y", "profile": "broken", "url": "tenant.example.invalid", "device_id": "gateway-1"},
             {"cloud": "c8y", "url": "localhost:\(ready.cloud.httpsPort)", "register": "self-signed",
              "device_id": "gateway-1", "env": {"C8Y_USER": "MY_USER", "C8Y_PASSWORD": "MY_PASSWORD"},
              "set": {"c8y.mqtt": "localhost:\(ready.cloud.mqttPort)", "c8y.root_cert_path": "\(ready.cloud.rootCertificate)"}}]
            """
        let variables = ["MY_USER": "alice", "MY_PASSWORD": "secret"]
        let outcome = try ready.gateway.run(
            ["--json", "bootstrap", "--from", "-"], environment: variables, input: text)
        #expect(outcome.status == 1)
        #expect(outcome.output.hasPrefix(#"{"command":"bootstrap","cloud":"c8y","#))
        #expect(outcome.output.contains(#""result":"failed","changed":true,"reason":"name-not-resolved""#))
        #expect(outcome.output.contains(#"{"cloud":"c8y","profile":"broken","device_id":"gateway-1","#))
        #expect(outcome.output.contains(#"{"cloud":"c8y","profile":null,"device_id":"gateway-1","#))
        #expect(outcome.errors.contains("c8y verify:    Cumulocity answers.\n"))
        try ready.gateway.tedge("connect", "c8y", "--test").expectSuccess()
        #expect(ready.gateway.text("tedge.toml")?.contains("broken") == false)
    }

    @Test("what was typed is saved without secrets, and does the same when it is read")
    func saved() throws {
        let ready = try Ready()
        let file = "\(ready.gateway.directory)/saved.json"
        let outcome = try ready.bootstrap("--register", "self-signed", "--save", file)
        #expect(outcome.status == 0, "\(outcome)")
        let text = contents(of: file)
        #expect(text.contains(#""register": "self-signed","#) && !text.contains("secret") && !text.contains("alice"))
        let again = try ready.gateway.tedge("--json", "bootstrap", "--from", file)
        #expect(again.status == 0 && again.output.contains(#""result":"ok","changed":false"#), "\(again)")
    }

    @Test("a profile of its own is connected beside the first connection")
    func profiles() throws {
        let ready = try Ready()
        let other = try StandInCloud()
        try ready.bootstrap("--register", "self-signed").expectSuccess()
        let words = [
            "bootstrap", "c8y.second", "--url", "localhost:\(other.httpsPort)", "--register", "self-signed", "--set",
            "c8y.mqtt=localhost:\(other.mqttPort)", "--set", "c8y.root_cert_path=\(other.rootCertificate)", "--set",
            "c8y.proxy.bind.port=8002", "--set", "c8y.bridge.topic_prefix=c8y-second",
        ]
        let outcome = try ready.gateway.run(words, environment: Ready.credentials)
        #expect(outcome.status == 0, "\(outcome)")
        for profile in [[], ["--profile", "second"]] {
            #expect(try ready.gateway.run(["connect", "c8y", "--test"] + profile).status == 0)
        }
        // The variable names a profile for the command line, and none for a document.
        let again = try ready.gateway.run(
            ["--json", "bootstrap", "c8y"], environment: ["TEDGE_CLOUD_PROFILE": "second"])
        #expect(again.status == 0 && again.output.contains(#""profile":"second""#))
    }

    // MARK: Killed

    @Test(
        "a run that is killed at any moment is finished by the next one", arguments: [20, 60, 120, 200, 300, 450, 700])
    func killed(milliseconds: Int) throws {
        let ready = try Ready()
        let process = try ready.start(["--register", "self-signed"])
        usleep(UInt32(milliseconds) * 1000)
        process.kill()
        _ = try process.waitForExit()
        let again = try ready.bootstrap("--register", "self-signed")
        #expect(again.status == 0, "\(again)")
        try ready.gateway.tedge("connect", "c8y", "--test").expectSuccess()
        #expect(try ready.pairFiles() == ["tedge-certificate.pem", "tedge-private-key.pem"])
        let third = try ready.bootstrap("--register", "self-signed", isJSON: true)
        #expect(third.output.contains(#""result":"ok","changed":false"#))
    }

    @Test("the words of a running bootstrap show no secret")
    func words() throws {
        let ready = try Ready()
        let process = try ready.start([], environment: ["DEVICE_ONE_TIME_PASSWORD": "s3cret-otp"])
        #expect(eventually { ready.output.contains("register:  waiting, ") })
        #expect(!contents(of: "/proc/\(process.pid)/cmdline").contains("s3cret"))
        process.send(SIGINT)
        #expect(try process.waitForExit() == .status(1))
        #expect(!(ready.output + ready.errors).contains("s3cret"))
    }

    @Test("on a terminal the registration is a picture as well, and the wait one line")
    func terminal() throws {
        let ready = try Ready()
        let session = try TerminalSession(
            [releaseExecutable] + ready.words(),
            environment: ready.gateway.environment.merging(["TERM": "xterm", "LANG": "C.UTF-8", "COLUMNS": "120"]) {
                $1
            })
        try session.wait(for: "waiting, ")
        #expect(session.text.contains("▄") || session.text.contains("▀"))
        try ready.cloud.command("register", "gateway-1", try ready.printedPassword(session.text))
        #expect(try session.status() == 0)
        #expect(session.text.hasSuffix("verify:    Cumulocity answers.\n"))
    }
}

import Glibc
import Testing
import TestSupport

/// Failures before the check: each says why, and files, services and local MQTT are as before.
@Suite("connect that fails", .serialized) struct ConnectFailureTests {
    /// A gateway that only has to be connected, with a local broker that runs.
    private struct Ready {
        let cloud: StandInCloud
        let gateway: Gateway

        init(mapper: Bool = true) throws {
            (cloud, gateway) = (try StandInCloud(), try Gateway(mapper: mapper))
            try gateway.configure(for: cloud)
            try gateway.certify(for: cloud)
            try gateway.startLocalBroker()
        }
    }

    /// Expects the error of a connect that changes nothing.
    private func expectFailure(
        _ ready: Ready, saying causes: String..., output: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let before = try ready.gateway.snapshot()
        let outcome = try ready.gateway.tedge("connect", "c8y")
        let frame = "Error: failed to create bridge to connect Cumulocity cloud.\n\nCaused by:\n"
        #expect(outcome.errors.contains(frame), sourceLocation: sourceLocation)
        for cause in causes {
            #expect(ready.gateway.neutral(outcome.errors).contains(cause), sourceLocation: sourceLocation)
        }
        if let output { #expect(outcome.output.hasSuffix(output), sourceLocation: sourceLocation) }
        #expect(outcome.status == 1, sourceLocation: sourceLocation)
        #expect(try ready.gateway.snapshot() == before, sourceLocation: sourceLocation)
        #expect(eventually { ready.gateway.isListening }, sourceLocation: sourceLocation)
        #expect(ready.gateway.text("mosquitto-conf/c8y-bridge.conf") == nil, sourceLocation: sourceLocation)
    }

    /// Runs openssl in the directory of the device's certificate.
    private func openssl(_ gateway: Gateway, _ words: String) throws {
        let certificates = gateway.path("device-certs")
        let done = try ChildProcess.run("sh", ["-ec", "cd \"$0\"; chmod u+w *; \(words)", certificates])
        guard done.exit == .status(0) else { throw TestFailure(done.errors) }
    }

    @Test("without a certificate the command that makes one is named")
    func noCertificate() throws {
        let ready = try Ready()
        unlink(ready.gateway.path("device-certs/tedge-certificate.pem"))
        let outcome = try ready.gateway.tedge("connect", "c8y")
        #expect(outcome.errors.contains("'device.id'") && outcome.errors.contains("tedge cert create --device-id"))
        #expect(outcome.status == 1)
        #expect(outcome.output == "")
    }

    @Test("a key that is missing is named")
    func noKey() throws {
        let ready = try Ready()
        unlink(ready.gateway.path("device-certs/tedge-private-key.pem"))
        try expectFailure(ready, saying: "No private key", "GATEWAY/tedge/device-certs/tedge-private-key.pem")
    }

    @Test("a key of another certificate is said so")
    func otherKey() throws {
        let ready = try Ready()
        try openssl(
            ready.gateway, "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out tedge-private-key.pem")
        try expectFailure(ready, saying: "tedge-private-key.pem", "does not belong to")
    }

    @Test("a certificate that has expired, or is not valid yet, is said so with its date", arguments: [-10, 10])
    func dates(days: Int) throws {
        let ready = try Ready()
        try openssl(
            ready.gateway,
            """
            printf '[ca]\\ndefault_ca=a\\n[a]\\nnew_certs_dir=.\\ndatabase=db\\nserial=serial\\ndefault_md=sha256\\npolicy=p\\n' >ca
            printf '[p]\\ncommonName=supplied\\n' >>ca; : >db; echo 01 >serial
            openssl req -new -key tedge-private-key.pem -subj /CN=gateway-1 -out csr
            openssl ca -batch -config ca -selfsign -keyfile tedge-private-key.pem -in csr -out tedge-certificate.pem -notext \
              -startdate "$(date -u -d '\(days - 5) days' +%Y%m%d000000Z)" \
              -enddate "$(date -u -d '\(days + 5) days' +%Y%m%d000000Z)"
            """)
        try expectFailure(ready, saying: "tedge-certificate.pem", days < 0 ? "expired" : "is not valid yet")
    }

    @Test("trust roots that are not there, or no certificates, are said so")
    func roots() throws {
        let ready = try Ready()
        let roots = "\(ready.gateway.directory)/roots.pem"
        try write("", to: roots)
        try ready.gateway.tedge("config", "set", "c8y.root_cert_path", roots).expectSuccess()
        try expectFailure(ready, saying: "GATEWAY/roots.pem", "c8y.root_cert_path")
        unlink(roots)
        try expectFailure(ready, saying: "GATEWAY/roots.pem", "c8y.root_cert_path")
    }

    @Test("a mapper that is to bridge itself is refused with the way out")
    func builtIn() throws {
        let ready = try Ready()
        try ready.gateway.tedge("config", "set", "mqtt.bridge.built_in", "true").expectSuccess()
        let outcome = try ready.gateway.tedge("connect", "c8y")
        #expect(outcome.errors.contains("mqtt.bridge.built_in") && outcome.errors.contains("tedge config"))
        #expect(outcome.status == 1)
        #expect(ready.gateway.text("mosquitto-conf/c8y-bridge.conf") == nil)
    }

    @Test("if mosquitto rejects a line of somebody's file, our files are rolled back")
    func brokenConfiguration() throws {
        let ready = try Ready()
        try write("no_such_option 1\n", to: ready.gateway.path("mosquitto-conf/zz.conf"))
        let before = try ready.gateway.snapshot()
        let outcome = try ready.gateway.tedge("connect", "c8y")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("mosquitto does not answer within 5 seconds after its restart."))
        let evidence = "mosquitto-conf/c8y-bridge.conf.rejected"
        #expect(outcome.errors.hasSuffix("is kept in \(ready.gateway.path(evidence)).\n"))
        #expect(ready.gateway.text(evidence)?.contains("\nconnection edge_to_c8y\n") == true)
        unlink(ready.gateway.path(evidence))
        #expect(try ready.gateway.snapshot() == before)
        unlink(ready.gateway.path("mosquitto-conf/zz.conf"))
        try ready.gateway.tedge("connect", "c8y").expectSuccess()
    }

    @Test("a mapper that does not start takes everything back, with its reason")
    func mapperFails() throws {
        let ready = try Ready()
        try ready.gateway.fail("start.tedge-mapper-c8y", status: 1, saying: "Job for tedge-mapper-c8y.service failed.")
        try expectFailure(ready, saying: "tedge-mapper", "Job for tedge-mapper-c8y.service failed.")
        #expect(ready.gateway.calls.suffix(6).contains("restart mosquitto"))
    }

    @Test("mosquitto that cannot be enabled takes everything back")
    func enableFails() throws {
        let ready = try Ready()
        try ready.gateway.fail("enable.mosquitto", status: 1, saying: "Failed to enable unit: Read-only file system")
        try expectFailure(
            ready, saying: "Failed to enable unit: Read-only file system", output: "Persisting mosquitto on reboot.\n\n"
        )
    }

    @Test("without a service manager the files are written, the advice given, and the status is 4")
    func noServiceManager() throws {
        let ready = try Ready()
        try ready.gateway.fail("available.", status: 1, saying: "")
        let outcome = try ready.gateway.tedge("connect", "c8y")
        #expect(outcome.status == 4)
        #expect(outcome.errors.hasPrefix("Warning: 'systemd' service manager is not available on the system.\n"))
        #expect(outcome.output.contains("Start/restart mosquitto and other thin edge components.\n"))
        #expect(ready.gateway.text("mosquitto-conf/c8y-bridge.conf") != nil)
        let disconnect = try ready.gateway.tedge("disconnect", "c8y")
        #expect(disconnect.status == 0)
        #expect(disconnect.errors.contains("skipping stopping/disabling of tedge components"))
        #expect(ready.gateway.text("mosquitto-conf/c8y-bridge.conf") == nil)
    }

    @Test("without a mapper the bridge is made all the same, with a warning")
    func noMapper() throws {
        let ready = try Ready(mapper: false)
        let outcome = try ready.gateway.tedge("connect", "c8y")
        #expect(outcome.status == 0)
        #expect(outcome.errors == "Warning: tedge-mapper is not installed. We recommend to install it.\n")
        #expect(outcome.output.contains("Checking if tedge-mapper is installed.\n\nSending packets"))
        #expect(!outcome.output.contains("Starting tedge-mapper"))
        let disconnect = try ready.gateway.tedge("disconnect", "c8y")
        #expect(disconnect.output.hasSuffix("Cumulocity Bridge successfully disconnected!\n\n"))
        #expect(disconnect.status == 0 && disconnect.errors == "")
    }

    @Test("a disconnect whose mosquitto does not come back is an error, and the bridge is there again")
    func disconnectFails() throws {
        let ready = try Ready()
        try ready.gateway.tedge("connect", "c8y").expectSuccess()
        let before = try ready.gateway.snapshot()
        try write("no_such_option 1\n", to: ready.gateway.path("mosquitto-conf/zz.conf"))
        let outcome = try ready.gateway.tedge("disconnect", "c8y")
        #expect(outcome.status == 1)
        #expect(
            outcome.errors.hasPrefix(
                "Error: failed to remove the bridge to disconnect Cumulocity cloud\n\nCaused by:\n"))
        #expect(outcome.errors.contains("mosquitto does not answer within 5 seconds after its restart."))
        unlink(ready.gateway.path("mosquitto-conf/zz.conf"))
        #expect(try ready.gateway.snapshot() == before)
    }

    @Test("--offline writes and starts everything, and needs no network")
    func offline() throws {
        let ready = try Ready()
        ready.cloud.stop()
        let outcome = try ready.gateway.tedge("connect", "c8y", "--offline")
        #expect(outcome.status == 0 && outcome.errors == "")
        #expect(outcome.output.hasSuffix("Offline mode. Skipping the connection check.\n"))
        #expect(ready.gateway.text("mosquitto-conf/c8y-bridge.conf") != nil)
    }

    @Test("--test without a bridge says that the device is not connected")
    func testWithoutBridge() throws {
        let ready = try Ready()
        let outcome = try ready.gateway.tedge("connect", "c8y", "--test")
        #expect(outcome.status == 1 && outcome.output == "")
        #expect(outcome.errors.contains("Device is not connected to Cumulocity cloud"))
    }
}

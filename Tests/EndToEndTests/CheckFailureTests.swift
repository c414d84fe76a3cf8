import Testing
import TestSupport

/// A check that fails says the first cause, leaves the bridge, and ends with status 4; `--test` ends with 1.
@Suite("a connection that is not proven", .serialized) struct CheckFailureTests {
    struct Fault: CustomTestStringConvertible, Sendable {
        let ways: String
        let cause: String
        let hint: String
        var testDescription: String { ways }
    }

    static let faults = [
        Fault(
            ways: "silent", cause: "The bridge is up, but Cumulocity does not answer.",
            hint: "tedge connect c8y --test"),
        Fault(
            ways: "expired:mqtt", cause: "The certificate of localhost:CLOUD has expired.",
            hint: "Check the clock of this device with 'date'"),
        Fault(
            ways: "not-yet-valid:mqtt", cause: "The certificate of localhost:CLOUD is not valid yet.",
            hint: "Check the clock of this device with 'date'"),
        Fault(
            ways: "other-host:mqtt", cause: "The certificate of localhost:CLOUD is not for localhost.",
            hint: "tedge config get c8y.mqtt"),
        Fault(
            ways: "unknown-authority:mqtt",
            cause: "The certificate of localhost:CLOUD is signed by an authority that this device does not trust.",
            hint: "tedge config set c8y.root_cert_path"),
        Fault(
            ways: "untrusted", cause: "Cumulocity does not trust the device certificate.",
            hint: "tedge cert upload c8y --user <username>"),
        Fault(
            ways: "cut:mqtt",
            cause: "What answers at localhost:CLOUD closes the connection before it has shown a certificate.",
            hint: "tedge config get c8y.mqtt"),
        Fault(
            ways: "other-tenant", cause: "Another tenant answered: the device is configured for localhost",
            hint: "ask the administrators of"),
    ]

    @Test("the cause is named, with what was seen and what to do", arguments: faults)
    func cause(_ fault: Fault) throws {
        let cloud = try StandInCloud()
        let gateway = try Gateway()
        try gateway.configure(for: cloud)
        try gateway.certify(for: cloud)
        try cloud.misbehave(fault.ways)
        let outcome = try gateway.tedge("connect", "c8y", "--timeout", "2")
        let errors = outcome.errors.replacing(String(cloud.mqttPort), with: "CLOUD")
        #expect(errors.hasPrefix("Cause: \(fault.cause)"))
        let lines = errors.split(separator: "\n")
        #expect(lines.dropLast().last?.hasPrefix("Hint: ") == true)
        #expect(lines.last == "More: Run 'tedge doctor c8y' to check everything else.")
        #expect(errors.contains(fault.hint))
        #expect(
            outcome.output.hasSuffix("Warning: Bridge has been configured, but Cumulocity connection check failed.\n"))
        #expect(outcome.status == 4)
        #expect(gateway.text("mosquitto-conf/c8y-bridge.conf") != nil && gateway.isListening)

        let before = try gateway.snapshot()
        let calls = gateway.calls
        let test = try gateway.tedge("connect", "c8y", "--test", "--timeout", "2")
        #expect(test.status == 1)
        #expect(test.errors.contains(fault.cause.prefix(20)))
        #expect(try gateway.snapshot() == before && gateway.calls == calls)
    }

    @Test("a closed port, and a name that does not resolve, are named")
    func network() throws {
        let cloud = try StandInCloud()
        let gateway = try Gateway()
        try gateway.configure(for: cloud)
        try gateway.certify(for: cloud)
        cloud.stop()
        let closed = try gateway.tedge("connect", "c8y", "--timeout", "2")
        #expect(
            closed.errors.hasPrefix(
                "Cause: localhost cannot be reached on port \(cloud.mqttPort).\nSeen: Connection refused (os error 111)"
            ))
        #expect(closed.status == 4)
        try gateway.tedge("disconnect", "c8y").expectSuccess()

        try gateway.tedge("config", "set", "c8y.mqtt", "no-such-tenant.invalid:8883").expectSuccess()
        let unknown = try gateway.tedge("connect", "c8y", "--timeout", "2")
        #expect(unknown.errors.hasPrefix("Cause: The name no-such-tenant.invalid cannot be resolved.\nSeen: "))
        #expect(unknown.errors.contains("tedge config get c8y.mqtt"))
        #expect(unknown.status == 4)
    }

    @Test("answers that come late are waited for")
    func slow() throws {
        let cloud = try StandInCloud()
        let gateway = try Gateway()
        try gateway.configure(for: cloud)
        try gateway.certify(for: cloud)
        try cloud.misbehave("slow")
        let outcome = try gateway.tedge("connect", "c8y")
        #expect(outcome == Outcome(status: 0, try page("connect")))
    }

    @Test("a broker that is not there is said by --test")
    func localBroker() throws {
        let cloud = try StandInCloud()
        let gateway = try Gateway()
        try gateway.configure(for: cloud)
        try gateway.certify(for: cloud)
        try gateway.tedge("connect", "c8y", "--offline").expectSuccess()
        _ = try ChildProcess.run(Gateway.services, ["\(gateway.directory)/services", "stop", "mosquitto"])
        let outcome = try gateway.tedge("connect", "c8y", "--test")
        #expect(outcome.status == 1)
        #expect(
            outcome.errors.hasPrefix(
                """
                Error: failed to test connection to Cumulocity cloud.

                Cause: mosquitto does not run.
                Hint: Run 'sudo
                """))
    }

    @Test("with --json stdout is one object with the steps and the reason")
    func json() throws {
        let cloud = try StandInCloud()
        let gateway = try Gateway()
        try gateway.configure(for: cloud)
        try gateway.certify(for: cloud)
        try cloud.misbehave("untrusted")
        let outcome = try gateway.tedge("--json", "connect", "c8y", "--timeout", "2")
        let look = """
            import json, sys
            found = json.load(sys.stdin)
            print(found["command"], found["cloud"], found["result"], found["changed"], found["reason"])
            print(*[step["id"] + "=" + step["outcome"] for step in found["steps"]])
            """
        let read = try ChildProcess.run("/usr/bin/python3", ["-c", look], input: outcome.output)
        #expect(read.output.hasPrefix("connect c8y unproven True device-certificate-not-trusted\n"))
        #expect(read.output.contains("check=failed"))
        #expect(read.errors == "")
        #expect(outcome.errors.hasPrefix("Checking if systemd is available.\n\n"))
        #expect(outcome.status == 4)
    }
}

import Testing
import TestSupport

/// Azure and AWS as the page has Cumulocity.
@Suite("Azure and AWS", .serialized) struct OtherCloudsTests {
    /// A cloud by its short name.
    struct Hub: CustomTestStringConvertible, Sendable {
        let name: String
        let productName: String
        let kind: StandInCloud.Kind
        var testDescription: String { name }

        static let azure = Hub(name: "az", productName: "Azure", kind: .azure)
        static let amazon = Hub(name: "aws", productName: "AWS", kind: .aws)

        /// A gateway that only has to be connected.
        func ready() throws -> (cloud: StandInCloud, gateway: Gateway) {
            let (cloud, gateway) = (try StandInCloud(kind), try Gateway())
            try gateway.configure(name, for: cloud)
            try gateway.certify(for: cloud)
            return (cloud, gateway)
        }
    }

    @Test("a device is connected, tested and disconnected with the lines of the page", arguments: [Hub.azure, .amazon])
    func wholeWay(_ hub: Hub) throws {
        let (cloud, gateway) = try hub.ready()
        try write("#!/bin/sh\n", to: "\(gateway.directory)/bin/tedge-agent", mode: 0o755)
        let name = hub.name
        let connect = try gateway.tedge("connect", name)
        #expect(connect == Outcome(status: 0, try page("\(name)/connect")))
        #expect(gateway.isListening)
        #expect(
            gateway.calls == [
                "available", "is-active mosquitto", "restart mosquitto", "enable mosquitto",
                "is-active tedge-mapper-\(name)", "start tedge-mapper-\(name)", "enable tedge-mapper-\(name)",
                "is-active tedge-agent", "start tedge-agent", "enable tedge-agent", "available",
                "is-active tedge-mapper-\(name)",
            ])
        #expect(try cloud.show().contains(#""refused": []"#))

        let test = try gateway.tedge("connect", name, "--test")
        #expect(test.output == connect.output.lastPart + "Connection check to \(name) cloud is successful.\n")
        #expect(test.errors == "" && test.status == 0)
        let doctor = try gateway.tedge("doctor", name)
        #expect(doctor.status == 0, "\(doctor.output)")
        #expect(doctor.output.contains("ok       round-trip: \(hub.productName) answers\n"))
        #expect(!doctor.output.contains("error") && !doctor.output.contains("warning"))
        let plain = try gateway.tedge("doctor")
        #expect(plain.status == 0 && plain.output.contains("round-trip: \(hub.productName) answers\n"))

        #expect(try gateway.tedge("connect", name) == Outcome(status: 1, try page("\(name)/established")))
        #expect(try gateway.tedge("disconnect", name) == Outcome(status: 0, try page("\(name)/disconnect")))
        #expect(gateway.text("mosquitto-conf/\(name)-bridge.conf") == nil)
        #expect(gateway.running == ["mosquitto", "tedge-agent"])
        #expect(
            try gateway.tedge("disconnect", name)
                == Outcome(
                    status: 0,
                    output: "Removing \(hub.productName) bridge.\n\nBridge doesn't exist. Operation finished!\n"))
        let notConnected = try gateway.tedge("connect", name, "--test")
        #expect(notConnected.status == 1)
        #expect(notConnected.errors.contains("Device is not connected to \(hub.productName) cloud"))
    }

    @Test("a missing setting is named with the command that sets it", arguments: ["az", "aws"])
    func missingSetting(_ name: String) throws {
        let gateway = try Gateway()
        #expect(try gateway.tedge("connect", name) == Outcome(status: 1, try page("\(name)/missing-setting")))
        #expect(gateway.calls == [])
    }

    struct Fault: CustomTestStringConvertible, Sendable {
        let hub: Hub
        let ways: String
        let cause: String
        let hint: String
        var testDescription: String { "\(hub.name) \(ways)" }
    }

    static let faults = [
        Fault(
            hub: .azure, ways: "silent", cause: "The bridge is up, but Azure does not answer.\n",
            hint: "tedge connect az --test"),
        Fault(
            hub: .azure, ways: "twin-not-found",
            cause: "Azure answers, but will not send the device twin.\nSeen: status 404\n",
            hint: "Look at the device 'gateway-1' in Azure"),
        Fault(
            hub: .azure, ways: "twin-error",
            cause: "Azure answers, but will not send the device twin.\nSeen: status 500\n",
            hint: "tedge connect az --test"),
        Fault(
            hub: .azure, ways: "other-twin", cause: "The bridge is up, but Azure does not answer.\n",
            hint: "tedge connect az --test"),
        Fault(
            hub: .azure, ways: "untrusted", cause: "Azure does not trust the device certificate.\n",
            hint: "Register the device certificate in Azure, then run 'tedge connect az --test'."),
        Fault(
            hub: .azure, ways: "unregistered", cause: "The bridge to Azure is down.\n",
            hint: "to see what mosquitto says about it."),
        Fault(
            hub: .azure, ways: "other-host:mqtt", cause: "The certificate of CLOUD:8883 is not for CLOUD.\n",
            hint: "tedge config get az.url"),
        Fault(
            hub: .azure, ways: "unknown-authority:mqtt",
            cause: "The certificate of CLOUD:8883 is signed by an authority that this device does not trust.\n",
            hint: "tedge config set az.root_cert_path"),
        Fault(
            hub: .amazon, ways: "silent", cause: "The bridge is up, but AWS does not answer.\n",
            hint: "policy of the device certificate in AWS"),
        Fault(
            hub: .amazon, ways: "other-reflection", cause: "The bridge is up, but AWS does not answer.\n",
            hint: "'thinedge/devices/gateway-1/test-connection'"),
        Fault(
            hub: .amazon, ways: "untrusted", cause: "AWS does not trust the device certificate.\n",
            hint: "Register the device certificate in AWS, then run 'tedge connect aws --test'."),
        Fault(
            hub: .amazon, ways: "expired:mqtt", cause: "The certificate of CLOUD:8883 has expired.\n",
            hint: "Check the clock of this device with 'date'"),
        Fault(
            hub: .amazon, ways: "cut:mqtt",
            cause: "What answers at CLOUD:8883 closes the connection before it has shown a certificate.\n",
            hint: "tedge config get aws.mqtt"),
    ]

    @Test("a check that fails names the cause, leaves the bridge, and ends with status 4", arguments: faults)
    func cause(_ fault: Fault) throws {
        let (cloud, gateway) = try fault.hub.ready()
        try cloud.misbehave(fault.ways)
        let name = fault.hub.name
        let outcome = try gateway.tedge("connect", name, "--timeout", "2")
        #expect(
            outcome.output
                == (try page("\(name)/unanswered").output.replacing("up to 10 seconds", with: "up to 2 seconds")))
        let errors = outcome.errors.replacing(cloud.address, with: "CLOUD")
        #expect(errors.hasPrefix("Cause: \(fault.cause)"), "\(errors)")
        #expect(errors.contains("Hint: ") && errors.contains(fault.hint), "\(errors)")
        #expect(errors.hasSuffix("More: Run 'tedge doctor \(name)' to check everything else.\n"))
        #expect(outcome.status == 4)
        #expect(gateway.text("mosquitto-conf/\(name)-bridge.conf") != nil && gateway.isListening)

        let before = try gateway.snapshot()
        let test = try gateway.tedge("connect", name, "--test", "--timeout", "2")
        #expect(test.status == 1)
        #expect(test.errors.hasPrefix("Error: failed to test connection to \(fault.hub.productName) cloud.\n\nCause: "))
        #expect(test.errors.replacing(cloud.address, with: "CLOUD").contains("Cause: \(fault.cause)"))
        #expect(try gateway.snapshot() == before)
        let doctor = try gateway.tedge("doctor", name)
        #expect(doctor.status == 1, "\(doctor.output)")
        #expect(doctor.output.contains("error "))
    }

    @Test("a name that is not the host of the certificate, and a port nobody has, are named")
    func wrongHost() throws {
        let (cloud, gateway) = try Hub.azure.ready()
        cloud.stop()
        let closed = try gateway.tedge("connect", "az", "--timeout", "2")
        #expect(closed.errors.hasPrefix("Cause: \(cloud.address) cannot be reached on port 8883.\nSeen: "))
        #expect(closed.status == 4)
        try gateway.tedge("disconnect", "az").expectSuccess()
        try gateway.tedge("config", "set", "az.url", "no-such-hub.invalid").expectSuccess()
        let unknown = try gateway.tedge("connect", "az", "--timeout", "2")
        #expect(unknown.errors.hasPrefix("Cause: The name no-such-hub.invalid cannot be resolved.\nSeen: "))
        #expect(unknown.errors.contains("tedge config get az.url"))
    }

    @Test("all three clouds are connected side by side, and one that is disconnected leaves the others")
    func sideBySide() throws {
        let (tenant, hub, amazon) = (try StandInCloud(), try StandInCloud(.azure), try StandInCloud(.aws))
        let gateway = try Gateway()
        try gateway.configure(for: tenant)
        try gateway.configure("az", for: hub)
        try gateway.configure("aws", for: amazon)
        try gateway.certify(for: tenant)
        for cloud in [hub, amazon] { try cloud.command("trust", gateway.path("device-certs/tedge-certificate.pem")) }
        for name in ["c8y", "az", "aws"] { try gateway.tedge("connect", name).expectSuccess() }
        for name in ["c8y", "az", "aws"] { try gateway.tedge("connect", name, "--test").expectSuccess() }
        let mappers = ["tedge-mapper-aws", "tedge-mapper-az", "tedge-mapper-c8y"]
        #expect(gateway.running == ["mosquitto"] + mappers)
        let doctor = try gateway.tedge("doctor")
        #expect(doctor.status == 0)
        for heading in ["Cumulocity\n", "Azure\n", "AWS\n"] { #expect(doctor.output.contains(heading)) }

        try gateway.tedge("disconnect", "az").expectSuccess()
        #expect(gateway.running == ["mosquitto", "tedge-mapper-aws", "tedge-mapper-c8y"])
        for name in ["c8y", "aws"] { try gateway.tedge("connect", name, "--test").expectSuccess() }
        #expect(try gateway.tedge("connect", "az", "--test").status == 1)
        try gateway.tedge("disconnect", "c8y").expectSuccess()
        try gateway.tedge("connect", "aws", "--test").expectSuccess()
        #expect(gateway.running == ["mosquitto", "tedge-mapper-aws"])
    }
}

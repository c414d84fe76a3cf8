import TestSupport
import Testing

extension SystemTests {
    /// Azure and AWS on a device with systemd, as the page has Cumulocity.
    @Suite("Azure and AWS on a device") struct OtherCloudsTests {
        /// A cloud by its short name.
        struct Hub: CustomTestStringConvertible, Sendable {
            let name: String
            let productName: String
            let place: DeviceCloud.Place
            var testDescription: String { name }

            static let azure = Hub(name: "az", productName: "Azure", place: .azure)
            static let amazon = Hub(name: "aws", productName: "AWS", place: .aws)

            /// Starts the cloud, sets its address, and has it trust the device.
            func add(to prepared: PreparedDevice) throws -> DeviceCloud {
                let cloud = try DeviceCloud(on: prepared.device, place)
                for (key, value) in [("url", place.host), ("root_cert_path", place.rootCertificate)] {
                    try prepared.device.ask(["tedge", "config", "set", "\(name).\(key)", value])
                }
                try cloud.trust(try prepared.device.text(PreparedDevice.certificate))
                return cloud
            }

            var bridge: String { "/etc/tedge/mosquitto-conf/\(name)-bridge.conf" }
            var services: [String] { ["mosquitto", "tedge-mapper-\(name)", "tedge-agent"] }
        }

        @Test(
            "a device is connected, tested and disconnected, and its services start with it",
            arguments: [Hub.azure, .amazon])
        func wholeWay(_ hub: Hub) throws {
            let prepared = try PreparedDevice()
            let cloud = try hub.add(to: prepared)
            let name = hub.name
            #expect(try prepared.tedge("connect", name) == Outcome(status: 0, try page("\(name)/connect")))
            #expect(
                try prepared.services(hub.services) == [
                    "mosquitto: active enabled", "tedge-mapper-\(name): active enabled", "tedge-agent: active enabled",
                ])
            #expect(try prepared.device.mode(hub.bridge) == "644")
            #expect(try cloud.show().contains(#""refused": []"#))

            let test = try prepared.tedge("connect", name, "--test")
            #expect(test.stdout.hasSuffix("Connection check to \(name) cloud is successful.\n"))
            #expect(test.status == 0 && test.stderr == "")
            let doctor = try prepared.tedge("doctor", name)
            #expect(doctor.status == 0 && doctor.stderr == "")
            let lines = doctor.stdout.split(separator: "\n").dropLast().filter { !$0.hasPrefix("ok ") }
            #expect(
                lines == [
                    "skipped  server-clock: \(hub.productName) has no HTTPS service that could be asked",
                    "skipped  tenant: \(hub.productName) does not say who it is",
                ])

            #expect(try prepared.tedge("connect", name) == Outcome(status: 1, try page("\(name)/established")))
            #expect(try prepared.tedge("disconnect", name) == Outcome(status: 0, try page("\(name)/disconnect")))
            #expect(try !prepared.device.exists(hub.bridge))
            #expect(
                try prepared.services(hub.services) == [
                    "mosquitto: active enabled", "tedge-mapper-\(name): inactive disabled",
                    "tedge-agent: active enabled",
                ])
            #expect(try prepared.hasLocalMQTT())
        }

        struct Fault: CustomTestStringConvertible, Sendable {
            let hub: Hub
            let ways: String
            let reason: String
            let hint: String
            var testDescription: String { "\(hub.name) \(ways)" }
        }

        static let faults = [
            Fault(hub: .azure, ways: "silent", reason: "cloud-silent", hint: "tedge connect az --test"),
            Fault(
                hub: .azure, ways: "twin-not-found", reason: "cloud-refuses-request",
                hint: "Look at the device 'gateway-1' in Azure"),
            Fault(
                hub: .azure, ways: "untrusted", reason: "device-certificate-not-trusted",
                hint: "Register the device certificate in Azure"),
            Fault(
                hub: .azure, ways: "unregistered", reason: "device-refused",
                hint: "Register the device 'gateway-1' with its certificate in Azure"),
            Fault(
                hub: .amazon, ways: "other-reflection", reason: "cloud-silent",
                hint: "'thinedge/devices/gateway-1/test-connection'"),
            Fault(
                hub: .amazon, ways: "untrusted", reason: "device-certificate-not-trusted",
                hint: "Register the device certificate in AWS"),
            Fault(
                hub: .amazon, ways: "unregistered", reason: "device-refused",
                hint: "its policy lets the client 'gateway-1' connect"),
            Fault(
                hub: .amazon, ways: "other-host:mqtt", reason: "server-certificate-wrong-host",
                hint: "tedge config get aws.url"),
        ]

        @Test(
            "a cause is named by connect and the doctor; once it is mended, the device is connected", arguments: faults)
        func cause(_ fault: Fault) throws {
            let prepared = try PreparedDevice()
            let cloud = try fault.hub.add(to: prepared)
            let name = fault.hub.name
            try cloud.misbehave(fault.ways)
            let report = try prepared.report(["connect", name, "--timeout", "2"])
            #expect(report.status == 4 && report.reason == fault.reason, "\(report)")
            #expect(report.hint.contains(fault.hint), "\(report)")
            #expect(try prepared.device.exists(fault.hub.bridge))
            let doctor = try prepared.report(["doctor", name])
            #expect(doctor.status == 1 && doctor.reason == fault.reason, "\(doctor)")
            #expect(try prepared.hasLocalMQTT())

            try cloud.misbehave("none")
            try prepared.device.ask(["tedge", "disconnect", name])
            #expect(try prepared.tedge("connect", name).status == 0)
        }

        @Test("all three clouds are connected side by side; one that is disconnected leaves the others")
        func sideBySide() throws {
            let prepared = try PreparedDevice()
            for hub in [Hub.azure, .amazon] { _ = try hub.add(to: prepared) }
            let names = ["c8y", "az", "aws"]
            for name in names { #expect(try prepared.tedge("connect", name).status == 0) }
            for name in names { #expect(try prepared.tedge("connect", name, "--test").status == 0) }
            let mappers = names.map { "tedge-mapper-\($0)" }
            #expect(try prepared.services(mappers) == mappers.map { "\($0): active enabled" })
            #expect(try prepared.tedge("doctor").status == 0)

            for (index, name) in names.enumerated() {
                #expect(try prepared.tedge("disconnect", name).status == 0)
                let rest = mappers[(index + 1)...]
                #expect(
                    try prepared.services(mappers)
                        == mappers[...index].map { "\($0): inactive disabled" } + rest.map { "\($0): active enabled" })
                for other in names[(index + 1)...] {
                    #expect(try prepared.tedge("connect", other, "--test").status == 0)
                }
            }
            #expect(try prepared.device.activity(of: "tedge-agent") == "active")
        }

        @Test("the one mapper of older installations goes on until the last cloud is disconnected")
        func oldMapper() throws {
            let prepared = try PreparedDevice(mapper: .old)
            _ = try Hub.azure.add(to: prepared)
            for name in ["c8y", "az"] { #expect(try prepared.tedge("connect", name).status == 0) }
            let first = try prepared.tedge("disconnect", "az")
            #expect(first.status == 0)
            #expect(
                first.stderr == "tedge-mapper is not stopped, because it also serves other bridges: c8y-bridge.conf.\n")
            #expect(try prepared.services(["tedge-mapper"]) == ["tedge-mapper: active enabled"])
            #expect(try prepared.tedge("connect", "c8y", "--test").status == 0)
            #expect(try prepared.tedge("disconnect", "c8y") == Outcome(status: 0, try page("disconnect")))
            #expect(try prepared.services(["tedge-mapper"]) == ["tedge-mapper: inactive disabled"])
        }
    }

    @Suite("profiles on a device") struct ProfileTests {
        @Test("two profiles are connected side by side by their own units; disconnecting one leaves the other")
        func sideBySide() throws {
            let prepared = try PreparedDevice()
            let device = prepared.device
            let other = try DeviceCloud(on: device, .edge)
            let place = DeviceCloud.Place.edge
            for (key, value) in [
                ("c8y.url", place.host), ("c8y.root_cert_path", place.rootCertificate),
                ("c8y.bridge.topic_prefix", "c8y-edge"), ("c8y.proxy.bind.port", "8002"),
                ("c8y.device.cert_path", "/etc/tedge/device-certs/edge.pem"),
                ("c8y.device.key_path", "/etc/tedge/device-certs/edge.key"),
            ] {
                try device.ask(["tedge", "config", "set", key, value, "--profile", "edge"])
            }
            try device.ask(["tedge", "cert", "create", "c8y", "--profile", "edge", "--device-id", "edge-1"])
            try other.trust(try device.text("/etc/tedge/device-certs/edge.pem"))

            #expect(try prepared.tedge("connect", "c8y") == Outcome(status: 0, try page("connect")))
            #expect(
                try prepared.tedge("connect", "c8y", "--profile", "edge") == Outcome(status: 0, try page("connect")))
            let units = ["tedge-mapper-c8y", "tedge-mapper-c8y@edge"]
            #expect(try prepared.services(units) == units.map { "\($0): active enabled" })
            let bridge = try device.text("/etc/tedge/mosquitto-conf/c8y@edge-bridge.conf")
            #expect(bridge.contains("\nconnection edge_to_c8y@edge\naddress edge.cumulocity.com:8883\n"))
            #expect(bridge.contains("\nremote_clientid edge-1\nlocal_clientid Cumulocity@edge\n"))
            for option in [[], ["--profile", "edge"]] {
                try device.ask(["tedge", "connect", "c8y", "--test"] + option)
                let doctor = try device.ask(["tedge", "doctor", "c8y"] + option)
                #expect(!doctor.contains("error ") && !doctor.contains("warning "))
            }
            #expect(try other.show().contains(#""id": "edge-1""#))
            #expect(try !prepared.cloud.show().contains(#""id": "edge-1""#))

            #expect(
                try prepared.tedge("disconnect", "c8y", "--profile", "edge")
                    == Outcome(status: 0, try page("disconnect")))
            #expect(
                try prepared.services(units) == [
                    "tedge-mapper-c8y: active enabled", "tedge-mapper-c8y@edge: inactive disabled",
                ])
            try device.ask(["tedge", "connect", "c8y", "--test"])

            try device.ask(["tedge", "connect", "c8y", "--profile", "edge"])
            #expect(try prepared.tedge("disconnect", "c8y") == Outcome(status: 0, try page("disconnect")))
            #expect(
                try prepared.services(units) == [
                    "tedge-mapper-c8y: inactive disabled", "tedge-mapper-c8y@edge: active enabled",
                ])
            try device.ask(["tedge", "connect", "c8y", "--test", "--profile", "edge"])
        }
    }
}

import TestSupport
import Testing

extension SystemTests {
    @Suite("bootstrap on a device") struct BootstrapTests {
        private let device: Device
        private let cloud: DeviceCloud

        init() throws {
            device = try Device.fresh(mapper: .new, agent: true)
            cloud = try DeviceCloud(on: device)
        }

        private var words: [String] {
            [
                "C8Y_USER=alice", "C8Y_PASSWORD=secret", "tedge", "--json", "bootstrap", "c8y", "--url",
                "example.cumulocity.com", "--set", "c8y.root_cert_path=\(DeviceCloud.rootCertificate)", "--device-id",
                "gateway-1", "--register", "self-signed",
            ]
        }

        @Test("an empty device is connected, and a second run restarts nothing and takes less than a second of its own")
        func whole() throws {
            let first = try device.run(["env"] + words)
            #expect(first.status == 0, "\(first)")
            #expect(
                try device.activity(of: "mosquitto") == "active" && device.activity(of: "tedge-mapper-c8y") == "active")
            let look = ["systemctl", "show", "--property=MainPID", "mosquitto", "tedge-mapper-c8y", "tedge-agent"]
            let processes = try device.ask(look)
            let second = try device.run(["env"] + words)
            #expect(second.status == 0 && second.stdout.contains(#""result":"ok","changed":false"#), "\(second)")
            #expect(!second.stdout.contains(#""changed":true"#))
            #expect(try device.ask(look) == processes)
        }
    }
}

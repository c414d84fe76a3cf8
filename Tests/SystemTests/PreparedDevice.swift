import TestSupport

/// A fresh device and its cloud, one command away from being connected.
struct PreparedDevice {
    let device: Device
    let cloud: DeviceCloud

    static let bridge = "/etc/tedge/mosquitto-conf/c8y-bridge.conf"
    static let listener = "/etc/tedge/mosquitto-conf/tedge-mosquitto.conf"
    static let certificate = "/etc/tedge/device-certs/tedge-certificate.pem"
    static let key = "/etc/tedge/device-certs/tedge-private-key.pem"

    /// Sets the url and the roots, makes a certificate, and has the cloud trust it.
    init(mapper: Device.Mapper = .new, agent: Bool = true, isTrusted: Bool = true) throws {
        device = try Device.fresh(mapper: mapper, agent: agent)
        cloud = try DeviceCloud(on: device)
        try device.ask(["tedge", "config", "set", "c8y.url", "example.cumulocity.com"])
        try device.ask(["tedge", "config", "set", "c8y.root_cert_path", DeviceCloud.rootCertificate])
        try device.ask(["tedge", "cert", "create", "--device-id", "gateway-1"])
        if isTrusted { try cloud.trust(try device.text(Self.certificate)) }
    }

    /// Whether mosquitto is of version 2.1 or later, which knows the access to one listener and takes some lines otherwise.
    func hasNewBroker() throws -> Bool {
        try !device.run(["mosquitto", "-h"]).stdout.hasPrefix("mosquitto version 2.0")
    }

    /// Runs `tedge` as root.
    func tedge(_ words: String...) throws -> Outcome { try device.run(["tedge"] + words) }

    /// Every file below `/etc`, with mode, owner and content: what must be as before after a failure. A bridge file that
    /// was taken back and is kept to be looked at does not count.
    func snapshot() throws -> String {
        let look = """
            find /etc/tedge /etc/mosquitto ! -name '*.rejected' -printf '%p %m %u:%g %l\\n' | sort
            find /etc/tedge /etc/mosquitto -type f ! -name '*.rejected' | sort | xargs sha256sum
            """
        return try device.ask(["sh", "-c", look])
    }

    /// `is-active` and `is-enabled` of the services, in the order of the names.
    func services(
        _ names: [String] = ["mosquitto", "tedge-mapper-c8y", "tedge-mapper", "tedge-agent"]
    ) throws -> [String] {
        try names.map {
            "\($0): \(try device.activity(of: $0)) \(try device.enablement(of: $0))".trimmed
        }
    }

    /// Whether a message goes through the local broker.
    func hasLocalMQTT() throws -> Bool {
        let words = "timeout 5 mosquitto_rr -t local/test -e local/test -m alive -W 3"
        return try device.run(["sh", "-c", words]).stdout == "alive\n"
    }
}

extension Outcome {
    /// What a transcript of the page shows.
    init(status: Int32, _ transcript: Transcript) {
        self.init(status: status, stdout: transcript.output, stderr: transcript.errors)
    }
}

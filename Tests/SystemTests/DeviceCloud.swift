/// The stand-in cloud (see `Tests/CloudSimulator`) in a device's second network, at the ports of the real one.
///
/// The device reaches it as `example.cumulocity.com`, for which its certificate is good, and as `other.cumulocity.com`,
/// for which it is not. It ends with `Device.reset()` and with the device.
struct DeviceCloud: Sendable {
    /// The root certificate of the cloud, as seen inside the device.
    static let rootCertificate = "/cloud/ca.pem"

    private static let tool = String(Device.tool.dropLast("SystemTests/device".count)) + "CloudSimulator/cloud"

    private let device: Device

    /// Starts a cloud that knows no device yet.
    init(on device: Device) throws {
        self.device = device
        try command("start", "--mqtt-port", "8883", "--https-port", "443", "--address", "10.99.0.2", "--detach")
    }

    /// Trusts a device's certificate, given as PEM text, as an upload would.
    func trust(_ certificate: String) throws {
        let path = "\(device.cloudDirectory)/trusted-by-test.pem"
        _ = try runChild(["sh", "-c", #"cat >"$0""#, path], input: certificate)
        try command("trust", path)
    }

    /// Forgets all devices, so that each is new again.
    func forget() throws {
        try command("forget")
    }

    /// Misbehaves in these ways only, or with `none` in no way.
    func misbehave(_ ways: String) throws {
        try command("misbehave", ways)
    }

    /// What the cloud knows and what happened, as JSON.
    func show() throws -> String {
        try command("show")
    }

    /// Ends it.
    func stop() throws {
        try command("stop")
    }

    /// - Throws: ``DeviceError`` with what the stand-in said when it failed.
    @discardableResult
    private func command(_ words: String...) throws -> String {
        let outcome = try device.runInCloud([Self.tool] + words + ["--directory", device.cloudDirectory])
        guard outcome.status == 0 else { throw DeviceError(said: "cloud \(words[0]): \(outcome.stderr.trimmed)") }
        return outcome.stdout
    }
}

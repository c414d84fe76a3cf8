/// The stand-in cloud (see `Tests/CloudSimulator`) in a device's second network, at the ports of the real one.
///
/// The device reaches it by the name of its place, for which its certificate is good; the first one also as
/// `other.cumulocity.com`, for which it is not. It ends with `Device.reset()` and with the device.
struct DeviceCloud: Sendable {
    /// Where a cloud is, and what it plays. Each is another one, and they can run side by side.
    enum Place: String, Sendable {
        case cumulocity = "", azure, aws, edge

        /// The name that the device knows it by.
        var host: String {
            switch self {
            case .cumulocity: "example.cumulocity.com"
            case .azure: "hub.azure-devices.net"
            case .aws: "example.iot.amazonaws.com"
            case .edge: "edge.cumulocity.com"
            }
        }

        /// The file with the authority of its certificate, as seen inside the device.
        var rootCertificate: String { self == .cumulocity ? "/cloud/ca.pem" : "/cloud/\(rawValue)/ca.pem" }

        fileprivate var address: String {
            switch self {
            case .cumulocity: "10.99.0.2"
            case .azure: "10.99.0.3"
            case .aws: "10.99.0.4"
            case .edge: "10.99.0.5"
            }
        }

        fileprivate var plays: String { self == .azure || self == .aws ? rawValue : "all" }
    }

    /// The root certificate of the first cloud, as seen inside the device.
    static let rootCertificate = Place.cumulocity.rootCertificate

    private static let tool = String(Device.tool.dropLast("SystemTests/device".count)) + "CloudSimulator/cloud"

    private let device: Device
    private let place: Place

    /// Starts a cloud that knows no device yet.
    init(on device: Device, _ place: Place = .cumulocity) throws {
        (self.device, self.place) = (device, place)
        try command(
            "start", "--mqtt-port", "8883", "--https-port", "443", "--address", place.address, "--host-name",
            place.host, "--plays", place.plays, "--detach")
    }

    private var directory: String {
        place == .cumulocity ? device.cloudDirectory : "\(device.cloudDirectory)/\(place.rawValue)"
    }

    /// Trusts a device's certificate, given as PEM text, as an upload would.
    func trust(_ certificate: String) throws {
        let path = "\(directory)/trusted-by-test.pem"
        _ = try runChild(["sh", "-c", #"cat >"$0""#, path], input: certificate)
        try command("trust", path)
    }

    /// Lets a device enrol once.
    func register(_ id: String, oneTimePassword: String) throws {
        try command("register", id, oneTimePassword)
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
        let outcome = try device.runInCloud([Self.tool] + words + ["--directory", directory])
        guard outcome.status == 0 else { throw DeviceError(said: "cloud \(words[0]): \(outcome.stderr.trimmed)") }
        return outcome.stdout
    }
}

import TLS

/// The tenant's HTTP interface as the mapper offers it on this device: it adds the device's credentials.
struct LocalProxy {
    let target: WebTarget
    /// The unit of the mapper.
    let mapper: String
    private let context: Context
    /// How many seconds a request may take.
    private static let timeout = 30

    /// Finds the proxy in the settings. It speaks HTTPS if it has a certificate.
    init(_ cloud: CloudSettings, in context: Context) throws {
        let host = try cloud.required("proxy.client.host")
        let isAddress = host.contains(":") && host.first != "["
        var options = TLSOptions()
        if let authority = try cloud.string("proxy.ca_path") { options.roots.append(.path(authority)) }
        if let files = try cloud.settings.allOrNone(["http.client.auth.cert_file", "http.client.auth.key_file"]) {
            options.identity = .init(certificatePath: files[0], keyPath: files[1])
        }
        let port = try cloud.port("proxy.client.port")
        let isPlain = try cloud.string("proxy.cert_path") == nil
        do throws(SettingRefusal) {
            let endpoint = try HostPort(parsing: isAddress ? "[\(host)]" : host, defaultPort: port)
            target = WebTarget(endpoint: endpoint, options: options, isPlain: isPlain)
        } catch {
            throw EnrollmentInputError.badProxyHost(try cloud.name("proxy.client.host").text, reason: error.reason)
        }
        mapper = Service.mapper(cloud.cloud, cloud.profile).unit
        self.context = context
    }

    /// The address of the tenant's root.
    var address: String { "\(target.scheme)://\(target.endpoint)/c8y" }

    /// Sends a request for the tenant, which must begin with `/`.
    func send(_ request: HTTPRequest) throws -> HTTPResponse {
        var request = request
        request.target = "/c8y" + request.target
        do throws(HTTPError) {
            return try context.send(request, to: target, within: Self.timeout)
        } catch {
            try context.interruption.check()
            throw EnrollmentError.proxyFailed(address: address, error, mapper: mapper)
        }
    }
}

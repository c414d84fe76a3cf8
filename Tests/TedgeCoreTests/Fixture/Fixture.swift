import Sockets
import TLS
import TestSupport
import X509

@testable import TedgeCore

/// A device in a temporary directory: real files, and programs, broker, cloud and terminal that do what a test says.
struct Fixture: Sendable {
    /// Holds everything; removed with the last copy of the fixture.
    let directory: TemporaryDirectory
    let files: FixtureFiles
    let programs = FixturePrograms()
    let broker = FixtureConnector()
    let web = FixtureWeb()
    let printed = Printed()
    let signal = FixtureSignal()
    let shown = FixtureOutput()
    var terminal = FixtureTerminal()
    var accounts = FixtureAccounts()
    var environment: [String: String] = [:]
    var isJSON = false
    /// What a handshake with a cloud shows. A server on this machine is really asked.
    var probe: CloudProbe = { endpoint, options, timeout, deadline, interruption in
        if ["localhost", "127.0.0.1", "[::1]"].contains(endpoint.host) {
            return Context.realProbe(endpoint, options, timeout, deadline, interruption)
        }
        return TLSProbe(failure: .socket(.noAnswer(host: endpoint.host, port: endpoint.port)))
    }
    /// What the name servers say. They know of this machine alone.
    var resolver: AddressLookup.Resolver = { host in
        host == "localhost" ? AddressLookup.system(host) : .failure(.init(reason: "Name or service not known"))
    }
    /// Why libraries of the system cannot be opened.
    var missingLibraries: [SystemLibrary: String] = [:]
    /// 2027-01-15 08:00:00 UTC.
    static let now: Int64 = 1_800_000_000

    /// Makes a device with systemd, where nothing is configured.
    init() throws {
        directory = try TemporaryDirectory()
        files = FixtureFiles()
        for name in ["systemd", "tedge", "tedge/device-certs", "tedge/mosquitto-conf"] {
            try files.makeDirectory(directory.file(name), mode: 0o755, owner: nil)
        }
        try write("include_dir /etc/mosquitto/conf.d\n", to: "mosquitto.conf")
    }

    /// The ways to this fixture.
    var context: Context {
        let directory = directory
        var context = Context(
            configurationDirectory: directory.file("tedge"), environment: environment,
            currentDirectory: { directory.path }, files: files, accounts: accounts, processes: programs,
            broker: broker, web: web, now: { Fixture.now }, console: printed.console(isJSON: isJSON),
            interruption: signal.interruption, terminal: terminal)
        context.output = shown
        (context.cloudProbe, context.resolver) = (probe, resolver)
        let missing = missingLibraries
        context.libraryProblem = { missing[$0] }
        context.mosquittoConfiguration = directory.file("mosquitto.conf")
        context.retryPause = .zero
        context.listening = { _, _ in nil }
        context.systemdDirectory = directory.file("systemd")
        context.unitDirectory = directory.file("units")
        context.programDirectory = directory.file("bin")
        context.thinEdgeProgram = directory.file("lib/tedge")
        context.appArmorDirectory = directory.file("apparmor.d")
        context.appArmorKernelDirectory = directory.file("apparmor")
        return context
    }

    /// The absolute path of a file of the configuration directory.
    func path(_ name: String) -> String { directory.file("tedge/\(name)") }

    /// Writes a file, named from the temporary directory, in the place of one that may be read-only.
    func write(_ text: String, to name: String, mode: UInt16 = 0o644) throws {
        try SystemFiles().replace(directory.file(name), with: Array(text.utf8), mode: mode, owner: nil)
    }

    /// A file as text, named from the temporary directory; nil if there is none.
    func text(_ name: String) throws -> String? {
        try files.readIfPresent(directory.file(name)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Makes certificate and key of the device.
    func makePair(
        id: String = "gateway-1", notBefore: Int64 = now - 86_400, notAfter: Int64 = now + 86_400 * 365
    ) throws {
        let key = try PrivateKey.generateP256()
        let certificate = try Certificate.selfSigned(
            commonName: id, organization: "Example", organizationalUnit: "Tests", key: key, notBefore: notBefore,
            notAfter: notAfter)
        try write(String(decoding: try certificate.pem(), as: UTF8.self), to: Fixture.certificate, mode: 0o444)
        try write(String(decoding: try key.pem(), as: UTF8.self), to: Fixture.key, mode: 0o600)
    }

    static let certificate = "tedge/device-certs/tedge-certificate.pem"
    static let key = "tedge/device-certs/tedge-private-key.pem"

    /// All that is in the temporary directory, each file with its permissions and its text.
    func snapshot() throws -> [String] { try snapshot(below: "") }

    private func snapshot(below prefix: String) throws -> [String] {
        try files.list(directory.file(prefix)).flatMap { name in
            let path = prefix + name
            guard let status = try files.status(directory.file(path), followLinks: false) else { return [path] }
            let line = "\(path) \(String(status.mode, radix: 8)) \(status.owner)"
            if status.kind == .directory { return try [line] + snapshot(below: "\(path)/") }
            return ["\(line): \(try text(path) ?? "")"]
        }
    }

    /// A text with what differs from run to run replaced by a word.
    func neutral(_ text: String) -> String { text.replacing(directory.path, with: "WORLD") }

    /// What was printed on stdout.
    var output: String { neutral(printed.output) }

    /// What was printed on stderr.
    var errors: String { neutral(printed.errors) }
}

import Foundation
import TestSupport

/// A gateway without `tedge`, on which Debian packages are installed, and its cloud.
final class PackageDevice {
    private(set) var device: Device
    private(set) var cloud: DeviceCloud
    private let files: TemporaryDirectory
    private let mapper: Device.Mapper
    private let agent: Bool

    /// Where packages are seen inside.
    static let packages = "/cloud/packages"

    /// A device whose mosquitto runs and is enabled, as that of a gateway is.
    init(mapper: Device.Mapper = .new, agent: Bool = true) throws {
        files = try TemporaryDirectory()
        (self.mapper, self.agent) = (mapper, agent)
        device = try Device(
            tedge: nil, mapper: mapper, agent: agent, tedgeUser: false, cloudDirectory: files.path)
        try runShell(#"mkdir "$0/packages" && cp "$1" "$0/packages""#, files.path, Package.path)
        cloud = try DeviceCloud(on: device)
        try device.ask(["systemctl", "enable", "--now", "mosquitto"])
    }

    /// What apt-get says when it does what these words tell, in the directory of packages. Nobody answers its questions.
    ///
    /// - Throws: ``DeviceError`` if it fails.
    @discardableResult
    func apt(_ words: [String]) throws -> String {
        let line = #"cd "$0" && exec env DEBIAN_FRONTEND=noninteractive apt-get -y "$@" 2>&1"#
        return try device.ask(["sh", "-c", line, Self.packages] + words)
    }

    @discardableResult
    func apt(_ words: String...) throws -> String { try apt(words) }

    /// Runs a shell command in the directory of packages.
    func inPackages(_ command: String, isWithoutSystemd: Bool = false) throws -> Outcome {
        let hide = isWithoutSystemd ? "mount -t tmpfs none /run/systemd && " : ""
        let line = "\(hide)cd \(Self.packages) && \(command)"
        return try device.run(["unshare", "--mount", "sh", "-c", line], timeout: .seconds(120))
    }

    /// Puts another release of our package into the directory. Returns its name for apt.
    func package(ofVersion version: String) throws -> String {
        let name = "tedge-swift_\(version)_all.deb"
        let script = #"""
            dpkg-deb -R "$1" "$0/unpacked" && sed -i "s/^Version:.*/Version: $2/" "$0/unpacked/DEBIAN/control" &&
            dpkg-deb --root-owner-group -Z gzip -z 1 -b "$0/unpacked" "$0/packages/$3" && rm -r "$0/unpacked"
            """#
        try runShell(script, files.path, Package.path, version, name)
        return "./\(name)"
    }

    /// Puts the stand-ins of thin-edge.io's packages into the directory.
    func addThinEdge(version: String = "2.0.1") throws {
        try runShell(#""$1/thin-edge" "$0/packages" "$2""#, files.path, Package.tools, version)
    }

    /// Builds a package that is installed on the device again, as a newer release in which text was added to one file. Returns
    /// its path inside.
    func repack(_ package: String, adding text: String, to file: String) throws -> String {
        let script = try String(contentsOfFile: "\(Package.tools)/repack", encoding: .utf8)
        let version = try device.ask(["dpkg-query", "-W", "-f", "${Version}", package])
        let words = ["bash", "-s", "--", package, "\(version)+changed", "/root", file, text]
        return try device.ask(words, input: script).trimmed
    }

    /// Sets the url and the roots, makes a certificate, has the cloud trust it, and connects.
    func connect() throws {
        try configure()
        let outcome = try device.run(["tedge", "connect", "c8y"])
        guard outcome.status == 0 else { throw DeviceError(said: "connect: \(outcome)") }
    }

    /// All that comes before a connection.
    func configure() throws {
        try device.ask(["tedge", "config", "set", "c8y.url", "example.cumulocity.com"])
        try device.ask(["tedge", "config", "set", "c8y.root_cert_path", DeviceCloud.rootCertificate])
        try device.ask(["tedge", "cert", "create", "--device-id", "gateway-1"])
        try cloud.trust(try device.text(PreparedDevice.certificate))
    }

    /// Whether the cloud answers, asked by no command that starts or changes anything.
    func isConnected() -> Bool {
        eventually(within: .seconds(15)) {
            (try? self.device.run(["tedge", "connect", "c8y", "--test", "--timeout", "5"]).status) == 0
        }
    }

    /// The process of mosquitto.
    func broker() throws -> String {
        try device.ask(["systemctl", "show", "--property", "MainPID", "--value", "mosquitto"]).trimmed
    }

    /// What dpkg finds different in mosquitto's package.
    func changesOfMosquitto() throws -> String { try device.run(["dpkg", "-V", "mosquitto"]).stdout }

    /// Ends the device and boots it again with its files: after its services were stopped, or from one moment to the next.
    func reboot(clean: Bool) throws {
        if clean {
            try device.ask(["systemctl", "stop", "mosquitto", "tedge-*", "timers.target"])
        }
        let archive = files.file("device.tar")
        // What was written since the first boot; tmpfs and mounts of the test are left out.
        let list = "cd / && find . -xdev ! -type s ! -path ./cloud -cnewer ./etc/hostname -print0"
        let inside = "\(list) | tar -c --numeric-owner --null --no-recursion -T -"
        try runShell(#""$1" exec --state "$2" -- sh -c "$3" >"$0""#, archive, Device.tool, device.state, inside)
        device.down()
        device = try Device(
            tedge: nil, mapper: mapper, agent: agent, tedgeUser: false, cloudDirectory: files.path, restore: archive)
        cloud = try DeviceCloud(on: device)
    }
}

/// The package that `make deb` has built.
enum Package {
    static let tools = packageDirectory + "/Tests/SystemTests/Packages"

    static let path: String = {
        let directory = packageDirectory + "/.build/deb"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        let machine = (try? runChild(["dpkg", "--print-architecture"]).stdout.trimmed) ?? ""
        let name = names.filter { $0.hasPrefix("tedge-swift_") && $0.hasSuffix("_\(machine).deb") }.sorted().last
        return "\(directory)/\(name ?? "tedge-swift_\(machine).deb")"
    }()
}

/// Runs a shell command on the host that must succeed; `words` are `$0`, `$1` and so on.
private func runShell(_ script: String, _ words: String...) throws {
    let outcome = try runChild(["sh", "-c", script] + words, timeout: .seconds(120))
    guard outcome.status == 0 else { throw DeviceError(said: "\(script): \(outcome)") }
}

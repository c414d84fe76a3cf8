import Sockets
import TestSupport

@testable import TedgeCore

/// The files of a mosquitto in a temporary directory: a main file, `conf.d`, and our directory.
struct BrokerFixture {
    let directory: TemporaryDirectory
    let files = SystemFiles()
    var main: String { directory.file("mosquitto.conf") }
    var ours: String { directory.file("tedge/mosquitto-conf") }

    /// Writes the files. `CONFD` and `OURS` in the main file stand for the two directories.
    init(_ main: String, _ included: [String: String] = [:], ours: [String: String] = [:]) throws {
        directory = try TemporaryDirectory()
        for name in ["conf.d", "tedge/mosquitto-conf"] {
            _ = try files.makeDirectory(directory.file(name), mode: 0o755, owner: nil)
        }
        for (name, text) in included { try write(text, "conf.d/\(name)") }
        for (name, text) in ours { try write(text, "tedge/mosquitto-conf/\(name)") }
        try write(main, "mosquitto.conf")
    }

    func write(_ text: String, _ name: String) throws {
        let places = text.replacing("CONFD", with: directory.file("conf.d")).replacing("OURS", with: ours)
        try files.replace(directory.file(name), with: Array(places.utf8), mode: 0o644, owner: nil)
    }

    var read: MosquittoFiles { MosquittoFiles(main: main, files: files) }

    func model(_ version: String = "2.0.11") -> MosquittoModel {
        MosquittoModel(read.lines, dialect: MosquittoDialect(version: version))
    }

    func planner(
        _ version: String = "2.0.11", port: UInt16 = 1883, hasCredentials: Bool = false, mayInclude: Bool = true
    ) -> ListenerPlanner {
        ListenerPlanner(
            files: files, main: main, directory: ours, path: ours + "/tedge-mosquitto.conf",
            listeners: ListenerConfiguration(port: port, address: "127.0.0.1"),
            dialect: MosquittoDialect(version: version), hasCredentials: hasCredentials, mayInclude: mayInclude)
    }

    /// A text without the temporary directory.
    func neutral(_ text: String) -> String { text.replacing(directory.path, with: "") }

    /// Addresses as on a device with `lo` and `eth0`.
    static let addresses = ListenerAddresses(
        resolve: { $0 == "gateway" ? [NetworkAddress(text: "10.0.0.1", isIPv6: false)] : [] },
        interfaces: [
            .init(name: "lo", address: .init(text: "127.0.0.1", isIPv6: false)),
            .init(name: "eth0", address: .init(text: "10.0.0.1", isIPv6: false)),
            .init(name: "eth0", address: .init(text: "fe80::1", isIPv6: true)),
        ])
}

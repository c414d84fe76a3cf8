import Foundation
import Glibc
import Synchronization

/// A throwaway gateway with its own root, systemd and network, and a second network for its cloud (see `device --help`).
///
/// It is gone when `down()` is called, when the last reference goes away, and when this process ends, however that happens.
final class Device: Sendable {
    /// Which mapper is installed: units for each cloud and its profiles, the older `tedge-mapper`, or none.
    enum Mapper: String, Sendable { case new, old, none }

    /// The directory of the instance's files.
    let state: String
    /// The device's systemd as this host sees it.
    let pid: pid_t
    /// The host's directory that is seen read-only as `/cloud` inside: where the stand-in cloud keeps its files.
    let cloudDirectory: String
    /// The name that every process group and mount of this instance carries; see `leftovers()`.
    let id: String

    private let teardown = Mutex<[@Sendable () -> Void]?>([])

    /// Boots a device.
    ///
    /// - Parameters:
    ///   - tedge: the executable to install as `/usr/bin/tedge`; nil for a device without it.
    ///   - restore: an archive of files that a former device had; see ``reboot``.
    ///   - owner: the process whose end takes the device down; this one by default.
    /// - Throws: ``DeviceError`` with what went wrong in words.
    init(
        tedge: String?, mapper: Mapper = .new, agent: Bool = true, tedgeUser: Bool = true,
        cloudDirectory: String? = nil,
        restore: String? = nil, owner: pid_t = getpid()
    ) throws {
        state = try Self.temporaryDirectory()
        self.cloudDirectory = cloudDirectory ?? "\(state)/cloud"
        var words = ["up", "--state", state, "--owner", String(owner)]
        if let tedge { words += ["--tedge", tedge] }
        if let restore { words += ["--restore", restore] }
        words += Self.rootOption + Self.furniture(mapper, agent) + (tedgeUser ? [] : ["--no-tedge-user"])
        if let cloudDirectory { words += ["--cloud-dir", cloudDirectory] }
        do {
            try Self.command(words)
            pid = pid_t(try runChild(["cat", "\(state)/init.pid"]).stdout.trimmed) ?? 0
            id = try runChild(["cat", "\(state)/id"]).stdout.trimmed
        } catch {
            rmdir(state)
            throw error
        }
    }

    deinit { down() }

    /// Adds something to do before the device ends; the last added is done first.
    func atTeardown(_ action: @escaping @Sendable () -> Void) {
        teardown.withLock { $0?.append(action) }
    }

    /// Ends the device and everything in it; nothing happens the second time.
    func down() {
        let actions = teardown.withLock { actions in
            defer { actions = nil }
            return actions
        }
        guard let actions else { return }
        actions.reversed().forEach { $0() }
        _ = try? runChild([Self.tool, "down", "--state", state])
    }

    /// Puts the device back to where it started, without a boot.
    func reset(mapper: Mapper = .new, agent: Bool = true) throws {
        try Self.command(["reset", "--state", state] + Self.furniture(mapper, agent))
    }

    /// Runs a command inside the device, as root unless told otherwise, in a clean environment.
    ///
    /// When it takes longer than `timeout` it is killed and the call throws.
    func run(_ words: [String], user: String? = nil, input: String = "", timeout: Duration = .seconds(60)) throws
        -> Outcome
    {
        let identity = user.map { ["--user", $0] } ?? []
        return try runChild(
            [Self.tool, "exec", "--state", state] + identity + ["--"] + words, input: input, timeout: timeout)
    }

    /// Runs a command in the cloud's network; what it starts ends with the device.
    func runInCloud(_ words: [String], input: String = "", timeout: Duration = .seconds(60)) throws -> Outcome {
        try runChild([Self.tool, "cloud-exec", "--state", state, "--"] + words, input: input, timeout: timeout)
    }

    private static func furniture(_ mapper: Mapper, _ agent: Bool) -> [String] {
        ["--mapper", mapper.rawValue, "--agent", agent ? "yes" : "no"]
    }

    private static func temporaryDirectory() throws -> String {
        var template = Array("/tmp/tedge-device-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw DeviceError(said: String(cString: strerror(errno))) }
        // Services that give up root, such as the cloud's mosquitto, read below it.
        chmod(template, 0o755)
        return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// What the tool `device` said when it could not do as told.
struct DeviceError: Error, CustomStringConvertible {
    var said: String
    var description: String { said }
}

extension Device {
    /// The tool beside this file.
    static let tool = String(#filePath.dropLast("Device.swift".count)) + "device"

    /// What the root of every device is made from: the directory that `TEDGE_TEST_ROOT` names, or this machine's root.
    static let root = ProcessInfo.processInfo.environment["TEDGE_TEST_ROOT"] ?? "/"

    private static let rootOption = ["--root", root]

    /// Why no device can be made here, in words; nil if one can.
    static let refusal: String? = {
        do {
            try command(["check"] + rootOption)
            return nil
        } catch {
            return String(describing: error)
        }
    }()

    /// What is still there of any device on this host; empty when all are gone.
    static func leftovers() throws -> [String] {
        try command(["leftovers"]).split(separator: "\n").map(String.init)
    }

    /// Runs the tool and returns what it printed.
    ///
    /// - Throws: ``DeviceError`` with what it said when it failed.
    @discardableResult
    static func command(_ words: [String]) throws -> String {
        let outcome = try runChild([tool] + words, timeout: .seconds(120))
        guard outcome.status == 0 else {
            let said = outcome.stderr.trimmed
            throw DeviceError(said: said.hasPrefix("device: ") ? String(said.dropFirst(8)) : said)
        }
        return outcome.stdout
    }
}

extension String {
    /// The text without white space at its end.
    var trimmed: String {
        var rest = self[...]
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}

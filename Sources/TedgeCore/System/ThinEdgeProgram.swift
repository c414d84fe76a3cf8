import Foundation

/// The program of thin-edge.io, which is its command, mapper, agent and plugins in one, where its package is installed beside
/// ours: the package of this program diverts it.
public enum ThinEdgeProgram {
    /// Where the diverted program lies.
    public static let path = "/usr/lib/thin-edge.io/tedge"

    /// The names under which the program is one of its components.
    public static let components = Set(links + ["tedge_agent", "tedge_mapper", "apt", "file", "flow"])

    /// The components that its `tedge init` gives a link beside the command.
    static let links = [
        "c8y-firmware-plugin", "c8y-remote-access-plugin", "tedge-agent", "tedge-apt-plugin",
        "tedge-file-config-plugin", "tedge-file-log-plugin", "tedge-flows-plugin", "tedge-mapper", "tedge-watchdog",
        "tedge-write",
    ]

    /// The commands that only thin-edge.io's program has.
    public static let commands: Set = ["bridge", "flows", "hsm", "http", "mapper", "run", "upload"]

    /// What does the same, or part of it, where that program is not installed; nil if nothing does.
    public static func instead(of command: String) -> String? {
        switch command {
        case "bridge": "'tedge doctor CLOUD' and 'tedge status' tell whether a bridge is up."
        case "http": "'curl' reaches the agent, at http.client.host and http.client.port."
        case "upload":
            "'curl' reaches the cloud through the mapper, at c8y.proxy.client.host and c8y.proxy.client.port."
        default: nil
        }
    }

    /// Whether it is installed. Where this program itself lies there, it is not.
    public static var isInstalled: Bool { unsafe access(path, X_OK) == 0 && !isThisProgram }

    private static var isThisProgram: Bool {
        var this = stat()
        var other = stat()
        guard unsafe stat("/proc/self/exe", &this) == 0, unsafe stat(path, &other) == 0 else { return false }
        return this.st_dev == other.st_dev && this.st_ino == other.st_ino
    }

    /// Becomes that program, with the words, name, streams and environment of this one. Returns only if it cannot be started.
    ///
    /// - Returns: Why it was not started.
    public static func become() -> SystemError {
        _ = unsafe execv(path, ProcessArguments.vector)
        return .last
    }
}

/// Has mosquitto read its configuration without serving anything, so that a configuration that it rejects does not cost
/// the device the broker that still runs.
struct BrokerTrial {
    let context: Context
    /// An address that no device has (RFC 5737): the trial ends at its first listener, after everything was read.
    private static let listener = "listener 1 192.0.2.1\n"
    private static let refusal = "Cannot assign requested address"

    /// What mosquitto says against its configuration; empty where it accepts it or where that cannot be tried.
    func complaints() -> [String] {
        guard let setup = MosquittoSetup.load(from: context) else { return [] }
        let path = "/tmp/\(randomClientID("tedge-mosquitto")).conf"
        // Its log, its process number and its database belong to the broker that runs.
        let own = Self.listener.utf8 + setup.without(["pid_file", "log_dest", "persistence", "persistence_location"])
        guard (try? context.files.create(path, with: Array(own), mode: 0o600, owner: nil)) != nil else { return [] }
        defer { _ = try? context.files.remove(path) }
        guard let result = MosquittoVersion.run(["-c", path], context.processes, context.interruption),
            !result.succeeded, !result.error.contains(Self.refusal)
        else { return [] }
        return result.error.split(separator: "\n").map { BrokerLog.withoutTime(String($0)) }
            .filter { $0.contains("rror") && !$0.contains(path) && !$0.contains("log file") }
    }
}

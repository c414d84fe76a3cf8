/// Where mosquitto writes its log, by `log_dest` (mosquitto.conf(5)).
struct MosquittoLog: Equatable {
    /// The file; nil if it writes to none.
    private(set) var file: String?
    /// The format of its times; nil for seconds since 1970.
    let timeFormat: String?
    /// Whether the log is in the journal: standard error and syslog go there.
    private(set) var usesJournal = false
    private var usesTopic = false
    private let runsOnSystemd: Bool

    /// Takes the configuration.
    init(_ lines: [MosquittoFiles.Line], runsOnSystemd: Bool) {
        self.runsOnSystemd = runsOnSystemd
        timeFormat = lines.last { $0.key == "log_timestamp_format" }?.value
        let destinations = lines.filter { $0.key == "log_dest" }.map(\.value)
        // `none` cancels the destinations before it.
        let last = destinations.lastIndex(of: "none").map { $0 + 1 } ?? 0
        for destination in destinations[last...] {
            switch destination.prefix(while: { $0 != " " }) {
            case "file":
                let path = destination.dropFirst("file".count).drop { $0 == " " || $0 == "\t" }
                if !path.isEmpty { file = String(path) }
            case "syslog", "stderr", "stdout": usesJournal = true
            case "topic": usesTopic = true
            default: break
            }
        }
        if destinations.isEmpty { usesJournal = true }
    }

    /// Reads the configuration of the device.
    init(_ context: Context) {
        let lines = MosquittoFiles(main: context.mosquittoConfiguration, files: context.files).lines
        self.init(lines, runsOnSystemd: context.files.exists(context.systemdDirectory))
    }

    /// The command that shows what mosquitto said last; nil if it logs nothing.
    var command: String? {
        if let file { return "sudo tail -n 50 \(file)" }
        if usesJournal, runsOnSystemd { return "sudo journalctl -u mosquitto -n 50" }
        if usesTopic { return "mosquitto_sub -t '$SYS/broker/log/#' -v" }
        return nil
    }

    /// What to do to see what mosquitto says.
    var hint: String {
        if let command {
            return command.contains("'")
                ? "Run \"\(command)\" to see what mosquitto says about it."
                : "Run '\(command)' to see what mosquitto says about it."
        }
        return usesJournal
            ? "Look at what mosquitto prints on its standard error."
            : "Add the line 'log_dest stderr' to mosquitto's configuration to see what mosquitto says about it."
    }
}

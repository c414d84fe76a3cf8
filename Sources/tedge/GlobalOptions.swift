import ArgumentParsing
import TedgeCore

/// The options that every command takes, before or after its name.
struct GlobalOptions: ParsableArguments {
    @Option(
        .long("config-dir"), help: "Directory of the configuration. [env: TEDGE_CONFIG_DIR]", valueName: "DIR",
        defaultText: "/etc/tedge", completion: .directory, parse: directory)
    var configDir: String?
    @Flag(.long("json"), help: "Print one JSON object on stdout, and progress on stderr.") var json: Bool
    @Flag(.long("debug"), help: "Say on stderr what is done. Secrets are left out.") var debug: Bool
    @Option(.long("log-level"), help: "Least important message that is written.", valueName: "LEVEL")
    var logLevel: LogLevel?

    var arguments: [BoundArgument] { [$configDir, $json, $debug, $logLevel] }

    /// Refuses what a script or a shell has left of the name of a directory.
    private static func directory(_ word: String) throws -> String {
        if word.isEmpty { throw InvalidValue("the name of a directory is expected") }
        guard word.first != "~" else {
            throw InvalidValue("only a shell puts a directory instead of '~': give the whole path")
        }
        return word
    }

    /// The more talkative of the two wishes; nil if neither is there.
    var level: LogLevel? { debug ? max(logLevel ?? .debug, .debug) : logLevel }
}

extension LogLevel: ExpressibleByArgument {
    /// Reads the name of a level; letter case does not count.
    public init(argument: String) throws {
        guard let level = LogLevel(rawValue: argument.lowercased()) else { throw InvalidValue("") }
        self = level
    }
}

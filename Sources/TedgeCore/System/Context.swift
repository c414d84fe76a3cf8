import Foundation
import MQTT
import Sockets

/// The capabilities that a command may use: files, processes, clock, network, terminal. Everything with an effect gets it as a
/// parameter.
public struct Context: Sendable {
    /// The configuration directory, an absolute path.
    var configurationDirectory: String
    /// The variables of the environment.
    public var environment: [String: String]
    /// The current directory.
    public var currentDirectory: @Sendable () -> String
    /// The files of the device.
    var files: any Files
    /// The users and groups of the device.
    var accounts: any Accounts
    /// The programs of the device.
    var processes: any Processes
    /// The broker on the device.
    var broker: any MQTTConnector
    /// The cloud's HTTPS service.
    var web: any WebService
    /// The seconds since 1970.
    var now: @Sendable () -> Int64
    /// Where the command prints.
    public var console: Console
    /// Tells whether the user wants the command to end.
    var interruption: Interruption
    /// The user's terminal.
    var terminal: any Terminal
    /// Where received messages are printed.
    var output: any MessageOutput = StandardOutput()
    /// The main file of mosquitto's configuration.
    var mosquittoConfiguration = "/etc/mosquitto/mosquitto.conf"
    /// Whether that file may be changed without an explicit request: only for the default configuration directory.
    var ownsMosquitto = true
    /// The addresses of the network interfaces.
    var interfaces: @Sendable () -> [NetworkInterface] = NetworkInterface.all
    /// The addresses of a host name; empty if it has none, or if no name server answers within two seconds.
    var addresses: @Sendable (_ host: String) -> [NetworkAddress] = { host in
        let waiter = Waiter<MQTTError>(interrupted: { Interruption.wasReceived })
        return (try? AddressLookup.addresses(of: host, until: .now + .seconds(2), waiter)) ?? []
    }
    /// The error of listening on an address and port; nil if it works.
    var listening: @Sendable (_ address: String, _ port: UInt16) -> SystemError? = { address, port in
        LocalAddress.refusal(address, port: port).map { SystemError($0) }
    }
    /// The rehearsal that this is the context of: nothing is changed. Nil in a real run.
    var rehearsal: Rehearsal?
    /// How systemd starts mosquitto; nil if unknown.
    var mosquittoUnit: MosquittoUnit?
    /// The unit as systemd reported it, once it was asked.
    let knownUnit = KnownUnit()
    /// Where the kernel shows processes and sockets, proc(5).
    var processDirectory = "/proc"
    /// How long a command waits for another one that holds the lock, in seconds.
    var lockTimeout = 30
    /// The pause before a request that the cloud did not answer is repeated.
    var retryPause = Duration.seconds(2)
    /// Looks up host names.
    var resolver = AddressLookup.system
    /// Makes a TLS handshake with a cloud.
    var cloudProbe: CloudProbe = Context.realProbe
    /// Why a library of the system cannot be opened; nil if it can.
    var libraryProblem: @Sendable (SystemLibrary) -> String? = { $0.problem }
    /// A directory that exists if systemd runs.
    var systemdDirectory = "/run/systemd/system"
    /// The directory of the units that the administrator makes.
    var unitDirectory = "/etc/systemd/system"
    /// The directory of programs, in which thin-edge.io has links.
    var programDirectory = "/usr/bin"
    /// Where thin-edge.io's program lies if it is installed beside this one.
    var thinEdgeProgram = ThinEdgeProgram.path
    /// The profiles of AppArmor.
    var appArmorDirectory = "/etc/apparmor.d"
    /// Where the kernel shows which of them it has.
    var appArmorKernelDirectory = "/sys/kernel/security/apparmor"

    /// Combines capabilities.
    init(
        configurationDirectory: String, environment: [String: String],
        currentDirectory: @escaping @Sendable () -> String, files: any Files, accounts: any Accounts,
        processes: any Processes, broker: any MQTTConnector, web: any WebService, now: @escaping @Sendable () -> Int64,
        console: Console, interruption: Interruption, terminal: any Terminal
    ) {
        self.configurationDirectory = configurationDirectory
        self.environment = environment
        self.currentDirectory = currentDirectory
        self.files = files
        self.accounts = accounts
        self.processes = processes
        self.broker = broker
        self.web = web
        self.now = now
        self.console = console
        self.interruption = interruption
        self.terminal = terminal
    }

    /// The real context of this process.
    ///
    /// - Parameters:
    ///   - configurationDirectory: The directory of an option; if nil, that of `TEDGE_CONFIG_DIR` or the default. It may be
    ///     relative to the current directory.
    ///   - isJSON: Whether the result is printed as JSON.
    ///   - logLevel: The level of an option; if nil, that of the environment or `system.toml`.
    public static func real(configurationDirectory: String?, isJSON: Bool, logLevel: LogLevel? = nil) -> Context {
        // First, so that no signal is lost.
        let interruption = Interruption.ofProcess()
        let environment = ProcessEnvironment.variables
        let currentDirectory: @Sendable () -> String = { FileManager.default.currentDirectoryPath }
        let typed = configurationDirectory ?? environment["TEDGE_CONFIG_DIR"].flatMap { $0.isEmpty ? nil : $0 }
        let directory = typed ?? usualDirectory
        let path = Path.absolute(directory, relativeTo: currentDirectory())
        let files = SystemFiles()
        let logLevel = logLevel ?? .configured(environment, SystemSettings.path(in: path), files)
        let console = Console.standard(isJSON: isJSON, level: logLevel)
        var context = Context(
            configurationDirectory: path, environment: environment, currentDirectory: currentDirectory, files: files,
            accounts: SystemAccounts(interruption), processes: SystemProcesses(environment: environment),
            broker: LibmosquittoConnector(), web: HTTPSClient(), now: { Int64(time(nil)) },
            console: console, interruption: interruption.orLostOutput(of: console), terminal: ControllingTerminal())
        // What does not exist has the real path of its parent.
        let exist = files.isDirectory(path) && files.isDirectory(usualDirectory)
        context.ownsMosquitto =
            path == usualDirectory || (exist && (try? files.realPath(path)) == (try? files.realPath(usualDirectory)))
        return logLevel > .warn ? context.logged : context
    }

    /// The same context, which logs to stderr what the console's level asks for.
    var logged: Context {
        let log = EventLog(console)
        var context = self
        context.files = LoggedFiles(base: files, log: log)
        context.processes = LoggedProcesses(base: processes, log: log)
        context.broker = LoggedConnector(base: broker, log: log)
        context.web = LoggedWebService(base: web, log: log)
        return context
    }

    /// The default configuration directory.
    static let usualDirectory = "/etc/tedge"

    /// The source of settings in this context.
    var settingsSource: SettingsSource {
        let files = files
        return SettingsSource(
            directory: configurationDirectory, environment: environment, currentDirectory: currentDirectory,
            read: { path throws(FileError) in try files.readIfPresent(path) },
            listDirectory: { path throws(FileError) in try files.list(path) },
            certificateCommonName: { path throws(CertificateError) in
                try CertificateFile.commonName(at: path, files: files)
            })
    }
}

import Foundation
import MQTT
import Sockets

/// The ways to the world, passed to everything that has an effect.
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
    /// What is printed.
    public var console: Console
    /// The wish of the user that the command ends.
    var interruption: Interruption
    /// The person's terminal.
    var terminal: any Terminal
    /// Where messages go as they come.
    var output: any MessageOutput = StandardOutput()
    /// The main file of mosquitto's configuration.
    var mosquittoConfiguration = "/etc/mosquitto/mosquitto.conf"
    /// Whether that file may be changed without being asked to: only the default configuration is the machine's own.
    var ownsMosquitto = true
    /// The addresses of the network interfaces.
    var interfaces: @Sendable () -> [NetworkInterface] = NetworkInterface.all
    /// The addresses of a host name; none if it has none, or no name server answers in two seconds.
    var addresses: @Sendable (_ host: String) -> [NetworkAddress] = { host in
        let waiter = Waiter<MQTTError>(interrupted: { Interruption.wasReceived })
        return (try? AddressLookup.addresses(of: host, until: .now + .seconds(2), waiter)) ?? []
    }
    /// Why a program cannot listen on an address and port; nil if it can.
    var listening: @Sendable (_ address: String, _ port: UInt16) -> SystemError? = { address, port in
        LocalAddress.refusal(address, port: port).map { SystemError($0) }
    }
    /// How systemd starts mosquitto; nil if that is not known.
    var mosquittoUnit: MosquittoUnit?
    /// The same, as far as it was asked for.
    let knownUnit = KnownUnit()
    /// Where the kernel shows its processes and sockets, proc(5).
    var processDirectory = "/proc"
    /// How long a command waits for another one that changes the configuration, in seconds.
    var lockPatience = 30
    /// The pause before what the cloud did not answer is tried again.
    var retryPause = Duration.seconds(2)
    /// The name servers.
    var resolver = AddressLookup.system
    /// The way to shake hands with a cloud.
    var cloudProbe: CloudProbe = Context.realProbe
    /// Why a library of the system cannot be opened; nil if it is there.
    var libraryProblem: @Sendable (SystemLibrary) -> String? = { $0.problem }
    /// A directory that is there where systemd runs.
    var systemdDirectory = "/run/systemd/system"

    /// Gathers the ways.
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

    /// The real world. A configuration directory that is not absolute is taken from the current one, and a level that is
    /// not given from the environment and `system.toml`.
    public static func real(configurationDirectory: String?, isJSON: Bool, logLevel: LogLevel? = nil) -> Context {
        // First of all: a signal that comes meanwhile is not lost.
        let interruption = Interruption.ofProcess()
        let environment = ProcessInfo.processInfo.environment
        let currentDirectory: @Sendable () -> String = { FileManager.default.currentDirectoryPath }
        let typed = configurationDirectory ?? environment["TEDGE_CONFIG_DIR"].flatMap { $0.isEmpty ? nil : $0 }
        let directory = typed ?? usualDirectory
        let place = Path.absolute(directory, relativeTo: currentDirectory())
        let files = SystemFiles()
        let logLevel = logLevel ?? .configured(environment, SystemSettings.path(in: place), files)
        let console = Console.standard(isJSON: isJSON, level: logLevel)
        var context = Context(
            configurationDirectory: place, environment: environment, currentDirectory: currentDirectory, files: files,
            accounts: SystemAccounts(interruption), processes: SystemProcesses(environment: environment),
            broker: LibmosquittoConnector(), web: HTTPSClient(), now: { Int64(time(nil)) },
            console: console, interruption: interruption.orLostOutput(of: console), terminal: ControllingTerminal())
        context.ownsMosquitto =
            place == "/etc/tedge" || (try? files.realPath(place)) == (try? files.realPath("/etc/tedge"))
        return logLevel > .warn ? context.logged : context
    }

    /// The same ways, with what goes over them told on stderr as far as the console's level asks for it.
    var logged: Context {
        let log = EventLog(console)
        var context = self
        context.files = LoggedFiles(base: files, log: log)
        context.processes = LoggedProcesses(base: processes, log: log)
        context.broker = LoggedConnector(base: broker, log: log)
        context.web = LoggedWebService(base: web, log: log)
        return context
    }

    /// The configuration directory where none is named.
    static let usualDirectory = "/etc/tedge"

    /// Where settings come from in this world.
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

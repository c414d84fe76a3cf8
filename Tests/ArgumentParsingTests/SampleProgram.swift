@testable import ArgumentParsing

// A program with every shape of declaration, in the manner of the real one. The tests read words with it.

struct SampleGlobals: ParsableArguments {
    @Option(
        .long("config-dir"), help: "Directory of the configuration.", valueName: "DIR", defaultText: "/etc/tedge",
        completion: .directory)
    var configDir: String?
    @Flag(.long("json"), help: "Print one JSON object.") var json: Bool
    @Option(.long("log-level"), help: "Least important message that is written.", valueName: "LEVEL")
    var logLevel: LogLevel = .warn

    var arguments: [BoundArgument] { [$configDir, $json, $logLevel] }
}

enum LogLevel: String, CaseIterable, ExpressibleByArgument {
    case error, warn, info, debug

    init(argument: String) throws {
        guard let level = LogLevel(rawValue: argument.lowercased()) else { throw InvalidValue("") }
        self = level
    }
}

enum Cloud: String, CaseIterable, ExpressibleByArgument {
    case c8y, az, aws
}

struct Sample: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "tedge", abstract: "Put this device on a cloud.",
        discussion: """
            Exit status:
              0  done
              2  wrong usage; also a key that is not known, and anything else that makes it impossible to tell what is wanted
            """,
        subcommands: [
            SampleInit.self, SampleConfig.self, SampleCertificate.self, SampleConnect.self, SampleMQTT.self,
            SampleMigrate.self,
        ])
}

struct SampleInit: ParsableCommand {
    static let configuration = CommandConfiguration(name: "init", abstract: "Make the directories.")
}

struct SampleMigrate: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "migrate", abstract: "Move old settings.", isHidden: true)

    @Flag(.long("dry-run"), help: "Only look.") var dryRun: Bool

    var arguments: [BoundArgument] { [$dryRun] }
}

struct SampleConfig: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "config", abstract: "Read and change settings.",
        subcommands: [SampleGet.self, SampleSet.self, SampleList.self])
}

struct SampleGet: ParsableCommand {
    static let configuration = CommandConfiguration(name: "get", abstract: "Print the value of a setting.")
    static let keys = ["c8y.url", "az.url", "device.id"]

    @Argument(
        "KEY", help: "Key of the setting, as in 'c8y.url'.", completion: .custom("setting-key"),
        suggestions: { _ in keys },
        parse: { word in
            guard keys.contains(word) else { throw InvalidValue("no setting has this key") }
            return word
        })
    var key: String
    @Option(.long("profile"), .short("p"), help: "Cloud profile.", valueName: "NAME") var profile: String?
    @Flag(.long("all"), .short("a"), help: "Print it even where it is not set.") var all: Bool
    @Flag(.short("q"), help: "Print nothing.", conflicts: ["--all"]) var quiet: Bool

    var arguments: [BoundArgument] { [$key, $profile, $all, $quiet] }
}

struct SampleSet: ParsableCommand {
    static let configuration = CommandConfiguration(name: "set", abstract: "Change a setting.")

    @Argument("KEY", help: "Key of the setting.") var key: String
    @Argument("VALUE", help: "The new value.") var value: String

    var arguments: [BoundArgument] { [$key, $value] }
}

struct SampleList: ParsableCommand {
    static let configuration = CommandConfiguration(name: "list", abstract: "Print all settings.")

    @Flag(.long("doc"), help: "Explain each key.") var doc: Bool
    @Argument("FILTER", help: "Part of the key.") var filter: String?

    var arguments: [BoundArgument] { [$doc, $filter] }
}

struct SampleCertificate: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "cert", abstract: "Handle the certificate.", subcommands: [SampleCreate.self, SampleUpload.self])
}

struct SampleCreate: ParsableCommand {
    static let configuration = CommandConfiguration(name: "create", abstract: "Make a certificate.")

    @Option(.long("device-id"), help: "Identity of the device.", valueName: "ID") var deviceId: String
    @Option(.long("validity"), help: "Days until it ends.") var validity: UInt16 = 365
    @Option(.long("key-file"), help: "Where the key goes.", completion: .file, conflicts: ["--validity"])
    var keyFile: String?

    var arguments: [BoundArgument] { [$deviceId, $validity, $keyFile] }

    func validate() throws(UsageError) {
        if deviceId.isEmpty { throw UsageError(.other("a device needs an identity")) }
    }
}

struct SampleUpload: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "upload", abstract: "Bring the certificate to a cloud.", subcommands: [SampleUploadC8y.self])
}

struct SampleUploadC8y: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "c8y", abstract: "Bring the certificate to Cumulocity.",
        discussion: "Examples:\n  tedge cert upload c8y --user me")

    @Option(.short("u"), .long("user"), help: "User of the cloud.") var user: String

    var arguments: [BoundArgument] { [$user] }
}

struct SampleTimes: ParsableArguments {
    @Option(.long("timeout"), .short("t"), help: "Seconds to wait.", valueName: "SECONDS") var timeout: Int = 30

    var arguments: [BoundArgument] { [$timeout] }

    func validate() throws(UsageError) {
        guard timeout < 0 else { return }
        throw UsageError(
            .invalidValue("\(timeout)", argument: "--timeout <SECONDS>", reason: "time does not run backwards"))
    }
}

struct SampleConnect: ParsableCommand {
    static let configuration = CommandConfiguration(name: "connect", abstract: "Connect to a cloud.")

    @Argument("CLOUD", help: "The cloud.") var cloud: Cloud
    @Flag(.long("test"), help: "Only check.", conflicts: ["--offline"]) var test: Bool
    @Flag(.long("offline"), help: "Check nothing.") var offline: Bool
    var times = SampleTimes()

    var arguments: [BoundArgument] { [$cloud, $test, $offline] + times.arguments }

    func validate() throws(UsageError) { try times.validate() }
}

struct SampleMQTT: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "mqtt", abstract: "Send and receive.", subcommands: [SamplePublish.self, SampleSubscribe.self])
}

struct SamplePublish: ParsableCommand {
    static let configuration = CommandConfiguration(name: "pub", abstract: "Send a message.")

    @Argument("TOPIC", help: "Where to.") var topic: String
    @Argument("MESSAGE", help: "What, if not nothing.") var message: String = ""
    @Flag(.short("r"), .long("retain"), help: "Keep it.") var retain: Bool
    @Flag(.short("b"), .long("base64"), help: "Decode it.") var base64: Bool
    @Option(.short("q"), .long("qos"), help: "Quality of service.", completion: .values(["0", "1", "2"]))
    var qos: UInt8 = 0
    @Option(.long("header"), .long("property"), help: "A pair, any number of times.", valueName: "HEADERS") var headers:
        [String] = []

    var arguments: [BoundArgument] { [$topic, $message, $retain, $base64, $qos, $headers] }
}

struct SampleSubscribe: ParsableCommand {
    static let configuration = CommandConfiguration(name: "sub", abstract: "Receive messages.")

    @Option(.short("C"), .long("count"), help: "Messages to wait for.") var count: Int?
    @Argument("TOPIC", help: "Topics.") var topics: [String]

    var arguments: [BoundArgument] { [$count, $topics] }
}

/// A parser of the sample.
let sampleParser = CommandParser(root: Sample.self, globals: SampleGlobals.self, version: "1.2.3")

extension UInt8: ExpressibleByArgument {}
extension UInt16: ExpressibleByArgument {}

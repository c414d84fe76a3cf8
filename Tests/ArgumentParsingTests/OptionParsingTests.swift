import ArgumentParsing
import Testing

@Suite("Options and flags")
struct OptionParsingTests {
    @Test(
        "a value is given behind the name, behind an equals sign or attached to the short name",
        arguments: ["--profile edge", "--profile=edge", "-p edge", "-pedge", "-p=edge"])
    func value(option: String) throws {
        #expect(try command(SampleGet.self, "config get device.id \(option)").profile == "edge")
        #expect(try command(SampleGet.self, "config get \(option) device.id").profile == "edge")
    }

    @Test(
        "short flags can be written in one word, the last one with a value",
        arguments: ["-rb -q1", "-rbq1", "-br -q=1", "-rbq 1", "-r -b --qos 1", "--retain --base64 -q 1"])
    func cluster(options: String) throws {
        let publish = try command(SamplePublish.self, "mqtt pub topic text \(options)")
        #expect(publish.retain)
        #expect(publish.base64)
        #expect(publish.qos == 1)
    }

    @Test("flags that are not given are false, options have their defaults, optional ones are nil")
    func defaults() throws {
        let publish = try command(SamplePublish.self, "mqtt pub topic")
        #expect(!publish.retain)
        #expect(publish.qos == 0)
        #expect(publish.message.isEmpty)
        #expect(publish.headers.isEmpty)
        #expect(try command(SampleGet.self, "config get device.id").profile == nil)
        #expect(try command(SampleConnect.self, "connect az").times.timeout == 30)
    }

    @Test(
        "a value that begins with a dash is attached",
        arguments: [("--profile=-x", "-x"), ("--profile=--all", "--all"), ("-p-x", "-x"), ("-p=-x", "-x")])
    func dashValue(option: String, value: String) throws {
        let get = try command(SampleGet.self, "config get device.id \(option)")
        #expect(get.profile == value)
        #expect(!get.all)
    }

    @Test(
        "what stands behind the first equals sign is the value as it is",
        arguments: [("--profile=", ""), ("--profile=a=b", "a=b"), ("--profile==", "="), ("-p=", ""), ("-p==", "=")])
    func equals(option: String, value: String) throws {
        #expect(try command(SampleGet.self, ["config", "get", "device.id", option]).profile == value)
    }

    @Test("an empty word and a single dash are values")
    func emptyAndDash() throws {
        #expect(try command(SampleGet.self, ["config", "get", "device.id", "--profile", ""]).profile == "")
        #expect(try command(SampleGet.self, "config get device.id --profile -").profile == "-")
    }

    @Test("a value can begin with a combining character")
    func combining() throws {
        let get = try command(SampleGet.self, ["config", "get", "device.id", "--profile=\u{301}a"])
        #expect(get.profile == "\u{301}a")
    }

    @Test("a value is missing at the end, before another option and before two dashes")
    func missingValue() throws {
        let missing = UsageError.Kind.missingValue(argument: "--profile <NAME>", allowedValues: [])
        let atEnd = try usageError("config get device.id --profile")
        #expect(atEnd.kind == missing)
        #expect(atEnd.tip == nil)
        let beforeOption = try usageError("config get --profile --all device.id")
        #expect(beforeOption.kind == missing)
        #expect(beforeOption.tip == .passAsValue("--all", option: "--profile"))
        let beforeDashes = try usageError("config get -p -- device.id")
        #expect(beforeDashes.kind == missing)
        #expect(beforeDashes.tip == nil)
    }

    @Test("the tip for a negative number as value works as it says")
    func negativeNumber() throws {
        #expect(try usageError("mqtt sub topic -C -5").tip == .passAsValue("-5", option: "-C"))
        #expect(try command(SampleSubscribe.self, "mqtt sub topic -C=-5").count == -5)
        #expect(try command(SampleSubscribe.self, "mqtt sub topic --count=-5").count == -5)
    }

    @Test("a flag takes no value", arguments: ["--all=true", "--all=", "-a=true", "-a="])
    func flagWithValue(flag: String) throws {
        let value = String(flag[flag.firstIndex(of: "=")!...].dropFirst())
        let name = String(flag.prefix { $0 != "=" })
        #expect(
            try usageError("config get device.id \(flag)").kind == .unexpectedValue(value, argument: name))
    }

    @Test(
        "what takes one value is given once", arguments: ["--profile a --profile b", "-pa --profile=a", "-pa -pa"])
    func twice(options: String) throws {
        let error = try usageError("config get device.id \(options)")
        #expect(error.kind == .usedMultipleTimes(argument: "--profile <NAME>"))
        #expect(error.usage == "tedge config get [OPTIONS] <KEY>")
    }

    @Test("a flag of a command is given once", arguments: ["-aa", "-a --all", "--all --all"])
    func flagTwice(flags: String) throws {
        #expect(try usageError("config get device.id \(flags)").kind == .usedMultipleTimes(argument: "--all"))
    }

    @Test("an array option collects its values under all its names, in their order")
    func repeating() throws {
        let publish = try command(SamplePublish.self, "mqtt pub t --header a --property=b --header c")
        #expect(publish.headers == ["a", "b", "c"])
    }

    @Test("two that exclude each other are named, the one that says so first, in whatever order they are given")
    func conflicts() throws {
        let conflict = UsageError.Kind.conflict("--test", with: "--offline")
        #expect(try usageError("connect c8y --test --offline").kind == conflict)
        #expect(try usageError("connect c8y --offline --test").kind == conflict)
        #expect(
            try usageError("cert create --device-id d --validity 3 --key-file f").kind
                == .conflict("--key-file <KEY_FILE>", with: "--validity <VALIDITY>"))
        #expect(try usageError("config get device.id -qa").kind == .conflict("-q", with: "--all"))
    }

    @Test("a default is no reason for a conflict")
    func defaultAndConflict() throws {
        let create = try command(SampleCreate.self, "cert create --device-id d --key-file f")
        #expect(create.keyFile == "f")
        #expect(create.validity == 365)
    }

    @Test("a required option has to be given")
    func required() throws {
        #expect(try usageError("cert create").kind == .missingRequired(["--device-id <ID>"]))
        #expect(try usageError("cert upload c8y").kind == .missingRequired(["--user <USER>"]))
        #expect(try command(SampleUploadC8y.self, "cert upload c8y -u me").user == "me")
    }

    @Test("the value has to be of the type", arguments: ["x", "-1", "65536", "1.5", ""])
    func type(value: String) throws {
        let error = try usageError(["cert", "create", "--device-id", "d", "--validity=\(value)"])
        guard case .invalidValue(value, "--validity <VALIDITY>", let reason, []) = error.kind else {
            throw error
        }
        #expect(!reason.isEmpty)
    }

    @Test("names count letter case")
    func letterCase() throws {
        #expect(try usageError("config get device.id --ALL").tip == .similarArgument("--all"))
        #expect(try usageError("config get device.id -A").kind == .unexpectedArgument("-A"))
    }

    @Test(
        "short names of global options are taken at every level and among those of the command",
        arguments: [
            "-jd/x config get device.id -a", "config -j get -d /x device.id -a", "config get device.id -ajd=/x",
        ])
    func globalShortNames(line: String) throws {
        let parser = CommandParser(root: Sample.self, globals: ShortGlobals.self, version: "1")
        guard case .command(let command, let globals, _) = try parser.parse(line.split(separator: " ").map(String.init))
        else { throw ReadingFailure.notACommand }
        #expect(globals.json)
        #expect(globals.directory == "/x")
        #expect((command as? SampleGet)?.all == true)
    }

    private struct ShortGlobals: ParsableArguments {
        @Flag(.short("j"), help: "Print one JSON object.") var json: Bool
        @Option(.short("d"), help: "Directory.") var directory: String?

        var arguments: [BoundArgument] { [$json, $directory] }
    }
}

import Glibc
import Testing
import TestSupport

@Suite("config", .serialized) struct SettingsTests {
    @Test("a value that is set is there, and only its line of the file has changed")
    func setAndGet() throws {
        let gateway = try Gateway()
        let file = """
            # by hand
            [mqtt.bind]
            port = 1884 # not 1883

            [unknown.table]
            a = { b = [1, 2] }

            [c8y]
            url = 'old.example.com' # the tenant

            """
        try write(file, to: gateway.path("tedge.toml"))
        let set = try gateway.tedge("config", "set", "c8y.url", "new.example.com")
        #expect(set.status == 0 && set.output == "")
        #expect(set.errors.hasPrefix("Warning: ") && set.errors.contains("unknown.table"))
        #expect(gateway.text("tedge.toml") == file.replacing("'old.example.com'", with: "\"new.example.com\""))
        #expect(try gateway.tedge("config", "get", "c8y.url").output == "new.example.com\n")
        try gateway.tedge("config", "unset", "c8y.url").expectSuccess()
        #expect(gateway.text("tedge.toml") == file.replacing("url = 'old.example.com' # the tenant\n", with: ""))
        let none = try gateway.tedge("config", "get", "c8y.url")
        #expect(none.status == 1 && none.output == "" && none.errors.contains("c8y.url"))
    }

    @Test("a key that there is not is wrong usage, with the one that may be meant")
    func unknownKey() throws {
        let gateway = try Gateway()
        let before = try gateway.snapshot()
        for words in [["get", "c8y.ulr"], ["set", "c8y.ulr", "x"], ["unset", "c8y.ulr"]] {
            let outcome = try gateway.run(["config"] + words)
            #expect(outcome.status == 2 && outcome.output == "")
            #expect(outcome.errors.contains("c8y.ulr") && outcome.errors.contains("c8y.url"))
        }
        #expect(try gateway.snapshot() == before)
    }

    @Test(
        "a value that is refused changes nothing and says why",
        arguments: [
            ("mqtt.bind.port", "70000"), ("mqtt.bind.port", "x"), ("c8y.url", ""), ("c8y.url", "a\nb"),
            ("c8y.url", "a b"),
        ])
    func refused(key: String, value: String) throws {
        let gateway = try Gateway()
        let before = try gateway.snapshot()
        let outcome = try gateway.run(["config", "set", key, value])
        #expect(outcome.status == 1 && outcome.output == "")
        #expect(outcome.errors.hasPrefix("Error: "))
        #expect(try gateway.snapshot() == before)
    }

    @Test("a pasted address is taken as its host, and said so")
    func pasted() throws {
        let gateway = try Gateway()
        let outcome = try gateway.tedge("config", "set", "c8y.url", "https://example.com/apps/")
        #expect(outcome.status == 0 && outcome.output == "" && outcome.errors.contains("example.com"))
        #expect(try gateway.tedge("config", "get", "c8y.url").output == "example.com\n")
    }

    @Test("a broken file is said with line and column, and nothing is written")
    func broken() throws {
        let gateway = try Gateway()
        try write("[c8y]\nurl = example.com\n", to: gateway.path("tedge.toml"))
        let before = try gateway.snapshot()
        for words in [
            ["config", "get", "c8y.url"], ["config", "set", "c8y.url", "x"], ["config", "list"], ["connect", "c8y"],
        ] {
            let outcome = try gateway.run(words)
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("tedge.toml, line 2, column 7: "))
        }
        #expect(try gateway.snapshot() == before)
    }

    @Test("list shows what is set, --all what there is, --doc what it means, and --json where it comes from")
    func list() throws {
        let gateway = try Gateway()
        let some = try gateway.tedge("config", "list", environment: ["TEDGE_C8Y_URL": "env.example.com"])
        #expect(some.status == 0 && some.output.contains("mqtt.bind.port=\(gateway.port)\n"))
        #expect(some.output.contains("c8y.url=env.example.com\n"))
        let all = try gateway.tedge("config", "list", "--all")
        #expect(all.output.split(separator: "\n").count > some.output.split(separator: "\n").count)
        let filtered = try gateway.tedge("config", "list", "bind.port")
        #expect(filtered.output.split(separator: "\n").allSatisfy { $0.contains("bind.port") })
        #expect(try gateway.tedge("config", "list", "--doc").output.contains("c8y.url"))
        let json = try gateway.tedge("--json", "config", "list", "--all")
        let look = """
            import json, sys
            found = json.load(sys.stdin)
            origins = {setting["key"]: setting["origin"] for setting in found["settings"]}
            print(found["command"], found["result"], origins["mqtt.bind.port"])
            """
        let read = try ChildProcess.run("/usr/bin/python3", ["-c", look], input: json.output)
        #expect(read.errors == "")
        #expect(read.output.hasPrefix("config list ok file"))
    }

    @Test("commands that read work where nothing can be written, and write nothing")
    func readOnly() throws {
        let gateway = try Gateway()
        try gateway.tedge("cert", "create", "--device-id", "gateway-1").expectSuccess()
        let before = try gateway.snapshot()
        for words in [["config", "get", "device.id"], ["config", "list", "--all"], ["cert", "show"]] {
            let outcome = try gateway.runAsStranger(words)
            #expect(outcome.status == 0 && outcome.errors == "" && !outcome.output.isEmpty)
        }
        #expect(try gateway.snapshot() == before)
    }

    @Test("a reader that goes away ends the program quietly")
    func closedReader() throws {
        let gateway = try Gateway()
        let line = "(\"$0\" config list --doc; echo $? >&2) | head -n 1 >/dev/null"
        let done = try ChildProcess.run(
            "bash", ["-c", line, releaseExecutable], environment: gateway.environment)
        #expect(["0\n", "141\n"].contains(done.errors))
    }

    @Test("the directory comes from the option, else from the environment")
    func directory() throws {
        let (one, two) = (try Gateway(), try Gateway())
        try one.tedge("--config-dir", two.configuration, "config", "set", "c8y.url", "two.example.com").expectSuccess()
        #expect(try two.tedge("config", "get", "c8y.url").output == "two.example.com\n")
        #expect(try one.tedge("config", "get", "c8y.url").status == 1)
        #expect(
            try one.tedge("config", "get", "c8y.url", "--config-dir", two.configuration).output == "two.example.com\n")
    }

    @Test("an upgrade moves what earlier releases stored, and every command goes on as before")
    func upgrade() throws {
        let gateway = try Gateway()
        try write("[c8y]\nurl = 'a.example.com' # ours\n\n[mqtt]\nport = 1884\n", to: gateway.path("tedge.toml"))
        let before = try gateway.tedge("config", "list").output
        let done = try gateway.tedge("config", "upgrade")
        #expect(done.status == 0 && done.output == "")
        #expect(done.errors.hasPrefix("Configuration updates completed successfully.\n"))
        #expect(done.errors.contains("\(gateway.path("tedge.toml.bak")) in case"))
        #expect(gateway.text("mappers/c8y/mapper.toml") == "cloud_type = \"c8y\"\nurl = 'a.example.com' # ours\n")
        #expect(gateway.text("tedge.toml") == "[mqtt]\nbind.port = 1884\n\n[config]\nversion = \"2\"\n")
        #expect(try gateway.tedge("config", "list").output == before)
        try gateway.tedge("config", "set", "c8y.url", "b.example.com").expectSuccess()
        #expect(gateway.text("mappers/c8y/mapper.toml") == "cloud_type = \"c8y\"\nurl = \"b.example.com\" # ours\n")
        let again = try gateway.tedge("config", "upgrade")
        #expect(again == Outcome(status: 0, errors: "Configuration is already up to date, nothing was migrated.\n"))
    }

    @Test("files in TOML 1.1 are read and edited in place, also that of the mapper and system.toml")
    func newerTOML() throws {
        let gateway = try Gateway()
        let text =
            "device = { # \u{E4}\n  type = \"a\\x41\\e\", # a\n}\nmqtt.bind.port = \(gateway.port)\nmade = 07:32\n"
        try write(text, to: gateway.path("tedge.toml"))
        let listed = try gateway.tedge("config", "list")
        #expect(listed.status == 0 && listed.errors.contains("control character U+001B"), "\(listed)")
        try gateway.tedge("config", "set", "device.type", "b").expectSuccess()
        try gateway.tedge("config", "set", "device.id", "gateway-1").expectSuccess()
        #expect(
            gateway.text("tedge.toml")
                == "device = { # \u{E4}\n  type = \"b\", # a\n  id = \"gateway-1\",\n}\nmqtt.bind.port = \(gateway.port)\n"
                + "made = 07:32\n")
        try gateway.tedge("config", "unset", "device.type").expectSuccess()
        #expect(gateway.text("tedge.toml")?.hasPrefix("device = { # \u{E4}\n  id = \"gateway-1\",\n}\n") == true)
        _ = try ChildProcess.run("mkdir", ["-p", gateway.path("mappers/c8y")])
        try write("bridge = {\n  topic_prefix = \"p\",\n}\n", to: gateway.path("mappers/c8y/mapper.toml"))
        #expect(try gateway.tedge("config", "get", "c8y.bridge.topic_prefix").output == "p\n")
        try write("log = {\n  tedge = \"debug\", # all\n}\n", to: gateway.path("system.toml"))
        #expect(try gateway.tedge("config", "get", "device.id").errors.contains("debug: "))
    }

}

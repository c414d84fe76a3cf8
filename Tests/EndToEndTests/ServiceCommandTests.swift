import Glibc
import TestSupport
import Testing

/// Commands of `system.toml` that fail in every way: each says why, and files, services and local MQTT are as before.
@Suite("commands of services", .serialized) struct ServiceCommandTests {
    /// A gateway that only has to be connected, with a local broker that runs.
    private struct Ready {
        let cloud: StandInCloud
        let gateway: Gateway

        init() throws {
            (cloud, gateway) = (try StandInCloud(), try Gateway())
            try gateway.configure(for: cloud)
            try gateway.certify(for: cloud)
            try gateway.startLocalBroker()
        }

        /// Gives a command of `system.toml` other words; nil takes it out.
        func command(_ key: String, _ words: String?) throws {
            let text = try #require(gateway.text("system.toml"))
            let lines = text.split(separator: "\n").filter { !$0.hasPrefix("\(key) =") }
            let line = words.map { "\n\(key) = \($0)\n" } ?? "\n"
            try write(lines.joined(separator: "\n") + line, to: gateway.path("system.toml"))
        }

        /// Expects the error of a connect that changes nothing.
        func expectFailure(_ causes: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
            let before = try gateway.snapshot()
            let outcome = try gateway.tedge("connect", "c8y")
            let frame = "Error: failed to create bridge to connect Cumulocity cloud.\n\nCaused by:\n"
            #expect(gateway.neutral(outcome.errors).contains(frame + causes), sourceLocation: sourceLocation)
            #expect(outcome.status == 1, sourceLocation: sourceLocation)
            // Kept to be looked at, where mosquitto could not be restarted.
            unlink(gateway.path("mosquitto-conf/c8y-bridge.conf.rejected"))
            #expect(try gateway.snapshot() == before, sourceLocation: sourceLocation)
            #expect(eventually { gateway.isListening }, sourceLocation: sourceLocation)
        }
    }

    static let brokenTables = [
        ("stop", "[\"x\"]", "    Syntax error in the system config file for 'stop': A placeholder '{}' is missing.\n"),
        ("enable", "[]", "    Syntax error in the system config file for 'enable': Requires 1 or more arguments.\n"),
        (
            "reload", "[\"x\", \"{}\"]",
            "    Toml syntax error in the system config file 'GATEWAY/tedge/system.toml': unknown field 'reload'"
        ),
        (
            "disable", nil,
            "    Toml syntax error in the system config file 'GATEWAY/tedge/system.toml': the field 'disable' is missing"
        ),
        ("name", "[", "    Toml syntax error in the system config file 'GATEWAY/tedge/system.toml': line "),
    ]

    @Test("a table that cannot be used is told before anything is done", arguments: brokenTables)
    func broken(_ key: String, _ words: String?, _ cause: String) throws {
        let ready = try Ready()
        try ready.command(key, words)
        try ready.expectFailure(cause)
        #expect(ready.gateway.calls == ["start mosquitto"])
    }

    static let failingCommands = [
        (
            "enable", "[\"/no/such/program\", \"{}\"]",
            "    Service command <\"/no/such/program mosquitto\"> not found.\n    Check 'GATEWAY/tedge/system.toml' file.\n"
        ),
        (
            "enable", "[\"/etc/passwd\", \"{}\"]",
            "    Service command <\"/etc/passwd mosquitto\"> not found.\n    Check 'GATEWAY/tedge/system.toml' file.\n"
        ),
        (
            "enable", "[\"sh\", \"-c\", \"echo no such runlevel >&2; exit 7\", \"{}\"]",
            "    0: Service command <\"sh -c echo no such runlevel >&2; exit 7 mosquitto\"> failed with code: 7.\n"
                + "    1: no such runlevel\n"
        ),
        (
            "start", "[\"sh\", \"-c\", \"kill -9 $$\", \"{}\"]",
            "    Service command <\"sh -c kill -9 $$ tedge-mapper-c8y\"> terminated by a signal.\n"
        ),
        (
            "restart", "[\"sh\", \"-c\", \"exit 1\", \"{}\"]",
            "    Service command <\"sh -c exit 1 mosquitto\"> failed with code: 1.\n"
        ),
    ]

    @Test("a program that is missing, fails or is killed is told with its words", arguments: failingCommands)
    func failing(_ key: String, _ words: String, _ cause: String) throws {
        let ready = try Ready()
        try ready.command(key, words)
        try ready.expectFailure(cause)
    }

    @Test("a service manager that cannot be asked is not there, and the bridge is configured")
    func missingAvailability() throws {
        let ready = try Ready()
        try ready.command("is_available", "[\"/no/such/program\"]")
        let outcome = try ready.gateway.tedge("connect", "c8y")
        #expect(outcome.status == 4)
        #expect(outcome.errors.hasPrefix("Warning: 'systemd' service manager is not available on the system.\n"))
    }

    @Test("without a command to start a service the one that restarts it is used")
    func noStart() throws {
        let ready = try Ready()
        try ready.command("start", nil)
        try ready.gateway.tedge("connect", "c8y").expectSuccess()
        #expect(ready.gateway.calls.contains("restart tedge-mapper-c8y"))
        #expect(!ready.gateway.calls.contains("start tedge-mapper-c8y"))
    }

    static let hangingCommands = [
        ("restart.mosquitto", false), ("enable.mosquitto", false), ("start.tedge-mapper-c8y", false),
        ("start.tedge-mapper-c8y", true), ("enable.tedge-mapper-c8y", true),
    ]

    @Test("a command that hangs is ended by SIGINT, and everything is as before", arguments: hangingCommands)
    func hanging(_ call: String, _ isDeaf: Bool) throws {
        let ready = try Ready()
        let gateway = ready.gateway
        try gateway.hang(call, isDeaf: isDeaf)
        let before = try gateway.snapshot()
        let log = "\(gateway.directory)/log"
        let process = try ChildProcess(
            releaseExecutable, ["connect", "c8y"], environment: gateway.environment, output: log, errors: log)
        let words = call.replacing(".", with: " ")
        #expect(eventually { gateway.calls.contains(words) })
        process.send(SIGINT)
        #expect(eventually { process.ended() != nil })
        #expect(process.ended() == .status(1))
        let said = contents(of: log)
        #expect(said.hasSuffix("Caused by:\n    Interrupted by SIGINT\n\nEverything is as before.\n"), "\(said)")
        #expect(try gateway.snapshot() == before)
        #expect(eventually { gateway.isListening })
        #expect(gateway.running == ["mosquitto"])
    }

    @Test("with --json an interruption is one object on stdout as well")
    func interruptedObject() throws {
        let ready = try Ready()
        let gateway = ready.gateway
        try gateway.hang("restart.mosquitto")
        let (output, errors) = ("\(gateway.directory)/out", "\(gateway.directory)/err")
        let process = try ChildProcess(
            releaseExecutable, ["connect", "c8y", "--json"], environment: gateway.environment, output: output,
            errors: errors)
        #expect(eventually { gateway.calls.contains("restart mosquitto") })
        process.send(SIGINT)
        #expect(eventually { process.ended() != nil })
        #expect(process.ended() == .status(1))
        let object = contents(of: output)
        #expect(
            object.hasPrefix(#"{"command":"connect","cloud":"c8y","profile":null,"result":"failed","changed":false,"#))
        #expect(object.contains(#""reason":"interrupted","retry":true,"message":"Interrupted by SIGINT","#))
        #expect(object.hasSuffix("}\n") && object.split(separator: "\n").count == 1)
        #expect(contents(of: errors).hasSuffix("\nEverything is as before.\n"))
    }

    @Test("a disconnect whose command hangs is ended by SIGTERM, and the connection is as before")
    func hangingDisconnect() throws {
        let ready = try Ready()
        let gateway = ready.gateway
        try gateway.tedge("connect", "c8y").expectSuccess()
        try gateway.hang("stop.tedge-mapper-c8y")
        let log = "\(gateway.directory)/log"
        let process = try ChildProcess(
            releaseExecutable, ["disconnect", "c8y"], environment: gateway.environment, output: log, errors: log)
        #expect(eventually { gateway.calls.contains("stop tedge-mapper-c8y") })
        process.send(SIGTERM)
        #expect(eventually { process.ended() != nil })
        #expect(contents(of: log).contains("Interrupted by SIGTERM\n\nEverything is as before.\n"))
        #expect(gateway.running == ["mosquitto", "tedge-mapper-c8y"])
        try gateway.tedge("connect", "c8y", "--test").expectSuccess()
    }
}

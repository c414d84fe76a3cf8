import Foundation
import TestSupport
import Testing

/// With `--json` every command prints one object. Whatever a test of this target runs with `--json` is compared with the
/// schema; here it is every command.
@Suite struct JSONTests {
    /// Runs a command with `--json`, and notes which one the object names.
    private func run(_ gateway: Gateway, _ words: [String], _ seen: inout Set<String>) throws -> [String: Any] {
        let outcome = try gateway.run(words + ["--json"])
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        seen.insert(object["command"] as? String ?? "")
        return object
    }

    @Test("every command of the schema was seen, and the whole way of a device is told in objects")
    func everyCommand() throws {
        let cloud = try StandInCloud()
        let gateway = try Gateway()
        try gateway.configure(for: cloud)
        var seen: Set<String> = []
        #expect(try run(gateway, ["status"], &seen)["reason"] as? String == "not-connected")
        for words in [
            ["init"], ["config", "set", "device.type", "x"], ["config", "get", "mqtt.bind.port"],
            ["config", "add", "c8y.smartrest.templates", "a,b"], ["config", "remove", "c8y.smartrest.templates", "a"],
            ["config", "unset", "device.type"], ["config", "list", "--all"], ["config", "list", "--doc"],
            ["config", "upgrade"], ["cert", "create", "--device-id", "gateway-1"], ["cert", "show"],
            ["cert", "create-csr", "--output-path", "\(gateway.directory)/a.csr"], ["cert", "upload", "az"],
            ["doctor", "--list"], ["doctor"],
            ["diag", "collect", "--output-dir", gateway.directory, "--name", "json"], ["completions", "bash"],
            ["__complete"], ["__manual"],
            ["--version"], ["--help"], ["connect", "--help"],
        ] {
            _ = try run(gateway, words, &seen)
        }
        try cloud.command("trust", gateway.path("device-certs/tedge-certificate.pem"))
        for words in [
            ["connect", "c8y"], ["connect", "c8y", "--test"], ["connect", "c8y", "--test", "--wait", "9s"],
            ["cert", "needs-renewal"], ["cert", "renew", "--ca", "self-signed"],
            ["refresh-bridges"], ["reconnect", "c8y"], ["bootstrap", "c8y"], ["status"], ["mqtt", "pub", "a", "b"],
            ["mqtt", "sub", "a", "--duration", "1ms"], ["disconnect", "c8y"], ["cert", "remove"],
            ["cert", "download", "c8y", "--device-id", "a", "-p", "b", "--max-timeout", "0"],
            ["cert", "download", "c8y", "--device-id", "a", "--max-timeout", "0"],
        ] {
            _ = try run(gateway, words, &seen)
        }
        let commands = try JSONSchema.ofProgram.get().commands
        #expect(Set(commands).subtracting(seen) == [])
        #expect(seen.subtracting(commands).allSatisfy { $0.hasSuffix("--help") })
    }

    @Test("settings have the types of their values")
    func types() throws {
        let gateway = try Gateway()
        var seen: Set<String> = []
        try gateway.tedge("config", "add", "c8y.smartrest.templates", "a,b").expectSuccess()
        #expect(try run(gateway, ["config", "get", "mqtt.bind.port"], &seen)["value"] as? Int == Int(gateway.port))
        #expect(try run(gateway, ["config", "get", "mqtt.bridge.built_in"], &seen)["value"] as? Bool != nil)
        #expect(
            try run(gateway, ["config", "get", "c8y.smartrest.templates"], &seen)["value"] as? [String] == ["a", "b"])
        #expect(try run(gateway, ["config", "get", "device.type"], &seen)["value"] as? String == "thin-edge.io")
        let unset = try run(gateway, ["config", "get", "c8y.url"], &seen)
        #expect(unset["value"] is NSNull && unset["origin"] is NSNull && unset["key"] as? String == "c8y.url")
        let listed = try run(gateway, ["config", "list", "--all"], &seen)
        let settings = try #require(listed["settings"] as? [[String: Any]])
        let values = Dictionary(settings.map { ($0["key"] as? String ?? "", $0["value"]) }) { first, _ in first }
        #expect(values["mqtt.bind.port"] as? Int == Int(gateway.port))
        #expect(values["c8y.smartrest.templates"] as? [String] == ["a", "b"])
        #expect(values["c8y.url"] as? NSNull != nil)
    }

    @Test("the profile is in the object, also if a variable names it")
    func profile() throws {
        let gateway = try Gateway()
        var seen: Set<String> = []
        for words in [["connect", "c8y.a"], ["disconnect", "c8y", "--profile", "A"], ["cert", "show", "c8y.a"]] {
            #expect(try run(gateway, words, &seen)["profile"] as? String == "a", "\(words)")
        }
        let outcome = try gateway.tedge("reconnect", "az", "--json", environment: ["TEDGE_CLOUD_PROFILE": "b"])
        #expect(outcome.output.contains(#""cloud":"az","profile":"b""#))
        #expect(try run(gateway, ["cert", "show"], &seen)["profile"] is NSNull)
    }

    /// Commands that wait, and what they wait for.
    private static let waiting = [
        ["mqtt", "sub", "a"], ["connect", "c8y", "--test", "--wait", "60s"], ["status", "--wait", "60s"],
        ["config", "set", "device.type", "x"],
        ["cert", "download", "c8y", "--device-id", "a", "-p", "b", "--max-timeout", "60s", "--url", "127.0.0.1:1"],
    ]

    @Test("a command that waits and gets a signal prints one object before it ends", arguments: waiting)
    func interrupted(_ words: [String]) throws {
        let gateway = try Gateway()
        try gateway.tedge("config", "set", "c8y.url", "localhost").expectSuccess()
        try gateway.tedge("config", "set", "c8y.root_cert_path", gateway.directory).expectSuccess()
        try gateway.tedge("cert", "create", "--device-id", "gateway-1").expectSuccess()
        if words[1] == "download" { try gateway.tedge("cert", "remove").expectSuccess() }
        if words[0] == "mqtt" { try gateway.startLocalBroker() }
        try write("address localhost:1\n", to: gateway.path("mosquitto-conf/c8y-bridge.conf"))
        // Holds the lock, which the commands that change something wait for.
        let lock = try ChildProcess("flock", ["-o", gateway.path(".tedge.lock"), "sleep", "60"])
        defer { lock.kill() }
        let isFree = {
            (try? ChildProcess.run("flock", ["-n", gateway.path(".tedge.lock"), "true"]))?.exit == .status(0)
        }
        #expect(eventually { !isFree() })
        let (output, errors) = ("\(gateway.directory)/out", "\(gateway.directory)/err")
        let process = try ChildProcess(
            releaseExecutable, words + ["--json"], environment: gateway.environment, output: output, errors: errors)
        #expect(eventually { catches(SIGTERM, process) })
        usleep(300_000)
        process.send(SIGTERM)
        // Compares the object with the schema.
        let exit = try process.waitForExit(within: .seconds(10))
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(contents(of: output).utf8)) as? [String: Any])
        if words[1] == "sub" {
            #expect(exit == .status(0) && object["ended"] as? String == "signal")
        } else {
            #expect(exit == .status(1), "\(object) \(contents(of: errors))")
            #expect(object["reason"] as? String == "interrupted" && object["retry"] as? Bool == true, "\(object)")
        }
    }

    @Test("a signal that arrives as soon as signals are caught does not keep the object away")
    func interruptedEarly() throws {
        let gateway = try Gateway()
        for words in [["config", "list"], ["status"], ["doctor"], ["--help"], ["frobnicate"]] {
            let output = "\(gateway.directory)/out"
            let process = try ChildProcess(
                releaseExecutable, ["--json"] + words, environment: gateway.environment, output: output,
                errors: "\(gateway.directory)/err")
            while process.ended() == nil, !catches(SIGTERM, process) {}
            process.send(SIGTERM)
            // An object in any case: that of the whole command, or of its interruption.
            guard case .status = try process.waitForExit() else {
                Issue.record("\(words) was ended by the signal")
                continue
            }
        }
    }
}

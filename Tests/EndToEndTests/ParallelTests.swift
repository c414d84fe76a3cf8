import Glibc
import TestSupport
import Testing

/// Several commands at once on one configuration directory.
@Suite("several commands at once", .serialized) struct ParallelTests {
    /// Starts commands side by side and waits for all.
    private func run(_ gateway: Gateway, _ commands: [[String]]) throws -> [Outcome] {
        let directory = try TemporaryDirectory()
        let children = try commands.enumerated().map { number, words in
            try ChildProcess(
                releaseExecutable, words, environment: gateway.environment, output: directory.file("\(number).out"),
                errors: directory.file("\(number).err"))
        }
        return try children.enumerated().map { number, child in
            let exit = try child.waitForExit(within: .seconds(120))
            guard case .status(let status) = exit else { throw TestFailure("\(exit)") }
            return Outcome(
                status: status, output: contents(of: directory.file("\(number).out")),
                errors: contents(of: directory.file("\(number).err")))
        }
    }

    @Test("of 200 settings that are set at once none is lost")
    func settings() throws {
        let gateway = try Gateway()
        let numbers = Array(1...200)
        let outcomes = try run(
            gateway, numbers.map { ["config", "set", "c8y.profiles.p\($0).url", "\($0).example.com"] })
        #expect(outcomes.allSatisfy { $0.status == 0 })
        let listed = try gateway.tedge("config", "list").output
        #expect(numbers.filter { !listed.contains("c8y.profiles.p\($0).url=\($0).example.com\n") } == [])
        #expect(try gateway.fileStates().keys.sorted() == ["mosquitto-conf", "system.toml", "tedge.toml"])
    }

    @Test("of ten connects one connects, and nine say that it is done already")
    func connects() throws {
        let (cloud, gateway) = (try StandInCloud(), try Gateway())
        try gateway.configure(for: cloud)
        try gateway.certify(for: cloud)
        let outcomes = try run(gateway, Array(repeating: ["connect", "c8y"], count: 10))
        #expect(outcomes.filter { $0.status == 0 }.count == 1)
        let others = outcomes.filter { $0.status != 0 }
        #expect(others.allSatisfy { $0.status == 1 && $0.errors.contains("Connection is already established") })
        try gateway.tedge("connect", "c8y", "--test").expectSuccess()
        #expect(gateway.calls.filter { $0 == "restart mosquitto" }.count == 1)
    }

    @Test("connects and disconnects at once leave one of both states, and a device that can be connected")
    func mixed() throws {
        let (cloud, gateway) = (try StandInCloud(), try Gateway())
        try gateway.configure(for: cloud)
        try gateway.certify(for: cloud)
        let commands = (0..<8).map { $0 % 2 == 0 ? ["connect", "c8y", "--offline"] : ["disconnect", "c8y"] }
        let outcomes = try run(gateway, commands)
        #expect(outcomes.allSatisfy { $0.status == 0 || $0.errors.contains("Connection is already established") })
        #expect(eventually { gateway.isListening })
        try gateway.tedge("disconnect", "c8y").expectSuccess()
        try gateway.tedge("connect", "c8y").expectSuccess()
    }

    @Test("who waits says for whom, readers do not wait, and a killed holder is nobody's obstacle")
    func waiting() throws {
        let gateway = try Gateway()
        // A service manager that takes its time holds connect up, and with it the lock.
        try gateway.certifyAlone()
        let pipe = "\(gateway.directory)/pipe"
        mkfifo(pipe, 0o600)
        let hold = "[init]\nname = \"slow\"\nis_available = [\"/bin/cat\", \"\(pipe)\"]\n"
        try write(hold + Gateway.serviceLines, to: gateway.path("system.toml"))
        let holder = try ChildProcess(releaseExecutable, ["connect", "c8y"], environment: gateway.environment)
        #expect(eventually { gateway.text(".tedge.lock")?.contains("tedge connect c8y") == true })
        #expect(try gateway.tedge("config", "get", "c8y.url").output == "example.com\n")
        #expect(try gateway.tedge("config", "list").status == 0)
        let directory = try TemporaryDirectory()
        let waiter = try ChildProcess(
            releaseExecutable, ["config", "set", "az.url", "az.example.com"], environment: gateway.environment,
            errors: directory.file("errors"))
        #expect(
            eventually {
                contents(of: directory.file("errors"))
                    == "Waiting for 'tedge connect c8y' (process \(holder.pid)) to finish.\n"
            })
        holder.kill()
        // Its child reads until a writer has come and gone.
        _ = try ChildProcess.run("sh", ["-c", "exec 3<>\"$0\"", pipe])
        #expect(try waiter.waitForExit() == .status(0))
        #expect(try gateway.tedge("config", "get", "az.url").output == "az.example.com\n")
        #expect(gateway.text(".tedge.lock") == nil)
    }

    @Test("a wait ends with a signal, and changes nothing")
    func interrupted() throws {
        let gateway = try Gateway()
        let lock = gateway.path(".tedge.lock")
        let holder = try ChildProcess("flock", [lock, "sleep", "60"])
        #expect(
            eventually {
                access(lock, F_OK) == 0 && (try? ChildProcess.run("flock", ["-n", lock, "true"]).exit) == .status(1)
            })
        let before = try gateway.fileStates()
        let directory = try TemporaryDirectory()
        let waiter = try ChildProcess(
            releaseExecutable, ["config", "set", "c8y.url", "example.com"], environment: gateway.environment,
            errors: directory.file("errors"))
        #expect(
            eventually { contents(of: directory.file("errors")).hasPrefix("Waiting for another command to finish.") })
        waiter.send(SIGTERM)
        #expect(try waiter.waitForExit() == .status(1))
        #expect(
            contents(of: directory.file("errors")).hasSuffix(
                "    Interrupted by SIGTERM\n\nEverything is as before.\n"))
        #expect(try gateway.fileStates() == before)
        holder.kill()
    }
}

extension Gateway {
    /// Makes a certificate, and names a cloud that is not there.
    fileprivate func certifyAlone() throws {
        try tedge("config", "set", "c8y.url", "example.com").expectSuccess()
        try tedge("cert", "create", "--device-id", "gateway-1").expectSuccess()
    }

    /// The commands of a service manager that does nothing.
    fileprivate static var serviceLines: String {
        ["restart", "start", "stop", "enable", "disable", "is_active"].map { "\($0) = [\"true\", \"{}\"]\n" }.joined()
    }
}

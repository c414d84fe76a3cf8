import TestSupport
import Testing

extension SystemTests {
    /// The half of connect that only root does: mosquitto's main file and its lock, and the dry run of mosquitto. Each call is
    /// made to fail, and everything is as before, or as after, and mosquitto is alive.
    @Suite("faults in what root does") struct RootFaultTests {
        /// A system call, with the options of strace(1) that count only its like.
        private struct Call: Hashable, CustomStringConvertible {
            let name: String
            let number: Int
            let isInDirectory: Bool
            var filter: [String] { isInDirectory ? ["-P", "/etc/mosquitto"] : [] }
            var description: String { "\(name) \(number)\(isInDirectory ? " in /etc/mosquitto" : "")" }
        }

        private static let names = [
            "openat", "pwrite64", "ftruncate", "renameat", "renameat2", "linkat", "unlinkat", "fsync", "fchmod",
            "fchown",
            "flock",
        ]
        private static let trace = "/tmp/trace"
        private static let connect = ["tedge", "connect", "c8y", "--offline"]

        private let prepared: PreparedDevice
        private let before: String
        private let services: [String]

        init() throws {
            prepared = try PreparedDevice()
            // Without conf.d the main file gets a line.
            try prepared.device.ask(["sed", "-i", "/^include_dir/d", "/etc/mosquitto/mosquitto.conf"])
            try prepared.device.ask(["sh", "-c", "mkdir /tmp/saved && cp -a /etc/tedge /etc/mosquitto /tmp/saved/"])
            before = try prepared.snapshot()
            // As a device has it whose mosquitto serves others.
            try prepared.device.ask(["systemctl", "enable", "--now", "mosquitto"])
            services = try prepared.services()
        }

        private func reset() throws {
            let script = """
                systemctl disable --now tedge-mapper-c8y tedge-agent 2>/dev/null
                rm -rf /etc/tedge /etc/mosquitto && cp -a /tmp/saved/tedge /tmp/saved/mosquitto /etc/
                systemctl reset-failed mosquitto; systemctl restart mosquitto
                """
            try prepared.device.ask(["sh", "-c", script])
        }

        private func run(_ options: [String]) throws -> Outcome {
            try reset()
            return try prepared.device.run(["strace", "-qq", "-y", "-o", Self.trace] + options + Self.connect)
        }

        /// The calls about mosquitto's main file, those with a descriptor of its directory apart from those with one of a file.
        private func calls() throws -> [Call] {
            let all = ["-e", "trace=" + Self.names.joined(separator: ",")]
            var found: [Call] = []
            for isInDirectory in [true, false] {
                let outcome = try run(all + (isInDirectory ? ["-P", "/etc/mosquitto"] : []))
                try #require(outcome.status == 0, "\(outcome.stderr)")
                var numbers: [String: Int] = [:]
                for line in try prepared.device.text(Self.trace).split(separator: "\n") {
                    let name = String(line.prefix { $0 != "(" })
                    numbers[name, default: 0] += 1
                    let changes = name != "openat" || line.contains("O_CREAT")
                    let isMeant = isInDirectory || (line.contains("</etc/mosquitto/") && name != "openat")
                    guard Self.names.contains(name), changes, isMeant else { continue }
                    let call = Call(name: name, number: numbers[name] ?? 0, isInDirectory: isInDirectory)
                    found.append(call)
                }
            }
            return found
        }

        private func problems(after outcome: Outcome) throws -> [String] {
            var problems: [String] = []
            switch outcome.status {
            case 0:
                if try !prepared.services().contains("tedge-mapper-c8y: active enabled") {
                    problems.append("no mapper")
                }
                if try !prepared.device.exists(PreparedDevice.bridge) { problems.append("no bridge") }
            case 1:
                if try prepared.snapshot() != before { problems.append("files differ") }
                let now = try prepared.services()
                if now != services { problems.append("services: \(now), not \(services)") }
                if !outcome.stderr.contains("Error: ") { problems.append("no error: \(outcome.stderr)") }
            default: problems.append("status \(outcome.status)")
            }
            if try !prepared.hasLocalMQTT() { problems.append("mosquitto is not alive") }
            return problems.map { "\($0)\n\(outcome.stderr)" }
        }

        @Test(
            "a call about mosquitto's main file or its lock that fails leaves everything as before, and mosquitto alive"
        )
        func mainFile() throws {
            let calls = try calls()
            #expect(calls.count >= 10)
            var injected = 0
            for call in calls {
                for error in ["EIO", "ENOSPC"] where call.name != "flock" || error == "EIO" {
                    let inject = ["-e", "inject=\(call.name):error=\(error):when=\(call.number)"]
                    let outcome = try run(["-e", "trace=\(call.name)"] + call.filter + inject)
                    let trace = try prepared.device.text(Self.trace)
                    let hit = trace.split(separator: "\n").first { $0.hasSuffix("(INJECTED)") }
                    #expect(hit?.contains("/etc/mosquitto") == true, "\(error) at \(call): \(hit ?? "did not happen")")
                    injected += 1
                    for problem in try problems(after: outcome) { Issue.record("\(error) at \(call): \(problem)") }
                }
            }
            print("Faults in what root does: \(injected) injected")
        }

        @Test(
            "a dry run that cannot be made leaves everything as before, or is done without, and mosquitto is alive",
            arguments: [
                ("memfd_create", "EMFILE"), ("unshare", "EPERM"), ("mount", "EPERM"), ("setns", "EPERM"),
            ])
        func dryRun(call: String, error: String) throws {
            let outcome = try run(["-f", "-e", "trace=\(call)", "-e", "inject=\(call):error=\(error)"])
            for problem in try problems(after: outcome) { Issue.record("\(problem)") }
        }
    }
}

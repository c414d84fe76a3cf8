import Glibc
import TestSupport

/// A command on a gateway that faults are put into, and what must hold after each.
protocol FaultScenario {
    var gateway: Gateway { get }
    /// The command.
    var words: [String] { get }
    /// Makes everything as it is before the command.
    func reset() throws
    /// What is wrong where the command has failed: everything must be as before.
    func problemsOfFailure() throws -> [String]
    /// What is wrong where the command has succeeded.
    func problemsOfSuccess() throws -> [String]
    /// What is wrong where the command was killed: each file is whole, and no half is taken for the whole.
    func problemsOfKill() throws -> [String]
    /// Runs the command again after a fault, and tells what is wrong then.
    func problemsOfSecondRun() throws -> [String]
}

/// A file with its mode, owner and contents in one line.
typealias FileStates = [String: String]

extension Gateway {
    /// All files of the configuration directory, by their paths.
    func fileStates() throws -> FileStates {
        let look = """
            cd "$0" && find . -mindepth 1 -printf '%P|%y%m %U:%G %l\\n' && find . -type f -printf '%P|' -exec sha256sum -b {} ';'
            """
        let found = try ChildProcess.run("sh", ["-c", look, configuration])
        guard found.exit == .status(0) else { throw TestFailure(found.errors) }
        var states: FileStates = [:]
        for line in found.output.split(separator: "\n") {
            let parts = line.split(separator: "|", maxSplits: 1)
            let value = parts[1].contains("*./") ? String(parts[1].prefix(64)) : String(parts[1])
            states[String(parts[0]), default: ""] += value
        }
        return states
    }

    /// Keeps a copy of the configuration directory.
    func save() throws {
        try shell("rm -rf \"$0.saved\" && cp -a \"$0\" \"$0.saved\"")
    }

    /// Brings the copy back.
    func restore() throws {
        try shell("rm -rf \"$0\" && cp -a \"$0.saved\" \"$0\"")
    }

    private func shell(_ command: String) throws {
        let done = try ChildProcess.run("sh", ["-c", command, configuration])
        guard done.exit == .status(0) else { throw TestFailure(done.errors) }
    }

    /// Has the service manager do something.
    func service(_ words: String...) throws {
        _ = try ChildProcess.run(Self.services, ["\(directory)/services"] + words)
    }

    /// Whether the service was started, or enabled.
    func isMapper(_ state: String) -> Bool { access("\(directory)/services/tedge-mapper-c8y.\(state)", F_OK) == 0 }
}

extension FileStates {
    /// Without what a run that was disturbed may leave for the next one to sweep.
    var settled: FileStates {
        filter { path, _ in
            !(path.hasSuffix(".tmp") || path.hasSuffix(".unfinished") || path.hasSuffix(".unread")
                || path.hasSuffix(".lock"))
        }
    }

    /// Where two states differ.
    func differences(from other: FileStates) -> [String] {
        Set(keys).union(other.keys).sorted().filter { self[$0] != other[$0] }
            .map { "\($0): \(self[$0] ?? "missing"), not \(other[$0] ?? "missing")" }
    }
}

/// Puts every fault into a scenario, one after the other.
struct FaultInjection {
    let scenario: any FaultScenario
    private(set) var planned = 0
    private(set) var injected = 0
    private(set) var survived = 0
    /// What was wrong, with the fault.
    private(set) var problems: [String] = []

    init(_ scenario: any FaultScenario) { self.scenario = scenario }

    /// Runs the command once undisturbed to see its calls, then with each fault.
    ///
    /// - Parameter share: Which of how many equal shares of the calls is wanted.
    mutating func run(share: Int = 0, of shares: Int = 1) throws {
        let trace = "\(scenario.gateway.directory)/trace"
        try scenario.reset()
        let whole = try command(Fault.strace(trace))
        guard whole.status == 0 else { throw TestFailure("undisturbed: \(whole)") }
        problems += try scenario.problemsOfSuccess().map { "undisturbed: \($0)" }
        let calls = Fault.calls(in: contents(of: trace)).enumerated().filter { $0.offset % shares == share }.map(
            \.element)
        for call in calls {
            for kind in Fault.Kind.all(at: call.name) { try inject(Fault(call: call, kind: kind), trace) }
        }
    }

    private func command(_ prefix: [String]) throws -> Outcome {
        let (output, errors) = ("\(scenario.gateway.directory)/out", "\(scenario.gateway.directory)/err")
        let child = try ChildProcess(
            prefix[0], prefix.dropFirst() + [releaseExecutable] + scenario.words,
            environment: scenario.gateway.environment, output: output, errors: errors)
        return Outcome(exit: try child.waitForExit(), output: contents(of: output), errors: contents(of: errors))
    }

    /// Runs the command with a fault; nil if that cannot be put in. A write behind some to sockets has another number in
    /// some runs: then that of the run before is tried, and those near it.
    private func outcome(of fault: Fault, _ trace: String) throws -> Outcome? {
        var shift = 0
        for attempt in 0..<40 {
            try scenario.reset()
            let outcome = try command(Fault.strace(trace, fault.injection(shiftedBy: shift)))
            if fault.happened(in: contents(of: trace), outcome) { return outcome }
            let met = Fault.calls(in: contents(of: trace)).first(where: fault.call.isLike)
            let near = [0, 1, -1, 2, -2][attempt % 5]
            shift = met.map { $0.number - fault.call.number + near } ?? (attempt % 2 == 0 ? attempt / 2 : -attempt / 2)
        }
        return nil
    }

    private mutating func inject(_ fault: Fault, _ trace: String) throws {
        planned += 1
        guard let outcome = try outcome(of: fault, trace) else {
            problems.append("\(fault): did not happen")
            return
        }
        injected += 1
        var found: [String] = []
        switch outcome.status {
        case 0: found += try scenario.problemsOfSuccess()
        case _ where fault.kind.isMissingFeature: found.append("it did not do without")
        // The last words of a command that has done its work.
        case 1 where outcome.errors.contains("What the command did is done and stays."):
            found += fault.call.line.hasPrefix("write(1") ? try scenario.problemsOfSuccess() : [outcome.errors]
        case 1: found += try scenario.problemsOfFailure()
        case 128 + 9 where fault.kind == .kill: found += try scenario.problemsOfKill()
        default: found.append("status \(outcome.status)")
        }
        if outcome.status == 1, !outcome.errors.contains("Error: "), !fault.call.line.hasPrefix("write(2") {
            found.append("no error was printed: \(outcome.errors)")
        }
        found += try scenario.problemsOfSecondRun().map { "second run: \($0)" }
        if found.isEmpty { survived += 1 }
        problems += found.map { "\(fault): \($0)\n\(outcome.errors)" }
    }
}

/// Runs programs and logs each run.
struct LoggedProcesses: Processes {
    let base: any Processes
    let log: EventLog

    func run(_ words: [String], interruption: Interruption) throws(ProcessError) -> ProcessResult {
        try logged(words) { () throws(ProcessError) in try base.run(words, interruption: interruption) }
    }

    func ask(
        _ words: [String], within limit: Duration, interruption: Interruption
    ) throws(ProcessError) -> ProcessResult {
        try logged(words) { () throws(ProcessError) in
            try base.ask(words, within: limit, interruption: interruption)
        }
    }

    func run(
        _ words: [String], with variables: [String: String], within limit: Duration, interruption: Interruption
    ) throws(ProcessError) -> ProcessResult {
        try logged(words) { () throws(ProcessError) in
            try base.run(words, with: variables, within: limit, interruption: interruption)
        }
    }

    func report(
        _ words: [String], with variables: [String: String], within limit: Duration, grace: Duration,
        interruption: Interruption
    ) throws(ProcessError) -> ProcessResult {
        try logged(words) { () throws(ProcessError) in
            try base.report(words, with: variables, within: limit, grace: grace, interruption: interruption)
        }
    }

    func run(
        _ words: [String], input: [UInt8], until marker: String, interruption: Interruption
    ) throws(ProcessError) -> ProcessResult {
        try logged(words) { () throws(ProcessError) in
            try base.run(words, input: input, until: marker, interruption: interruption)
        }
    }

    private func logged(
        _ words: [String], _ body: () throws(ProcessError) -> ProcessResult
    ) throws(ProcessError) -> ProcessResult {
        let result = try log.record(.info, "run \(words.joined(separator: " "))", outcome: Self.ending, body)
        for line in (result.output + result.error).split(separator: "\n") { log.write(.trace, "| \(line)") }
        return result
    }

    func reloadSystemd() -> Bool {
        let isSent = base.reloadSystemd()
        log.write(.info, "send SIGHUP to systemd: \(isSent ? "sent" : "not sent")")
        return isSent
    }

    func isOnPath(_ program: String) -> Bool {
        let isThere = base.isOnPath(program)
        log.write(.debug, "look for \(program) on PATH: \(isThere ? "found" : "not found")")
        return isThere
    }

    private static func ending(_ result: ProcessResult) -> String {
        switch result.ending {
        case .exited(let status): "status \(status)"
        case .signalled(let signal): "killed by signal \(signal)"
        }
    }
}

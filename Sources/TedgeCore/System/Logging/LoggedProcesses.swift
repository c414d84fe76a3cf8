/// Programs, with each run told to the log.
struct LoggedProcesses: Processes {
    let base: any Processes
    let log: EventLog

    func run(_ words: [String], interruption: Interruption) throws(ProcessError) -> ProcessResult {
        try logged(words) { () throws(ProcessError) in try base.run(words, interruption: interruption) }
    }

    func run(
        _ words: [String], input: [UInt8], until marker: String, interruption: Interruption
    ) throws(ProcessError) -> ProcessResult {
        try logged(words) { () throws(ProcessError) in
            try base.run(words, input: input, until: marker, interruption: interruption)
        }
    }

    private func logged(
        _ words: [String], _ run: () throws(ProcessError) -> ProcessResult
    ) throws(ProcessError) -> ProcessResult {
        let result = try log.record(.info, "run \(words.joined(separator: " "))", outcome: Self.ending, run)
        for line in (result.output + result.error).split(separator: "\n") { log.say(.trace, "| \(line)") }
        return result
    }

    func isOnPath(_ program: String) -> Bool {
        let isThere = base.isOnPath(program)
        log.say(.debug, "look for \(program) on PATH: \(isThere ? "found" : "not found")")
        return isThere
    }

    private static func ending(_ result: ProcessResult) -> String {
        switch result.ending {
        case .exited(let status): "status \(status)"
        case .signalled(let signal): "killed by signal \(signal)"
        }
    }
}

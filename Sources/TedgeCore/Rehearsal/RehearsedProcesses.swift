import Synchronization

/// The programs of the device: questions are asked, and what would change something is only noted.
final class RehearsedProcesses: Processes {
    /// Something that a service manager would do to a service.
    struct Action: Sendable, Equatable {
        enum Verb: String, Sendable {
            case restart, start, stop, enable, disable
        }

        let verb: Verb
        let unit: String
    }

    private let base: any Processes
    private let commands: ServiceCommands
    private let noted = Mutex<[Action]>([])

    /// - Parameter commands: The commands of the service manager, by which its actions are known.
    init(over base: any Processes, _ commands: ServiceCommands) { (self.base, self.commands) = (base, commands) }

    /// What would be done to services, in order.
    var actions: [Action] { noted.withLock { $0 } }

    func run(_ words: [String], interruption: Interruption) throws(ProcessError) -> ProcessResult {
        guard let action = action(words) else { return ProcessResult(.exited(0)) }
        noted.withLock { $0.append(action) }
        // What systemctl says of a link.
        let said: String =
            switch action.verb {
            case .enable: "Created symlink for \(action.unit).\n"
            case .disable: "Removed symlink of \(action.unit).\n"
            default: ""
            }
        return ProcessResult(.exited(0), error: said)
    }

    func ask(_ words: [String], within limit: Duration, interruption: Interruption) throws(ProcessError)
        -> ProcessResult
    {
        try base.ask(words, within: limit, interruption: interruption)
    }

    /// A program that is killed at a marker changes nothing: it only reads what it is given.
    func run(
        _ words: [String], input: [UInt8], until marker: String, interruption: Interruption
    ) throws(ProcessError) -> ProcessResult {
        try base.run(words, input: input, until: marker, interruption: interruption)
    }

    func reloadSystemd() -> Bool { true }

    func isOnPath(_ program: String) -> Bool { base.isOnPath(program) }

    private func action(_ words: [String]) -> Action? {
        let words = words.filter { $0 != "--no-reload" }
        let known: [(Action.Verb, [String])] = [
            (.start, commands.start), (.restart, commands.restart), (.stop, commands.stop), (.enable, commands.enable),
            (.disable, commands.disable),
        ]
        for (verb, command) in known {
            if let unit = ServiceCommands.unit(in: words, of: command) { return Action(verb: verb, unit: unit) }
        }
        return nil
    }
}

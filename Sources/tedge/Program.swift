import ArgumentParsing
import TedgeCore

/// From words to an exit status.
enum Program {
    /// Reads the command line of the program.
    static let parser = CommandParser(root: Tedge.self, globals: GlobalOptions.self, version: Tedge.version)

    /// Runs the command that the words name.
    static func run(_ words: [String], _ console: Console) -> Int32 {
        do {
            switch try parser.parse(words) {
            case .help(let text), .version(let text):
                console.result(text + "\n")
                return 0
            case .command(let command, let globals, _):
                guard let command = command as? any RunnableCommand else { return UsageError.exitStatus }
                return run(command, globals)
            }
        } catch {
            console.error(error.description + "\n")
            return UsageError.exitStatus
        }
    }

    private static func run(_ command: any RunnableCommand, _ globals: GlobalOptions) -> Int32 {
        let context = Context.real(
            configurationDirectory: globals.configDir, isJSON: globals.json, logLevel: globals.level)
        let report = command.run(in: context)
        context.console.object(report.json)
        return report.status
    }
}

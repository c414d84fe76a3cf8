import ArgumentParsing
import Foundation
import TedgeCore

/// From words to an exit status.
enum Program {
    /// Reads the command line of the program.
    static let parser = CommandParser(root: Tedge.self, globals: GlobalOptions.self, version: ProgramRelease.version)

    /// Whether the words ask for a JSON object, even if they are wrong otherwise.
    static func wantsJSON(_ words: [String]) -> Bool { words.prefix { $0 != "--" }.contains("--json") }

    /// Runs the command that the words name. Returns the exit status.
    static func run(_ words: [String], _ console: Console) -> Int32 { status(of: words, console).rawValue }

    private static func status(of words: [String], _ console: Console) -> ExitStatus {
        do throws(UsageError) {
            switch try parser.parse(words, helpWidth: helpWidth) {
            case .help(let text, let path):
                let command = path.dropFirst().joined(separator: " ")
                let name = command.isEmpty ? "--help" : "\(command) --help"
                return ended(.printing(text + "\n", of: name, as: "help", on: console), on: console)
            case .version(let text):
                console.result(text + "\n")
                var report = CommandReport.done("--version", changed: false)
                report.details = [.init("version", .string(ProgramRelease.version))]
                return ended(report, on: console)
            case .command(let command, let globals, _):
                guard let runnable = command.action as? Runnable else { return .misuse }
                return run(runnable.command, globals)
            }
        } catch {
            return ended(report(error, words, console), on: console)
        }
    }

    private static func run(_ command: any RunnableCommand, _ globals: GlobalOptions) -> ExitStatus {
        let context = Context.real(
            configurationDirectory: globals.configDir, isJSON: globals.json, logLevel: globals.level)
        var report = command.isRehearsed ? Rehearsal.run(in: context, command.run) : command.run(in: context)
        if report.profile == nil, report.cloud != nil { report.profile = command.profile(in: context) }
        return ended(report, on: context.console, failure: type(of: command).failureStatus)
    }

    private static func report(_ error: UsageError, _ words: [String], _ console: Console) -> CommandReport {
        var error = error
        error.tip = NearMiss.tip(for: error, words: words) ?? error.tip
        console.error(error.description + "\n")
        let command = error.path.dropFirst().joined(separator: " ")
        return .failed(
            command, status: .misuse, reason: .wrongUsage, causes: [error.reason], hint: error.advice)
    }

    /// Prints the JSON object if one is wanted. A command that succeeded fails if its output could not be written.
    private static func ended(_ report: CommandReport, on console: Console, failure: ExitStatus = .failure)
        -> ExitStatus
    {
        console.object(report.json)
        guard console.reportLostOutput(of: report) else { return report.status }
        return report.status == .success ? failure : report.status
    }

    private static var helpWidth: Int {
        let looks = TerminalLooks(
            ProcessEnvironment.variables, isTerminal: isatty(STDOUT_FILENO) == 1,
            size: { TerminalLooks.columns(of: STDOUT_FILENO) })
        return min(looks.columns ?? TextLayout.width, TextLayout.width)
    }
}

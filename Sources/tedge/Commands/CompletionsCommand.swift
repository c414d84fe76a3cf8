import ArgumentParsing
import Foundation
import TedgeCore

/// `tedge completions`.
struct CompletionsCommand: RunnableCommand {
    static let configuration = CommandConfiguration(
        name: "completions", abstract: "Print a script that has a shell complete the commands of tedge.",
        discussion: """
            Examples:
              source <(tedge completions bash)     # in ~/.bashrc
              source <(tedge completions zsh)      # in ~/.zshrc
              tedge completions fish | source      # in ~/.config/fish/config.fish
            """)

    @Argument("SHELL", help: "The shell.") var shell: CompletionShell

    var arguments: [BoundArgument] { [$shell] }

    func run(in context: Context) -> CommandReport {
        let asking = [CompletionValuesCommand.configuration.name]
        let script = Program.parser.description.completionScript(for: shell, asking: asking)
        return .printing(script, of: "completions", as: "script", on: context.console)
    }
}

/// `tedge completion-values`, which the scripts run.
struct CompletionValuesCommand: RunnableCommand {
    static let configuration = CommandConfiguration(
        name: "completion-values", abstract: "Print what a shell can offer for the words on stdin.", isHidden: true)

    @Argument("KIND", help: "What is asked for: setting-key, setting-value, profile or cloud.") var kind: String

    var arguments: [BoundArgument] { [$kind] }

    func run(in context: Context) -> CommandReport {
        let line = Program.parser.partial(context.typedWords(isTerminal: isatty(STDIN_FILENO) == 1))
        let directory = line.value(ofLongOption: "config-dir")
        let lines = SettingCandidates(in: context.with(typedDirectory: directory)).lines(
            kind, command: line.path, arguments: line.positionals, profile: line.value(ofLongOption: "profile"))
        return .printing(lines.map { $0 + "\n" }.joined(), of: "completion-values", as: "values", on: context.console)
    }
}

import ArgumentParsing
import Foundation
import TedgeCore

/// `tedge completions`.
struct CompletionsCommand: RunnableCommand {
    static let configuration = CommandConfiguration(
        name: "completions", abstract: "Print a script that completes tedge commands in a shell.",
        discussion: """
            Examples:
              source <(tedge completions bash)     # in ~/.bashrc
              source <(tedge completions zsh)      # in ~/.zshrc
              tedge completions fish | source      # in ~/.config/fish/config.fish
            """)

    @Argument("SHELL", help: "The shell.") var shell: CompletionShell

    var arguments: [BoundArgument] { [$shell] }

    func run(in context: Context) -> CommandReport {
        let script = shell.script(for: Tedge.configuration.name, asking: CompleteCommand.configuration.name)
        return .printing(script, of: "completions", as: "script", on: context.console)
    }
}

/// `tedge __complete`, which the scripts run.
struct CompleteCommand: RunnableCommand {
    static let configuration = CommandConfiguration(
        name: "__complete", abstract: "Print what can replace the last of the words on stdin.", isHidden: true)

    func run(in context: Context) -> CommandReport {
        let words = context.typedWords(isTerminal: isatty(STDIN_FILENO) == 1)
        let completion = Program.parser.completion(of: words)
        let answer = completion.answer { kind in
            let directory = completion.value(ofLongOption: "config-dir")
            return SettingCandidates(in: context.with(typedDirectory: directory)).lines(
                kind, command: completion.path, arguments: completion.positionals,
                profile: completion.value(ofLongOption: "profile"))
        }
        return .printing(answer, of: "__complete", as: "values", on: context.console)
    }
}

/// A shell that completes command lines.
public enum CompletionShell: String, Sendable, CaseIterable, ExpressibleByArgument {
    case bash, zsh, fish
}

extension CommandDescription {
    /// The script that has a shell complete the command lines of the program, with a line feed at its end.
    ///
    /// The script holds the commands, options and allowed values that are not hidden. For what is only known at the time
    /// (``CompletionKind/custom(_:)``) it runs the program with `asking` and the text of the kind as arguments, and hands it
    /// the words before the one to complete, without the name of the program, on stdin, each with a NUL behind it. It takes
    /// what is printed as one candidate a line, with a tab and what it is for behind it or not. A line with an empty
    /// candidate asks for paths: `file` behind the tab for files, `directory` for directories. No word that the user has
    /// typed is evaluated by the shell.
    ///
    /// - Parameter asking: The words of the command that is asked, which should be hidden and must not fail.
    public func completionScript(for shell: CompletionShell, asking: [String]) -> String {
        let table = CompletionTable(of: self)
        return switch shell {
        case .bash: BashCompletion.script(for: table, asking: asking)
        case .zsh: ZshCompletion.script(for: table, asking: asking)
        case .fish: FishCompletion.script(for: table, asking: asking)
        }
    }
}

/// A shell that completes command lines.
public enum CompletionShell: String, Sendable, CaseIterable, ExpressibleByArgument {
    case bash, zsh, fish

    /// The script that has the shell complete the command lines of a program, with a line feed at its end.
    ///
    /// The script knows nothing of the program's commands. It runs the program with one argument, `asking`, and hands it the
    /// words of the line on stdin, each with a NUL behind it: without the name of the program, up to the one at the cursor.
    /// It takes what ``Completion/answer(_:)`` prints. No word that the user has typed is evaluated by the shell.
    ///
    /// - Parameters:
    ///   - program: The name of the program, of letters, digits and underscores.
    ///   - asking: The word of the command that answers. It should be hidden and must not fail.
    public func script(for program: String, asking: String) -> String {
        let frame =
            switch self {
            case .bash: Self.bashScript
            case .zsh: Self.zshScript
            case .fish: Self.fishScript
            }
        return frame.replacing("@PROGRAM@", with: program).replacing("@ASKING@", with: asking)
    }
}

extension Completion {
    /// What the scripts read: on the first line ``prefix``, then one candidate a line, with a tab and what it is for behind it
    /// or not. A line with an empty candidate asks for paths: `file` behind the tab for files, `directory` for directories.
    ///
    /// - Parameter custom: The lines for a kind of ``CompletionKind/custom(_:)``.
    public func answer(_ custom: (String) -> [String]) -> String {
        let lines =
            switch expected {
            case .nothing: [String]()
            case .words(let candidates): candidates.map { $0.text.isEmpty ? $0.word : "\($0.word)\t\($0.text)" }
            case .file: ["\tfile"]
            case .directory: ["\tdirectory"]
            case .custom(let kind): custom(kind)
            }
        return ([prefix] + lines).map { $0 + "\n" }.joined()
    }
}

import Glibc
import TestSupport

/// A shell that knows the script for it, as a person has it in a terminal.
enum ShellKind: String, CaseIterable, Sendable {
    /// bash that sources the script, without the package bash-completion.
    case bash
    /// bash with the package bash-completion, which finds the installed script.
    case bashWithPackage
    /// zsh that finds the installed script.
    case zsh
    /// zsh that sources the script.
    case zshWithSource
    /// fish that finds the installed script.
    case fish

    /// The word for `tedge completions`.
    var shell: String {
        switch self {
        case .bash, .bashWithPackage: "bash"
        case .zsh, .zshWithSource: "zsh"
        case .fish: "fish"
        }
    }

    /// What the shell reads when it starts. Ctrl-T writes the line into a file, Ctrl-X inserts all that fits.
    fileprivate var startFile: (name: String, text: String) {
        let install = InstalledFiles.share
        switch self {
        case .bash, .bashWithPackage:
            let load =
                self == .bash ? "source <(tedge completions bash)" : ". /usr/share/bash-completion/bash_completion"
            return (
                "bashrc",
                """
                PS1='ready> '
                \(load)
                bind -x '"\\C-t": printf %s "$READLINE_LINE" >"$HOME/line.new"; mv "$HOME/line.new" "$HOME/line"'
                bind '"\\C-x": insert-completions'
                """
            )
        case .zsh, .zshWithSource:
            let load =
                self == .zsh
                ? "fpath=(\(install)/zsh/vendor-completions $fpath); autoload -Uz compinit && compinit -D -i"
                : "source <(tedge completions zsh)"
            return (
                ".zshrc",
                """
                \(load)
                PS1='ready> '
                dump() { print -rn -- "$BUFFER" >$HOME/line.new; mv $HOME/line.new $HOME/line }
                zle -N dump; bindkey '^T' dump
                # Of itself the key first has zsh expand the word, which evaluates it.
                bindkey '^I' complete-word
                zle -C all complete-word _generic; bindkey '^X' all
                zstyle ':completion:all:*' completer _all_matches _complete
                zstyle ':completion:all:*' insert true
                """
            )
        case .fish:
            return (
                "config/fish/config.fish",
                """
                set -g fish_autosuggestion_enabled 0
                function fish_prompt; echo -n 'ready> '; end
                function dump; commandline -b >$HOME/line.new; mv $HOME/line.new $HOME/line; end
                bind \\ct dump
                """
            )
        }
    }
}

/// A shell in a terminal, started where a gateway's settings are found.
final class CompletingShell {
    private let kind: ShellKind
    private let gateway: Gateway
    private let session: TerminalSession
    private let environment: [String: String]
    /// The directory that the shell is in.
    let home: String

    /// Starts the shell and waits for its prompt.
    init(_ kind: ShellKind, _ gateway: Gateway) throws {
        self.kind = kind
        self.gateway = gateway
        home = "\(gateway.directory)/home"
        let start = kind.startFile
        let setUp = """
            mkdir -p "$0/config/fish" "$0/a dir"; touch "$0/some \\$file.pem" "$0/other.pem"
            [ -e "$0/../bin/tedge" ] || ln -s "$1" "$0/../bin/tedge"
            printf '#!/bin/sh\\n' >"$0/../bin/sudo"; chmod 755 "$0/../bin/sudo"
            """
        try Outcome(ChildProcess.run("sh", ["-c", setUp, home, releaseExecutable])).expectSuccess()
        try write("cd \"$HOME\"\n\(start.text)\n", to: "\(home)/\(start.name)")
        var environment = gateway.environment
        environment["HOME"] = home
        environment["ZDOTDIR"] = home
        environment["XDG_CONFIG_HOME"] = "\(home)/config"
        environment["XDG_DATA_DIRS"] = "\(InstalledFiles.share):/usr/share"
        environment["TERM"] = "dumb"
        environment["LC_ALL"] = "C.UTF-8"
        self.environment = environment
        let words: [String]
        switch kind.shell {
        case "bash": words = ["/bin/bash", "--noprofile", "--rcfile", "\(home)/\(start.name)", "-i"]
        case "zsh": words = ["/usr/bin/zsh", "-d", "-i"]
        default: words = ["/usr/bin/fish", "-i"]
        }
        session = try TerminalSession(words, environment: environment)
        try session.wait(for: "ready> ")
    }

    /// The line after the tabulator key.
    func line(afterTab typed: String) throws -> String { try line(after: typed, key: "\t") }

    /// The words that fit at the end of a line, sorted.
    func words(for typed: String) throws -> [String] {
        if kind == .fish {
            // Where nothing begins like a word, fish offers what is merely like it.
            let token = Self.value(String(typed.split(separator: " ", omittingEmptySubsequences: false).last ?? ""))
            return try fishWords(typed).map(\.word).filter { $0.hasPrefix(token) }.sorted()
        }
        let begin = (typed.lastIndex(of: " ").map { typed[...$0] } ?? "").count
        let inserted = try line(after: typed, key: "\u{18}").dropFirst(begin)
        let words = inserted.split(separator: " ").map { $0.hasSuffix("/") ? String($0.dropLast()) : String($0) }
        return (words == [String(typed.dropFirst(begin))] && !inserted.hasSuffix(" ") ? [] : words).map(Self.value)
            .sorted()
    }

    /// The words that fit at the end of a line in fish, with what they are for.
    func fishWords(_ typed: String) throws -> [(word: String, text: String)] {
        let words = ["-c", "cd $HOME; complete -C $argv[1]", typed]
        let outcome = Outcome(try ChildProcess.run("fish", words, environment: environment))
        guard outcome.errors == "" else { throw TestFailure(outcome.errors) }
        return outcome.output.split(separator: "\n").map { line in
            let parts = line.split(separator: "\t", maxSplits: 1).map(String.init)
            return (Self.value(parts[0]), parts.count > 1 ? parts[1] : "")
        }
    }

    /// What the terminal shows after the tabulator key is pressed twice.
    func listing(for typed: String) throws -> String {
        session.type(typed + "\t\t")
        _ = try line(after: "", key: "")
        return session.text
    }

    /// The word without the option that it is the value of.
    private static func value(_ word: String) -> String {
        guard word.hasPrefix("--"), let equals = word.firstIndex(of: "=") else { return word }
        return String(word[word.index(after: equals)...])
    }

    private func line(after typed: String, key: String) throws -> String {
        let file = "\(home)/line"
        unlink(file)
        session.type(typed + key + "\u{14}")
        guard
            eventually({
                session.read(); return access(file, F_OK) == 0
            })
        else {
            throw TestFailure("\(kind) does not tell its line after '\(typed)': \(session.text)")
        }
        let line = contents(of: file)
        session.type("\u{15}")
        return line.hasSuffix("\n") ? String(line.dropLast()) : line
    }
}

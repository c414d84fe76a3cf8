extension Context {
    /// The same context for commands that are part of a bootstrap: warnings, notes about waits, and the log are printed as
    /// always, and nothing else, because the bootstrap has one line for each step and prints errors itself.
    var quiet: Context {
        var context = self
        context.console = console.printing(.warnings)
        return context
    }
}

/// The lines that a bootstrap prints.
struct BootstrapLines {
    let console: Console
    let isTerminal: Bool
    /// The name of the connection in front of each line; empty if there is only one.
    let prefix: String

    private static let width = 11

    /// A line about a step.
    func line(_ step: BootstrapStep, _ text: String) {
        clear()
        console.line(prefix + "\(step.rawValue):".padded(to: Self.width) + text)
    }

    /// A line about a wait: it replaces the one before on a terminal.
    func wait(_ step: BootstrapStep, _ text: String) {
        guard isTerminal, !console.isJSON else { return line(step, text) }
        let shown = prefix + "\(step.rawValue):".padded(to: Self.width) + text
        console.result("\r\u{1B}[K" + ErrorFrame.printable(String(shown.prefix(78))), isStyled: true)
    }

    /// Takes the line of a wait away.
    func clear() {
        if isTerminal, !console.isJSON { console.result("\r\u{1B}[K", isStyled: true) }
    }
}

/// The steps of a bootstrap, in their order.
enum BootstrapStep: String, CaseIterable, Sendable {
    case prepare, configure, register, connect, verify
}

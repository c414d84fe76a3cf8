import ArgumentParsing
import Foundation
import TedgeCore

/// Hands what is not ours over to thin-edge.io's program.
enum HandOver {
    /// Becomes thin-edge.io's program if these words, or the name that we were started under, are meant for it.
    ///
    /// - Returns: The exit status if they are and it is not there; nil if they are ours.
    static func run(name: String, _ words: [String]) -> Int32? {
        guard let what = meant(name: name, words) else { return nil }
        let command = what.hasPrefix("tedge ") ? String(what.dropFirst(6)) : what
        let reason =
            ThinEdgeProgram.isInstalled
            ? "\(ThinEdgeProgram.path) could not be started: \(ThinEdgeProgram.become())"
            : "\(ThinEdgeProgram.path) does not exist."
        let console = Console.standard(isJSON: Program.wantsJSON(words))
        let causes = ["'\(what)' belongs to thin-edge.io, not to this program.", reason]
        let other = ThinEdgeProgram.instead(of: command) ?? "Run 'tedge --help' for the commands of this program."
        let hint = "Install thin-edge.io's packages beside this one. \(other)"
        let report = CommandReport.failed(
            command, status: .misuse, reason: .thinEdgeMissing, causes: causes, hint: hint)
        console.error(ErrorFrame.text(title: "cannot run '\(what)'", causes: causes, hint: hint))
        console.object(report.json)
        return report.status.rawValue
    }

    /// What is asked of thin-edge.io's program; nil if it is nothing.
    static func meant(name: String, _ words: [String]) -> String? {
        if ThinEdgeProgram.components.contains(name) { return name }
        // Options of its own may stand before its command, with their values.
        var rest = words[...]
        while let word = rest.first, word.hasPrefix("-"), word != "--" {
            rest = rest.dropFirst()
            if ["--config-dir", "--log-level"].contains(word) { rest = rest.dropFirst() }
        }
        guard let command = rest.first, ThinEdgeProgram.commands.contains(command) else { return nil }
        return "tedge \(command)"
    }
}

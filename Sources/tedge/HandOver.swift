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
        let reason: String
        if ThinEdgeProgram.isInstalled {
            reason = "\(ThinEdgeProgram.path) could not be started: \(ThinEdgeProgram.become())."
        } else {
            reason = "thin-edge.io is not installed beside this program."
        }
        let console = Console.standard(isJSON: Program.wantsJSON(words))
        console.error(
            """
            Error: \(what) is a part of thin-edge.io, not of this program.

            Caused by:
                \(reason)

            Hint: Install thin-edge.io's packages, or run 'tedge --help' to see what this program does.

            """)
        return UsageError.exitStatus
    }

    /// What is asked of thin-edge.io's program; nil if it is nothing.
    static func meant(name: String, _ words: [String]) -> String? {
        if ThinEdgeProgram.components.contains(name) { return "'\(name)'" }
        // Options of its own may stand before its command, with their values.
        var rest = words[...]
        while let word = rest.first, word.hasPrefix("-"), word != "--" {
            rest = rest.dropFirst()
            if ["--config-dir", "--log-level"].contains(word) { rest = rest.dropFirst() }
        }
        guard let command = rest.first, ThinEdgeProgram.commands.contains(command) else { return nil }
        return "'tedge \(command)'"
    }
}

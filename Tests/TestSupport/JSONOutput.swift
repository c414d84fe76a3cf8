/// What a command of tedge has printed with `--json`.
public enum JSONOutput {
    /// The output is not what the schema says.
    public struct Mismatch: Error, CustomStringConvertible {
        /// What is wrong, and the whole output.
        public let description: String
    }

    /// Throws `Mismatch` unless the words are of another program, want no JSON, or the output is what the schema says.
    public static func check(_ words: [String], _ output: String) throws {
        guard isJSON(words) else { return }
        let problems = try JSONSchema.ofProgram.get().problems(in: output)
        guard !problems.isEmpty else { return }
        let command = words.joined(separator: " ")
        throw Mismatch(description: "'\(command)' printed \(output)\n\(problems.joined(separator: "\n"))")
    }

    /// Whether the words run tedge with `--json`. What it hands over to thin-edge.io's program has that program's output.
    private static func isJSON(_ words: [String]) -> Bool {
        // A shell may send the output elsewhere.
        guard words.first != "sh", words.prefix(while: { $0 != "--" }).contains("--json") else { return false }
        let names = ["tedge", releaseExecutable]
        guard let program = words.lastIndex(where: { names.contains($0) || $0.hasSuffix("/bin/tedge") }) else {
            return false
        }
        return !words[program...].contains("run")
    }
}

import TestSupport
import Testing

@testable import TedgeCore

extension CommandReport {
    /// The JSON object as it is printed. Records an issue unless the schema allows it.
    var checkedText: String {
        let text = json.text
        do {
            for problem in try JSONSchema.ofProgram.get().problems(in: text) { Issue.record("\(problem): \(text)") }
        } catch {
            Issue.record(error)
        }
        return text
    }
}

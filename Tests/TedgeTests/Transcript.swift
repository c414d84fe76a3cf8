import Synchronization
import TedgeCore
import TestSupport
import Testing

/// What a command prints.
final class Transcript: Sendable {
    private let texts = Mutex<[(stream: ConsoleStream, text: String)]>([])
    private let isObject = Mutex(false)

    /// A console that remembers.
    var console: Console { console(isJSON: false) }

    /// A console that remembers, and wants a JSON object or not.
    func console(isJSON: Bool) -> Console {
        isObject.withLock { $0 = isJSON }
        return Console(isJSON: isJSON) { stream, text in self.texts.withLock { $0.append((stream, text)) } }
    }

    /// What is on stdout. Records an issue unless it is what the schema says, if it is a JSON object.
    var output: String {
        let text = texts.withLock { $0.filter { $0.stream == .output }.map(\.text).joined() }
        guard isObject.withLock({ $0 }) else { return text }
        do {
            for problem in try JSONSchema.ofProgram.get().problems(in: text) { Issue.record("\(problem): \(text)") }
        } catch {
            Issue.record(error)
        }
        return text
    }
    /// What is on stderr.
    var errors: String { texts.withLock { $0.filter { $0.stream == .error }.map(\.text).joined() } }
}

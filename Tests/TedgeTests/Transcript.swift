import Synchronization
import TedgeCore

/// What a command prints.
final class Transcript: Sendable {
    private let texts = Mutex<[(stream: ConsoleStream, text: String)]>([])

    /// A console that remembers.
    var console: Console { console(isJSON: false) }

    /// A console that remembers, and wants a JSON object or not.
    func console(isJSON: Bool) -> Console {
        Console(isJSON: isJSON) { stream, text in self.texts.withLock { $0.append((stream, text)) } }
    }

    /// What is on stdout.
    var output: String { texts.withLock { $0.filter { $0.stream == .output }.map(\.text).joined() } }
    /// What is on stderr.
    var errors: String { texts.withLock { $0.filter { $0.stream == .error }.map(\.text).joined() } }
}

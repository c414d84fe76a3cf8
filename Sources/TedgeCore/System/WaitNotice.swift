import Synchronization

/// Prints a note on stderr that says what the command waits for, when a wait has taken two seconds. Waits must check the
/// interruption at least every 100 ms, as all waits of this program do.
final class WaitNotice: Sendable {
    private struct Wait {
        let text: String
        let begin: ContinuousClock.Instant
    }

    private let console: Console
    private let wait = Mutex<Wait?>(nil)
    /// How long a wait may last before the note.
    private static let silence = Duration.seconds(2)

    init(on console: Console) { self.console = console }

    /// Begins a wait; the text is a sentence.
    func begin(_ text: String) { wait.withLock { $0 = Wait(text: text, begin: .now) } }

    /// Ends the wait.
    func end() { wait.withLock { $0 = nil } }

    /// The same interruption, which prints the note when it is checked and the note is due.
    func watching(_ interruption: Interruption) -> Interruption {
        Interruption {
            if let number = interruption.signal() { return number }
            if let text = self.due() { self.console.announce(text) }
            return nil
        }
    }

    /// The text, once, when it is due.
    private func due() -> String? {
        wait.withLock { wait in
            guard let current = wait, ContinuousClock.now - current.begin >= Self.silence else { return nil }
            wait = nil
            return current.text
        }
    }
}

extension Interruption {
    /// The same, for one wait that begins now; prints a note when it has taken two seconds.
    func announcing(_ text: String, on console: Console) -> Interruption {
        let notice = WaitNotice(on: console)
        notice.begin(text)
        return notice.watching(self)
    }
}

import Synchronization

/// Says on stderr what is being waited for, when that has taken two seconds. Waits must ask the interruption that it makes at
/// least every 100 ms, as all of this program do.
final class WaitNotice: Sendable {
    private struct Wait {
        let text: String
        let begin: ContinuousClock.Instant
    }

    private let console: Console
    private let wait = Mutex<Wait?>(nil)
    /// How long a wait may last before it is told.
    private static let silence = Duration.seconds(2)

    init(on console: Console) { self.console = console }

    /// A wait begins; the text is a sentence.
    func begin(_ text: String) { wait.withLock { $0 = Wait(text: text, begin: .now) } }

    /// The wait is over.
    func end() { wait.withLock { $0 = nil } }

    /// The same interruption, which looks at the wait as often as it is asked.
    func watching(_ interruption: Interruption) -> Interruption {
        Interruption {
            if let number = interruption.signal() { return number }
            if let text = self.due() { self.console.note(text) }
            return nil
        }
    }

    /// The text, once, when the time has come.
    private func due() -> String? {
        wait.withLock { wait in
            guard let current = wait, ContinuousClock.now - current.begin >= Self.silence else { return nil }
            wait = nil
            return current.text
        }
    }
}

extension Interruption {
    /// The same, for one wait that begins now and is told on stderr when it has taken two seconds.
    func announcing(_ text: String, on console: Console) -> Interruption {
        let notice = WaitNotice(on: console)
        notice.begin(text)
        return notice.watching(self)
    }
}

import Foundation
import Synchronization

/// Tells whether the command should end: because a user or a service manager sent a signal, or for another reason that can
/// arise at any time.
public struct Interruption: Sendable {
    /// The number of the signal that arrived, or nil. The negative number of an error if stdout cannot be written.
    var signal: @Sendable () -> Int32?

    /// Gets the signal from a function.
    init(signal: @escaping @Sendable () -> Int32?) {
        self.signal = signal
    }

    /// Whether this process received a signal since `ofProcess`.
    static var wasReceived: Bool { received.load(ordering: .relaxed) != 0 }

    /// Whether the command should end.
    var isRequested: Bool { signal() != nil }

    /// Throws `Interrupted` if the command should end.
    func check() throws(Interrupted) {
        if let signal = signal() { throw Interrupted(signal: signal) }
    }

    /// Waits; throws `Interrupted` if a signal arrives meanwhile.
    func pause(_ length: Duration) throws(Interrupted) {
        let end = ContinuousClock.now + length
        while true {
            try check()
            let rest = ContinuousClock.now.duration(to: end) / .milliseconds(1)
            if rest <= 0 { return }
            // A signal ends the pause; one that arrived just before it is noticed within 100 ms.
            _ = poll(nil, 0, Int32(min(rest.rounded(.up), 100)))
        }
    }

    /// The same, and an interruption at a deadline, like a SIGALRM.
    func bounded(by deadline: ContinuousClock.Instant) -> Interruption {
        let signal = signal
        return Interruption { signal() ?? (ContinuousClock.now > deadline ? SIGALRM : nil) }
    }

    /// The same, and an interruption when stdout cannot be written.
    func orLostOutput(of console: Console) -> Interruption {
        let signal = signal
        return Interruption { signal() ?? console.outputFailure.map { -$0.code } }
    }

    /// The same with a delay, so that work that is nearly done can finish.
    func delayed(by timeout: Duration) -> Interruption {
        let (signal, first) = (signal, FirstTime())
        return Interruption { signal().flatMap { number in first.passed() >= timeout ? number : nil } }
    }

    private final class FirstTime: Sendable {
        private let time = Mutex<ContinuousClock.Instant?>(nil)

        func passed() -> Duration {
            time.withLock { time in
                let first = time ?? .now
                time = first
                return first.duration(to: .now)
            }
        }
    }

    /// Never interrupts.
    static let never = Interruption { nil }

    /// From now on SIGINT, SIGTERM, SIGHUP and SIGQUIT no longer end the process; they are noticed here and end every wait. A
    /// second signal changes nothing: changes are rolled back first.
    static func ofProcess() -> Interruption {
        catchSignals()
        return Interruption {
            let number = received.load(ordering: .relaxed)
            return number == 0 ? nil : number
        }
    }

    /// From now on these signals do not end the process, and `ofProcess` tells of one that arrived before it.
    public static func catchSignals() {
        var action = sigaction()
        unsafe action.__sigaction_handler.sa_handler = { number in
            _ = received.compareExchange(expected: 0, desired: number, ordering: .relaxed)
        }
        for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT] {
            // A signal that is ignored, for example under nohup, stays ignored.
            var current = sigaction()
            unsafe sigaction(number, nil, &current)
            if unsafe unsafeBitCast(current.__sigaction_handler.sa_handler, to: Int.self) == 1 { continue }
            unsafe sigaction(number, &action, nil)
        }
    }
}

private let received = Atomic<Int32>(0)

/// A signal ended the command, or stdout cannot be written.
public struct Interrupted: ExplainedError, Equatable {
    /// The number of the signal; the negative number of an error if stdout cannot be written.
    let signal: Int32

    /// Makes an error from the number.
    init(signal: Int32) { self.signal = signal }

    /// Always true.
    public var isInterruption: Bool { true }

    private var output: OutputError? { signal < 0 ? OutputError(reason: SystemError(-signal)) : nil }

    /// `interrupted`, or `output-failed`.
    public var id: ReasonID { output?.id ?? .interrupted }

    /// The name of the signal, or why stdout cannot be written.
    public var causes: [String] {
        if let output { return output.causes }
        let name =
            switch signal {
            case SIGINT: "SIGINT"
            case SIGTERM: "SIGTERM"
            case SIGHUP: "SIGHUP"
            case SIGQUIT: "SIGQUIT"
            default: "signal \(signal)"
            }
        return ["Interrupted by \(name)"]
    }

    /// What to do about the output; nil for a signal.
    public var hint: String? { output?.hint }
}

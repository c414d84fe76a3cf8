import Foundation
import Synchronization

/// The wish of a user or a service manager that the command ends, or another reason to end it that comes at any time.
public struct Interruption: Sendable {
    /// The number of the signal that came, or nil. The negative number of an error if stdout cannot be written.
    var signal: @Sendable () -> Int32?

    /// Asks for the signal in the given way.
    init(signal: @escaping @Sendable () -> Int32?) {
        self.signal = signal
    }

    /// Whether a signal came to this process since `ofProcess`.
    static var wasReceived: Bool { received.load(ordering: .relaxed) != 0 }

    /// Whether a signal came.
    var isRequested: Bool { signal() != nil }

    /// Throws `Interrupted` where a signal came.
    func check() throws(Interrupted) {
        if let signal = signal() { throw Interrupted(signal: signal) }
    }

    /// Waits, and throws `Interrupted` where a signal comes meanwhile.
    func pause(_ length: Duration) throws(Interrupted) {
        let end = ContinuousClock.now + length
        while true {
            try check()
            let rest = ContinuousClock.now.duration(to: end) / .milliseconds(1)
            if rest <= 0 { return }
            // A signal ends the pause; one that came just before it is noticed soon.
            _ = poll(nil, 0, Int32(min(rest.rounded(.up), 100)))
        }
    }

    /// The same, and an interruption that comes at a point of time by itself, as SIGALRM would.
    func bounded(by deadline: ContinuousClock.Instant) -> Interruption {
        let signal = signal
        return Interruption { signal() ?? (ContinuousClock.now > deadline ? SIGALRM : nil) }
    }

    /// The same, and an interruption that comes when a text for stdout is lost.
    func orLostOutput(of console: Console) -> Interruption {
        let signal = signal
        return Interruption { signal() ?? console.outputFailure.map { -$0.code } }
    }

    /// The same some time later: who is nearly done may come to the end.
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

    /// Nothing ever interrupts.
    static let never = Interruption { nil }

    /// From now on SIGINT, SIGTERM, SIGHUP and SIGQUIT no longer end the process; they are noticed here, and every wait ends. A
    /// second one changes nothing: what was begun is put back first.
    static func ofProcess() -> Interruption {
        var action = sigaction()
        unsafe action.__sigaction_handler.sa_handler = { number in
            _ = received.compareExchange(expected: 0, desired: number, ordering: .relaxed)
        }
        for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT] {
            // A signal that was ignored, as by nohup, stays so.
            var current = sigaction()
            unsafe sigaction(number, nil, &current)
            if unsafe unsafeBitCast(current.__sigaction_handler.sa_handler, to: Int.self) == 1 { continue }
            unsafe sigaction(number, &action, nil)
        }
        return Interruption {
            let number = received.load(ordering: .relaxed)
            return number == 0 ? nil : number
        }
    }
}

private let received = Atomic<Int32>(0)

/// The command was asked to end by a signal, or cannot print what it does.
public struct Interrupted: ExplainedError, Equatable {
    /// The number of the signal; the negative number of an error if stdout cannot be written.
    let signal: Int32

    /// Names the signal.
    init(signal: Int32) { self.signal = signal }

    /// Always.
    public var isInterruption: Bool { true }

    private var output: OutputError? { signal < 0 ? OutputError(reason: SystemError(-signal)) : nil }

    /// `interrupted`, or `output-failed`.
    public var id: ReasonID { output?.id ?? .interrupted }

    /// The name of the signal, or what became of the output.
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

    /// How the output can be written.
    public var hint: String? { output?.hint }
}

/// For how long a bootstrap tries again what may pass by itself.
struct BootstrapPatience {
    /// What is waited for.
    enum Matter {
        /// A name, a network, an answer of the cloud: only if a time was given.
        case network
        /// That the cloud takes what was registered just now, or that a person approves it.
        case registration
    }

    let options: BootstrapOptions
    let begin: ContinuousClock.Instant
    let context: Context
    let lines: BootstrapLines

    /// How long something is waited for.
    func limit(_ matter: Matter) -> Duration {
        if options.triesOnce || options.isRehearsal { return .zero }
        return options.timeout ?? (matter == .registration ? BootstrapOptions.usualTimeout : .zero)
    }

    /// Tries until it succeeds, fails for good, or the time is over; throws the last failure.
    ///
    /// - Parameters:
    ///   - what: What is waited for, as in "waiting for …".
    ///   - attempt: Throws `BootstrapFailure` and other errors.
    func keepTrying<Value>(
        _ step: BootstrapStep, _ matter: Matter, _ attempt: () throws -> Value
    ) throws -> Value {
        let deadline = begin + limit(matter)
        var pause = context.retryPause
        while true {
            try context.interruption.check()
            do {
                let value = try attempt()
                lines.clear()
                return value
            } catch {
                try context.interruption.check()
                let failure = BootstrapFailure(error, in: context)
                let left = ContinuousClock.now.duration(to: deadline)
                guard failure.isRetriable, left > .zero else {
                    lines.clear()
                    throw failure
                }
                lines.wait(step, "waiting, \(Self.words(left)) left: \(failure.causes.first ?? failure.message)")
                try context.interruption.pause(min(pause, left))
                pause = min(pause * 3 / 2, .seconds(15))
            }
        }
    }

    private static func words(_ length: Duration) -> String {
        let seconds = length.components.seconds + 1
        return seconds < 100 ? "\(seconds) s" : "\((seconds + 59) / 60) min"
    }
}

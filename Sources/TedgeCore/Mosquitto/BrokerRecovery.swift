/// Recovers mosquitto if it ends after connect has finished.
struct BrokerRecovery {
    /// What was found and done.
    enum Outcome: Equatable {
        /// mosquitto runs, or it is unknown whether it does.
        case runs
        /// It had ended and runs again with the bridge; systemd may have started it.
        case startedAgain
        /// It always ends with the bridge, which is removed, and runs without it.
        case bridgeRemoved
        /// It does not run.
        case dead
    }

    let inputs: ConnectionInputs
    let context: Context

    /// Starts mosquitto again if it does not run, and removes the bridge if mosquitto does not stay up with it.
    ///
    /// - Parameter command: The words of the command, for those who wait for its lock.
    func run(for command: String) -> Outcome {
        // No signal ends a recovery.
        var context = context
        context.interruption = .never
        let manager = ServiceManager(inputs.system, in: context).undoing
        guard (try? manager.isActive(.mosquitto)) == false || manager.restarts(of: .mosquitto) ?? 0 > 0 else {
            return .runs
        }
        let outcome = try? context.changing(command) { () -> Outcome in
            context.console.note("mosquitto has ended. Starting it again.")
            if start(manager, context) { return .startedAgain }
            context.console.note("mosquitto does not stay up. Removing the bridge.")
            try Disconnector.disconnect(inputs.cloud, inputs.profile, startsMosquitto: true, in: context)
            return .bridgeRemoved
        }
        guard let outcome, (try? manager.isActive(.mosquitto)) != false else { return .dead }
        return outcome
    }

    /// Starts mosquitto; false if it does not start or ends soon.
    private func start(_ manager: ServiceManager, _ context: Context) -> Bool {
        guard (try? manager.start(.mosquitto)) != nil else { return false }
        BrokerStart(settings: inputs.settings, context: context).waitUninterrupted()
        let process = manager.mainProcess(of: .mosquitto)
        // A bridge that ends it does so when the cloud answers.
        try? context.interruption.pause(context.retryPause)
        return (try? manager.isActive(.mosquitto)) != false && manager.mainProcess(of: .mosquitto) == process
    }
}

extension BrokerRecovery.Outcome {
    /// The diagnosis; nil if mosquitto runs as it should.
    func diagnosis(of inputs: ConnectionInputs) -> Diagnosis? {
        let words = inputs.cloud.name.words(inputs.profile)
        return switch self {
        case .runs: nil
        case .startedAgain:
            Diagnosis(
                .mosquittoEnded, "mosquitto ended after it was restarted with the bridge. It runs again.",
                hint: "Run 'tedge connect \(words) --test' to check the connection.")
        case .bridgeRemoved:
            Diagnosis(
                .mosquittoEnded,
                "mosquitto ends again and again with the bridge. The bridge was removed, and mosquitto runs.",
                hint: "Run 'journalctl --unit mosquitto' to see why it ended.")
        case .dead:
            Diagnosis(
                .mosquittoNotRunning, "mosquitto ended after it was restarted with the bridge, and does not start.",
                hint: "Run 'journalctl --unit mosquitto' to see why it ended.")
        }
    }
}

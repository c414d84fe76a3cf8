/// What becomes of a mosquitto that ends after connect restarted it, when the bridge is there for good.
struct BrokerRevival {
    /// What was found, and done.
    enum Outcome: Equatable {
        /// mosquitto runs, or nobody says that it does not.
        case runs
        /// It had ended, and runs again, with the bridge; systemd may have started it.
        case startedAgain
        /// It ends again and again with the bridge, and runs without it.
        case takenAway
        /// It does not run.
        case dead
    }

    let plan: ConnectionInputs
    let context: Context
    /// Starts mosquitto again where it does not run. Where it does not stay up with the bridge, that is taken away.
    ///
    /// - Parameter command: What does this, for those who wait.
    func run(for command: String) -> Outcome {
        // What puts something back is not ended by a signal.
        var context = context
        context.interruption = .never
        let manager = ServiceManager(plan.system, in: context).undoing
        guard (try? manager.isActive(.mosquitto)) == false || manager.restarts(of: .mosquitto) ?? 0 > 0 else {
            return .runs
        }
        let outcome = try? context.changing(command) { () -> Outcome in
            context.console.note("mosquitto has ended. Starting it again.")
            if start(manager, context) { return .startedAgain }
            context.console.note("mosquitto does not stay up. Taking the bridge away.")
            let disconnection = try Disconnection(plan.cloud, plan.profile, mosquittoIsToRun: true, in: context)
            _ = try disconnection.run()
            disconnection.commit()
            return .takenAway
        }
        guard let outcome, (try? manager.isActive(.mosquitto)) != false else { return .dead }
        return outcome
    }

    /// Starts mosquitto; false if it does not start, or ends soon.
    private func start(_ manager: ServiceManager, _ context: Context) -> Bool {
        guard (try? manager.start(.mosquitto)) != nil else { return false }
        BrokerStart(settings: plan.settings, context: context).finishInterrupted()
        let process = manager.mainProcess(of: .mosquitto)
        // A bridge that ends it does so when the cloud answers.
        try? context.interruption.pause(context.retryPause)
        return (try? manager.isActive(.mosquitto)) != false && manager.mainProcess(of: .mosquitto) == process
    }
}

extension BrokerRevival.Outcome {
    /// What is told; nil if mosquitto runs as it should.
    func diagnosis(of plan: ConnectionInputs) -> Diagnosis? {
        let words = plan.cloud.name.words(plan.profile)
        return switch self {
        case .runs: nil
        case .startedAgain:
            Diagnosis(
                .mosquittoEnded, "mosquitto ended after it was restarted with the bridge. It runs again.",
                hint: "Run 'tedge connect \(words) --test' to check the connection.")
        case .takenAway:
            Diagnosis(
                .mosquittoEnded,
                "mosquitto ends again and again with the bridge. The bridge was taken away, and mosquitto runs.",
                hint: "Run 'journalctl --unit mosquitto' to see why it ended.")
        case .dead:
            Diagnosis(
                .mosquittoNotRunning, "mosquitto ended after it was restarted with the bridge, and does not start.",
                hint: "Run 'journalctl --unit mosquitto' to see why it ended.")
        }
    }
}

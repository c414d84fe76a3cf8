/// The bridge and the cloud behind it.
extension DoctorRun {
    /// What the local broker and the cloud say, asked once.
    func findings() -> DoctorConversation.Findings {
        if let conversation { return conversation }
        let found = DoctorConversation(self).run()
        conversation = found
        return found
    }

    func bridgeUp() -> CheckOutcome {
        switch findings().isBridgeUp {
        case true?: .ok("mosquitto says so")
        case false?: .error(bridgeDown())
        case nil where findings().isUnanswered: .outOfTime
        case nil:
            .error(
                Diagnosis(
                    .bridgeUnknown, "mosquitto says nothing about the bridge: it has not read \(paths.bridge).",
                    hint: "Run 'sudo systemctl restart mosquitto'."))
        }
    }

    /// What mosquitto said of its last attempt, where it can be looked up.
    private func bridgeDown() -> Diagnosis {
        if let manager = try? manager.get(), let plan = try? plan.get(), let deviceID = try? plan.builder.deviceID() {
            let log = BrokerLog(context: brokerContext, manager: manager, since: 0)
            if let attempt = log.lastAttempt(of: cloud, profile) {
                return Diagnosis.refusedDevice(cloud, profile, attempt, deviceID: deviceID)
            }
        }
        return Diagnosis.bridgeDown(cloud, profile, in: brokerContext)
    }

    func roundTrip() -> CheckOutcome {
        let deviceID = (try? plan.get()).flatMap { try? $0.builder.deviceID() }
        switch findings().answer {
        case .refusal(let status)?:
            return .error(Diagnosis.refusedRequest(cloud, profile, status, deviceID: deviceID))
        case .some: return .ok("\(cloud.displayName) answers")
        case nil where findings().isCut: return .outOfTime
        case nil: return .error(Diagnosis.silent(cloud, profile, deviceID: deviceID))
        }
    }

    func tenant() -> CheckOutcome {
        guard case .tenant(let host)? = findings().answer else {
            return .skipped("\(cloud.displayName) does not say who it is")
        }
        let hosts = findings().hosts
        if hosts.contains(host) { return .ok(host) }
        if let plan = try? plan.get(), let changed = Diagnosis.addressChanged(plan, in: context) {
            return .error(changed)
        }
        return .error(
            Diagnosis.otherTenant(
                expected: hosts, answered: host, try? cloudSettings(), reconnect: reconnectCommand))
    }
}

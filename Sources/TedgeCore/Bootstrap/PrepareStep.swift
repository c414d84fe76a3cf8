import MQTT
import TLS
import X509

/// What has to be so before anything is written.
extension BootstrapSession {
    func prepare() throws -> Done {
        try checkDevice()
        var plan = try makePlan()
        try hooks(plan).check()
        guard !options.isOffline else {
            self.plan = plan
            try hooks(plan).run(.prepare)
            return .kept("this device can be connected; the cloud is not asked.")
        }
        if run.cloud == .c8y { plan = try reachTenant(plan) }
        let endpoint = try endpoint(plan)
        try patience.keepTrying(.prepare, .network) { try reach(endpoint, plan) }
        self.plan = plan
        try hooks(plan).run(.prepare)
        return .kept("\(endpoint.host) answers.")
    }

    /// The hooks of this run, which are told what is known by now. That one of them did something does not count as a change,
    /// because a hook cannot say whether anything is other than before.
    func hooks(_ plan: BootstrapPlan?) throws -> BootstrapHooks {
        let settings = try plan?.settings ?? settings()
        var known = run
        let cloud = settings.cloud(run.cloud, profile: run.profile)
        if known.url == nil { known.url = try cloud.string("url") }
        if known.url == nil, run.cloud == .c8y { known.url = try cloud.string("http") }
        if known.deviceID == nil { known.deviceID = try? cloud.string("device.id") }
        if let plan { known.method = plan.method }
        var hooks = BootstrapHooks(
            run: known,
            directories: try BootstrapHooks.directories(options.pluginDirectory, settings, in: context),
            isOffline: options.isOffline, context: context)
        hooks.registrationAddress = pendingAddress
        return hooks
    }

    private func checkDevice() throws {
        if context.ownsMosquitto, !context.accounts.isRoot, context.rehearsal == nil { throw BootstrapError.notRoot }
        try context.require(.mosquitto)
        try context.require(.ssl)
        let device = context.knowingMosquitto()
        guard
            MosquittoVersion.text(
                context.processes, context.interruption, program: device.mosquittoUnit?.program) != nil
        else {
            try context.interruption.check()
            throw BootstrapFailure(
                .mosquittoNotFound, ["mosquitto is not installed."],
                hint: "Run 'sudo apt install mosquitto', or install it by other means.")
        }
        guard context.now() >= ProgramRelease.date else { throw ClockError(clock: RFC2822Date.text(context.now())) }
        for variable in run.variables where context.environment[variable.name]?.isEmpty ?? true {
            throw BootstrapError.variableMissing(variable.name, purpose: variable.purpose)
        }
    }

    /// The settings that the run wants, without asking any server.
    private func makePlan() throws -> BootstrapPlan {
        let plan = try BootstrapPlan(run, settings(), mqttHost: mqttHost, in: context)
        let cloud = plan.settings.cloud(run.cloud, profile: run.profile)
        do {
            _ = try endpoint(plan)
        } catch let error as SettingsError {
            guard case .missing = error else { throw error }
            throw BootstrapError.noURL(run)
        }
        try run.checkMethod(plan.method)
        if run.deviceID == nil, try cloud.string("device.id") == nil { throw BootstrapError.noDeviceID(run) }
        try checkIdentity(plan)
        return plan
    }

    /// Throws if there is a certificate of another device, which is not to be replaced. One that another connection uses is
    /// not replaced by --re-register either: that connection would be lost.
    private func checkIdentity(_ plan: BootstrapPlan) throws {
        guard let wanted = run.deviceID, plan.method != .basic else { return }
        let pair = try CertificatePair(plan.settings, cloud: run.cloud, profile: run.profile, in: context)
        guard context.files.exists(pair.certificatePath),
            let found = try CertificateFile.commonName(at: pair.certificatePath, files: context.files),
            found != wanted
        else { return }
        let users = CertificateUse.connections(of: pair.certificatePath, in: context)
            .filter { $0 != (run.cloud, run.profile) }
        guard !run.registersAgain || !users.isEmpty else { return }
        throw BootstrapError.otherIdentity(
            path: pair.certificatePath, found: found, wanted: wanted, cloud: run.cloud,
            users: users.map { BootstrapRun($0.cloud, profile: $0.profile).name })
    }

    private func endpoint(_ plan: BootstrapPlan) throws -> HostPort {
        try HostPort.ofBridge(plan.settings.cloud(run.cloud, profile: run.profile), in: context)
    }

    /// Asks the tenant for its address for MQTT. Any answer shows that it is there.
    private func reachTenant(_ plan: BootstrapPlan) throws -> BootstrapPlan {
        let cloud = plan.settings.cloud(.c8y, profile: run.profile)
        let target = try WebTarget(cloud)
        let needsTenant = plan.method == .tenantAuthority || plan.method == .selfSigned
        try patience.keepTrying(.prepare, .network) {
            do {
                mqttHost = try discover(target, cloud)
            } catch let error as HTTPError {
                try context.interruption.check()
                let failure = target.failure(
                    error, of: .upload, rootsKey: try cloud.name("root_cert_path").text,
                    urlKey: run.url == nil ? try cloud.name("url").text : nil)
                guard needsTenant else {
                    context.console.warning(
                        "The tenant was not asked for its address for MQTT: \(CommandReport.sentence(failure.diagnosis.causes))"
                    )
                    return
                }
                throw BootstrapFailure(failure.diagnosis)
            }
        }
        return mqttHost == nil ? plan : try makePlan()
    }

    /// The tenant's host for MQTT; nil if it is not known, or if the run does not leave it to the tenant.
    private func discover(_ target: WebTarget, _ cloud: CloudSettings) throws -> String? {
        let mqtt = try SettingName("c8y.mqtt", profile: run.profile)
        let isGiven = run.url == nil || run.settings.contains { (try? run.settingName($0.key)) == mqtt }
        guard !isGiven else {
            _ = try context.send(HTTPRequest("GET", "/tenant/loginOptions"), to: target, within: 10)
            return nil
        }
        let discovery = TenantDiscovery(target: target, roots: try cloud.path("root_cert_path"), context: context)
        switch try discovery.run() {
        case .same: return target.endpoint.host
        case .other(let host): return host
        case .unknown: return nil
        }
    }

    /// Throws unless the MQTT endpoint shows a certificate that this device trusts.
    private func reach(_ endpoint: HostPort, _ plan: BootstrapPlan) throws {
        let cloud = plan.settings.cloud(run.cloud, profile: run.profile)
        let probe = context.probe(
            endpoint,
            TLSOptions(
                roots: [.path(try cloud.path("root_cert_path"))], alpn: Cloud.named(run.cloud).alpn(for: endpoint)),
            timeout: .zero, until: .now + .seconds(5), context.interruption)
        guard !probe.isServerTrusted, let failure = probe.failure else { return }
        try context.interruption.check()
        let words = EndpointDiagnosis(Cloud.named(run.cloud), cloud, endpoint)
        guard let diagnosis = words.diagnosis(failure) else {
            throw BootstrapFailure(
                .cloudClosesConnection,
                ["What answers at \(endpoint) closes the connection before it has shown a certificate.", "\(failure)"])
        }
        throw BootstrapFailure(diagnosis)
    }
}

extension BootstrapRun {
    /// Throws if the cloud does not offer a method.
    func checkMethod(_ method: Method) throws {
        do throws(BootstrapRunProblem) {
            try check(method)
        } catch {
            throw BootstrapFailure(.wrongUsage, [error.reason], hint: error.hint)
        }
    }
}

import TestSupport
import Testing

/// The release executable is disturbed at every system call that changes a file: killed, interrupted, and made to fail.
@Suite("faults") struct FaultTests {
    private func expectSurvival(
        _ scenario: any FaultScenario, share: Int = 0, of shares: Int = 1,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        var injection = FaultInjection(scenario)
        try injection.run(share: share, of: shares)
        let part = shares == 1 ? "" : ", part \(share + 1) of \(shares)"
        print(
            "Faults in '\(scenario.words.joined(separator: " "))'\(part): \(injection.injected) injected, "
                + "\(injection.survived) survived")
        for problem in injection.problems { Issue.record("\(problem)", sourceLocation: sourceLocation) }
        #expect(injection.injected == injection.survived, sourceLocation: sourceLocation)
        #expect(injection.injected == injection.planned && injection.planned > 0, sourceLocation: sourceLocation)
    }

    @Test("config set writes the whole change or nothing")
    func settings() throws { try expectSurvival(SettingsScenario()) }

    @Test("config upgrade moves all settings or none, and none has another value at any time")
    func upgrade() throws { try expectSurvival(UpgradeScenario()) }

    @Test("cert create makes the whole pair or nothing")
    func certificates() throws { try expectSurvival(CertificateScenario()) }

    @Test("cert renew replaces the renewed certificate as a whole or not at all")
    func renewal() throws { try expectSurvival(RenewalScenario()) }

    @Test("cert create-csr makes key and request or nothing")
    func signingRequests() throws { try expectSurvival(SigningRequestScenario()) }

    @Test("connect connects or leaves everything as it was", arguments: 0..<2)
    func connect(part: Int) throws { try expectSurvival(ConnectScenario(), share: part, of: 2) }

    @Test("disconnect takes the whole connection away or nothing", arguments: 0..<2)
    func disconnect(part: Int) throws { try expectSurvival(DisconnectScenario(), share: part, of: 2) }

    @Test("reconnect brings the new connection or leaves the old one", arguments: 0..<2)
    func reconnect(part: Int) throws { try expectSurvival(ReconnectScenario(), share: part, of: 2) }

    @Test("refresh-bridges brings the new bridges, and to mosquitto, or leaves the old ones")
    func refresh() throws { try expectSurvival(RefreshScenario()) }

    @Test("init makes everything or nothing")
    func initialization() throws { try expectSurvival(InitScenario()) }

    // Its parts are those of the commands above; a share of the calls shows that they go on after each other.
    @Test("bootstrap goes on after every fault")
    func bootstrap() throws { try expectSurvival(BootstrapScenario(), share: 3, of: 32) }
}

import Foundation
import MQTT
import Sockets
import TLS
import TestSupport
import Testing

@testable import TedgeCore

/// What the doctor asks of name servers, servers and brokers: as strict as mosquitto, and without an answer no finding.
@Suite struct ProbeTests {
    private func doctorRun(_ fixture: Fixture, _ seconds: Double = 10) -> DoctorRun {
        DoctorRun(.c8y, profile: nil, until: .now + .seconds(seconds), in: fixture.context)
    }

    @Test("what nobody has answered when the time is over is skipped, and not found wrong")
    func noTime() throws {
        var fixture = try Fixture.ready()
        let nameServer = SilentNameServer()
        defer { nameServer.end() }
        fixture.resolver = nameServer.resolver
        let doctorRun = doctorRun(fixture, 0.3)
        #expect(doctorRun.outcome(of: "name-resolution") == CheckOutcome.outOfTime)
        for check: CheckID in ["tcp", "server-certificate", "server-clock", "client-certificate"] {
            #expect(doctorRun.outcome(of: check) == CheckOutcome.outOfTime, "\(check)")
        }
    }

    @Test("a name server that leaves a question without an answer for three seconds is named")
    func silentNameServer() throws {
        var fixture = try Fixture.ready()
        let nameServer = SilentNameServer()
        defer { nameServer.end() }
        fixture.resolver = nameServer.resolver
        #expect(doctorRun(fixture).outcome(of: "name-resolution").diagnosis?.id == "name-server-silent")
    }

    @Test("a local broker that has not answered when the time is over says nothing about the bridge")
    func silentBroker() throws {
        let fixture = try Fixture.ready()
        try fixture.write("include_dir \(fixture.path("mosquitto-conf"))\n", to: "mosquitto.conf")
        #expect(fixture.connect().status == 0)
        fixture.programs.on("mosquitto -h", .exited(3), output: "mosquitto version 2.0.11\n")
        fixture.broker.failToConnect(.interrupted)
        let doctorRun = doctorRun(fixture)
        for check: CheckID in ["local-mqtt", "bridge-up"] {
            #expect(doctorRun.outcome(of: check) == CheckOutcome.outOfTime, "\(check)")
        }
    }

    @Test("mosquitto's address that does not answer is an error, and one that would is named")
    func firstAddress() throws {
        var fixture = try Fixture.ready()
        let server = try FakeServer { $0.drain() }
        try fixture.configure("c8y.mqtt = 'tenant.example.com:\(server.port)'\n")
        fixture.resolver = { _ in
            .success(["127.0.0.9", "127.0.0.1"].map { NetworkAddress(text: $0, isIPv6: false) })
        }
        // A refusal that comes at once, as on the loopback, has mosquitto take the next address. A full queue is silent.
        let silent = try listeningSocket(backlog: 0, lastByte: 9, port: server.port)
        defer { close(silent) }
        let filler = try #require(connectedSocket(to: server.port, lastByte: 9))
        defer { close(filler) }
        let diagnosis = try #require(doctorRun(fixture).outcome(of: "tcp").diagnosis)
        #expect(diagnosis.id == "first-address-unreachable")
        #expect(diagnosis.message.hasPrefix("mosquitto uses the address 127.0.0.9 of tenant.example.com"))
        #expect(diagnosis.hint?.contains("the line '127.0.0.1 tenant.example.com' to /etc/hosts") == true)
    }

    private func ask(_ probe: TLSProbe, _ check: CheckID) throws -> CheckOutcome {
        var fixture = try Fixture.ready()
        fixture.probe = { _, _, _, _, _ in probe }
        let server = try FakeServer { $0.drain() }
        try fixture.configure("c8y.mqtt = 'localhost:\(server.port)'\n")
        return doctorRun(fixture).outcome(of: check)
    }

    @Test("a server that never asked for a certificate has not accepted it")
    func notAsked() throws {
        let outcome = try ask(
            TLSProbe(failure: nil, isServerTrusted: true, isIdentityWanted: false), "client-certificate")
        #expect(outcome.diagnosis?.id == "client-certificate-not-asked" && outcome.state == .warning)
        #expect(outcome.diagnosis?.hint?.contains("'tedge config get c8y.mqtt'") == true)
        let asked = try ask(TLSProbe(failure: nil, isServerTrusted: true, isIdentityWanted: true), "client-certificate")
        #expect(asked == .ok("it is accepted"))
    }

    @Test("an alert that comes before the server has shown its certificate does not make that trusted")
    func alertBefore() throws {
        let before = try ask(TLSProbe(failure: .alert(number: 112)), "server-certificate")
        #expect(before.diagnosis?.id == "server-name-unknown")
        let after = try ask(
            TLSProbe(failure: .alert(number: 116), isServerTrusted: true, isIdentityWanted: true), "server-certificate")
        #expect(after == .ok("it is trusted"))
    }

    @Test("an authority of the device that has expired is told with its file, and not laid on the cloud")
    func expiredAuthority() throws {
        let outcome = try ask(TLSProbe(failure: .authorityExpired(name: "Root X", notAfter: 0)), "server-certificate")
        let diagnosis = try #require(outcome.diagnosis)
        #expect(diagnosis.id == "trust-roots-expired")
        #expect(
            diagnosis.message.hasPrefix(
                "The certificate of the authority 'Root X', by which this device knows localhost:"))
        #expect(diagnosis.seen?.contains("/roots, and was valid until Thu, 01 Jan 1970") == true)
    }

    @Test("a tenant that the settings no longer name is told with the way back to them")
    func changedAddress() throws {
        let fixture = try Fixture.ready()
        try fixture.write("include_dir \(fixture.path("mosquitto-conf"))\n", to: "mosquitto.conf")
        #expect(fixture.connect().status == 0)
        fixture.programs.on("mosquitto -h", .exited(3), output: "mosquitto version 2.0.11\n")
        fixture.broker.answerAsCloud(tenant: "example.cumulocity.com")
        try fixture.configure(url: "other.example.com")
        let diagnosis = try #require(doctorRun(fixture).outcome(of: "tenant").diagnosis)
        #expect(diagnosis.id == "bridge-file-differs" && diagnosis.hint == "Run 'sudo tedge reconnect c8y'.")
    }

    @Test(
        "a name that leads to no address of a cloud is told, before anything is asked there",
        arguments: ["0.0.0.0", "::"])
    func blocked(_ address: String) throws {
        var fixture = try Fixture.ready()
        fixture.resolver = { _ in
            .success([address, "192.0.2.1"].map { NetworkAddress(text: $0, isIPv6: $0 == "::") })
        }
        let doctorRun = doctorRun(fixture)
        #expect(doctorRun.outcome(of: "name-resolution").diagnosis?.id == "name-blocked")
        #expect(doctorRun.outcome(of: "tcp") == .blocked(by: "name-resolution"))
    }
}

import TestSupport
import Testing

@testable import TedgeCore

/// A library of the system that is not there is found before anything is touched.
@Suite struct SystemLibraryTests {
    private static let reason = "libmosquitto.so.1: cannot open shared object file: No such file or directory"

    private func expectMissing(
        _ report: CommandReport, _ id: ReasonID, _ package: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(report.status == 1 && !report.changed && report.reason == id, sourceLocation: sourceLocation)
        #expect(report.hint?.contains("'sudo apt install \(package)'") == true, sourceLocation: sourceLocation)
    }

    static let libraries: [(library: SystemLibrary, id: ReasonID, package: String)] = [
        (.mosquitto, "libmosquitto-missing", "libmosquitto1"), (.ssl, "openssl-missing", "libssl3"),
        (.crypto, "openssl-missing", "libssl3"),
    ]

    @Test("connect, its check, disconnect and reconnect change nothing", arguments: libraries)
    func connections(_ library: SystemLibrary, _ id: ReasonID, _ package: String) throws {
        var fixture = try Fixture.ready()
        fixture.missingLibraries = [library: Self.reason]
        let before = try fixture.snapshot()
        let calls = fixture.programs.calls
        expectMissing(fixture.connect(), id, package)
        #expect(
            fixture.errors.contains("0: The library \(library.rawValue) cannot be opened.\n    1: \(Self.reason)\n"))
        expectMissing(ConnectionTest(.c8y, profile: nil, timeout: 1, in: fixture.context).run(), id, package)
        expectMissing(Disconnector(.c8y, profile: nil, in: fixture.context).run(), id, package)
        expectMissing(Reconnector(.c8y, profile: nil, options: .init(), in: fixture.context).run(), id, package)
        // To ask systemd how it starts mosquitto changes nothing.
        #expect(fixture.programs.calls.filter { !$0.hasPrefix("systemctl show") } == calls)
        #expect(try fixture.snapshot() == before)
    }

    @Test("messages are neither sent nor waited for", arguments: libraries)
    func messages(_ library: SystemLibrary, _ id: ReasonID, _ package: String) throws {
        var fixture = try Fixture()
        fixture.missingLibraries = [library: Self.reason]
        expectMissing(Publisher(.init(topic: "a", message: "b"), in: fixture.context).run(), id, package)
        expectMissing(Subscriber(.init(filter: "a"), in: fixture.context).run(), id, package)
        #expect(fixture.broker.traffic.calls == [])
    }

    @Test("the doctor says it first, and nothing about a certificate that it cannot look at")
    func doctor() throws {
        var fixture = try Fixture.ready()
        fixture.missingLibraries = [.crypto: Self.reason]
        var options = Doctor.Options()
        options.only = ["libraries", "certificate", "private-key", "trust-roots"]
        expectMissing(
            Doctor(.c8y, profile: nil, options: options, in: fixture.context).run(), "openssl-missing", "libssl3")
        #expect(fixture.output.contains("skipped  certificate: because of libraries\n"))
        #expect(!fixture.output.contains("cert remove"))
    }

    @Test("those of this machine are there")
    func installed() {
        for library in SystemLibrary.allCases { #expect(library.problem == nil) }
    }
}

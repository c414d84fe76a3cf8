import TLS
import TestSupport
import Testing

@testable import TedgeCore

/// Directories of trusted certificates without the links that OpenSSL looks for.
@Suite struct TrustDirectoryTests {
    private func unlinked(_ names: String...) throws -> String? {
        let directory = try TemporaryDirectory()
        for name in names { _ = try directory.write("", to: name) }
        return TrustDirectory(directory.path, SystemFiles())?.unlinked
    }

    @Test("certificates without any link by hash are named by an example")
    func without() throws {
        #expect(try unlinked("b.pem", "a.crt", "README") == "a.crt")
        #expect(try unlinked("B.PEM") == "B.PEM")
        #expect(try unlinked("a.pem", "5ed36f99.r0", "5ed36f9.0", "5ED36F99.0", "5ed36f99.x") == "a.pem")
    }

    @Test("a directory with links by hash, without certificates, or that is none is not spoken of")
    func with() throws {
        #expect(try unlinked("a.pem", "5ed36f99.0") == nil)
        #expect(try unlinked("a.pem", "5ed36f99.12") == nil)
        #expect(try unlinked("README") == nil)
        let directory = try TemporaryDirectory()
        #expect(TrustDirectory(try directory.write("", to: "a.pem"), SystemFiles()) == nil)
        #expect(TrustDirectory(directory.file("none"), SystemFiles()) == nil)
    }

    @Test("the doctor names the directory and what to type, where the server is not trusted for want of them")
    func doctor() throws {
        var world = try World.ready()
        try world.write("", to: "roots/ca.pem")
        world.probe = { _, _, _, _, _ in TLSProbe(failure: .untrusted(code: 20, reason: "r")) }
        let server = try FakeServer { _ in }
        try world.configure("c8y.mqtt = 'localhost:\(server.port)'\n")
        let examination = Examination(.c8y, profile: nil, until: .now + .seconds(10), in: world.context)
        let diagnosis = try #require(examination.outcome(of: "server-certificate").diagnosis)
        #expect(diagnosis.id == "trust-roots-not-linked")
        #expect(diagnosis.hint == "Run 'sudo openssl rehash \(world.directory.file("roots"))'.")
        try world.write("", to: "roots/5ed36f99.0")
        let other = Examination(.c8y, profile: nil, until: .now + .seconds(10), in: world.context)
        #expect(other.outcome(of: "server-certificate").diagnosis?.id == "server-certificate-untrusted")
    }
}

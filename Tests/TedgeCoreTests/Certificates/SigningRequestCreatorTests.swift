import Glibc
import TestSupport
import Testing
import X509

@testable import TedgeCore

/// Requests for certificates, and the key that they are made with.
@Suite struct SigningRequestCreatorTests {
    private static let request = "tedge/device-certs/tedge.csr"

    private func create(
        _ fixture: Fixture, id: String? = nil, path: String? = nil, cloud: CloudName? = nil
    ) -> CommandReport {
        SigningRequestCreator(CertificateSelection(cloud: cloud, profile: nil, in: fixture.context)).run(
            deviceID: id, outputPath: path)
    }

    /// The subject of a request, and whether a key has signed it.
    private func look(_ fixture: Fixture, _ name: String = request, key: String = Fixture.key) throws -> String {
        let look = """
            openssl req -in "$0" -verify -noout -subject -nameopt RFC2253 2>&1 && openssl pkey -in "$1" -pubout >"$0.a" &&
            openssl req -in "$0" -noout -pubkey >"$0.b" && cmp "$0.a" "$0.b" && rm "$0.a" "$0.b"
            """
        let found = try ChildProcess.run(
            "sh", ["-c", look, fixture.directory.file(name), fixture.directory.file(key)])
        return found.output + found.errors
    }

    @Test("without a key one is made, for nobody else to read, and the request is signed with it")
    func newKey() throws {
        let fixture = try Fixture()
        let report = create(fixture, id: "gateway-1")
        #expect(report.status == 0 && report.changed)
        #expect(fixture.errors == "Certificate Signing Request was successfully created.\n")
        #expect(try fixture.files.status(fixture.directory.file(Fixture.key))?.mode == 0o400)
        #expect(try fixture.files.status(fixture.directory.file(Self.request))?.mode == 0o444)
        #expect(try look(fixture).contains("subject=OU=Device,O=Thin Edge,CN=gateway-1\n"))
        #expect(report.checkedText.contains(#""path":"\#(fixture.directory.file(Self.request))""#))
    }

    @Test("a key that is there is used, the identity is that of the certificate, and an older request is replaced")
    func storedKey() throws {
        let fixture = try Fixture()
        try fixture.makePair()
        let key = try fixture.text(Fixture.key)
        try fixture.write("old", to: Self.request, mode: 0o444)
        #expect(create(fixture).status == 0)
        #expect(try fixture.text(Fixture.key) == key)
        #expect(try look(fixture).contains("CN=gateway-1"))
    }

    @Test("another file is taken from the current directory")
    func otherFile() throws {
        let fixture = try Fixture()
        #expect(create(fixture, id: "a", path: "own.csr").status == 0)
        #expect(try look(fixture, "own.csr").contains("CN=a"))
        #expect(try fixture.text(Self.request) == nil)
    }

    @Test("a cloud, and a profile of the environment, have their own files")
    func clouds() throws {
        var fixture = try Fixture()
        try fixture.write(
            """
            c8y.profiles.p.device = { key_path = '\(fixture.directory.file("p.key"))', csr_path = '\(fixture.directory.file("p.csr"))' }
            """, to: "tedge/tedge.toml")
        fixture.environment["TEDGE_CLOUD_PROFILE"] = "p"
        #expect(create(fixture, id: "a", cloud: .c8y).status == 0)
        #expect(try look(fixture, "p.csr", key: "p.key").contains("CN=a"))
        #expect(create(fixture, id: "b").status == 0)
        #expect(try look(fixture).contains("CN=b"), "without a cloud the profile does not count")
        fixture.environment["TEDGE_CLOUD_PROFILE"] = "a b"
        #expect(create(fixture, id: "a", cloud: .c8y).reason == "profile-invalid")
    }

    @Test(
        "keys of other kinds and forms sign too",
        arguments: ["genrsa -traditional 2048", "ecparam -genkey -name secp384r1"])
    func otherKeys(_ words: String) throws {
        let fixture = try Fixture()
        let made = try ChildProcess.run("openssl", words.split(separator: " ").map(String.init))
        try fixture.write(made.output, to: Fixture.key, mode: 0o400)
        #expect(create(fixture, id: "gateway-1").status == 0)
        #expect(try look(fixture).contains("CN=gateway-1"))
    }

    @Test("key and certificate are never written over, by whatever path or link")
    func inPlace() throws {
        for name in [Fixture.key, Fixture.certificate, "\(Fixture.certificate).new", "tedge/../\(Fixture.key)", "link"]
        {
            let fixture = try Fixture()
            try fixture.makePair()
            symlink(fixture.directory.file(Fixture.key), fixture.directory.file("link"))
            let before = try fixture.snapshot()
            #expect(create(fixture, path: name).reason == "request-path-invalid")
            #expect(try fixture.snapshot() == before)
        }
    }

    @Test("nothing is left of one that fails")
    func failures() throws {
        func fail(_ reason: ReasonID, _ fixture: Fixture, id: String? = "gateway-1") throws {
            let before = try fixture.snapshot()
            #expect(create(fixture, id: id).reason == reason)
            #expect(try fixture.snapshot() == before)
            #expect(fixture.errors.contains("Error: failed to Generate a Certificate Signing Request.\n"))
        }
        try fail("device-id-invalid", Fixture(), id: nil)
        try fail("device-id-invalid", Fixture(), id: "a b")
        let full = try Fixture()
        full.files.fail(.write, "tedge.csr", ENOSPC)
        try fail("disk-full", full)
        let broken = try Fixture()
        try broken.write("text", to: Fixture.key)
        try fail("key-broken", broken)
        let interrupted = try Fixture()
        interrupted.signal.send(SIGTERM)
        try fail("interrupted", interrupted)
    }
}

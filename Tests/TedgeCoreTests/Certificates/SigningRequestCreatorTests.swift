import Glibc
import TestSupport
import Testing
import X509

@testable import TedgeCore

/// Requests for certificates, and the key that they are made with.
@Suite struct SigningRequestCreatorTests {
    private static let request = "tedge/device-certs/tedge.csr"

    private func create(
        _ world: World, id: String? = nil, path: String? = nil, cloud: CloudName? = nil
    ) -> CommandReport {
        SigningRequestCreator(cloud: cloud, profile: nil, in: world.context).run(deviceID: id, outputPath: path)
    }

    /// The subject of a request, and whether a key has signed it.
    private func look(_ world: World, _ name: String = request, key: String = World.key) throws -> String {
        let look = """
            openssl req -in "$0" -verify -noout -subject -nameopt RFC2253 2>&1 && openssl pkey -in "$1" -pubout >"$0.a" &&
            openssl req -in "$0" -noout -pubkey >"$0.b" && cmp "$0.a" "$0.b" && rm "$0.a" "$0.b"
            """
        let found = try ChildProcess.run(
            "sh", ["-c", look, world.directory.file(name), world.directory.file(key)])
        return found.output + found.errors
    }

    @Test("without a key one is made, for nobody else to read, and the request is signed with it")
    func newKey() throws {
        let world = try World()
        let report = create(world, id: "gateway-1")
        #expect(report.status == 0 && report.changed)
        #expect(world.errors == "Certificate Signing Request was successfully created.\n")
        #expect(try world.files.status(world.directory.file(World.key))?.mode == 0o400)
        #expect(try world.files.status(world.directory.file(Self.request))?.mode == 0o444)
        #expect(try look(world).contains("subject=OU=Device,O=Thin Edge,CN=gateway-1\n"))
        #expect(report.json.text.contains(#""path":"\#(world.directory.file(Self.request))""#))
    }

    @Test("a key that is there is used, the identity is that of the certificate, and an older request is replaced")
    func storedKey() throws {
        let world = try World()
        try world.makePair()
        let key = try world.text(World.key)
        try world.write("old", to: Self.request, mode: 0o444)
        #expect(create(world).status == 0)
        #expect(try world.text(World.key) == key)
        #expect(try look(world).contains("CN=gateway-1"))
    }

    @Test("another file is taken from the current directory")
    func otherFile() throws {
        let world = try World()
        #expect(create(world, id: "a", path: "own.csr").status == 0)
        #expect(try look(world, "own.csr").contains("CN=a"))
        #expect(try world.text(Self.request) == nil)
    }

    @Test("a cloud, and a profile of the environment, have their own files")
    func clouds() throws {
        var world = try World()
        try world.write(
            """
            c8y.profiles.p.device = { key_path = '\(world.directory.file("p.key"))', csr_path = '\(world.directory.file("p.csr"))' }
            """, to: "tedge/tedge.toml")
        world.environment["TEDGE_CLOUD_PROFILE"] = "p"
        #expect(create(world, id: "a", cloud: .c8y).status == 0)
        #expect(try look(world, "p.csr", key: "p.key").contains("CN=a"))
        #expect(create(world, id: "b").status == 0)
        #expect(try look(world).contains("CN=b"), "without a cloud the profile does not count")
        world.environment["TEDGE_CLOUD_PROFILE"] = "a b"
        #expect(create(world, id: "a", cloud: .c8y).reason == "profile-invalid")
    }

    @Test(
        "keys of other kinds and forms sign too",
        arguments: ["genrsa -traditional 2048", "ecparam -genkey -name secp384r1"])
    func otherKeys(_ words: String) throws {
        let world = try World()
        let made = try ChildProcess.run("openssl", words.split(separator: " ").map(String.init))
        try world.write(made.output, to: World.key, mode: 0o400)
        #expect(create(world, id: "gateway-1").status == 0)
        #expect(try look(world).contains("CN=gateway-1"))
    }

    @Test("key and certificate are never written over, by whatever path or link")
    func inPlace() throws {
        for name in [World.key, World.certificate, "\(World.certificate).new", "tedge/../\(World.key)", "link"] {
            let world = try World()
            try world.makePair()
            symlink(world.directory.file(World.key), world.directory.file("link"))
            let before = try world.snapshot()
            #expect(create(world, path: name).reason == "request-path-invalid")
            #expect(try world.snapshot() == before)
        }
    }

    @Test("nothing is left of one that fails")
    func failures() throws {
        func fail(_ reason: String, _ world: World, id: String? = "gateway-1") throws {
            let before = try world.snapshot()
            #expect(create(world, id: id).reason == reason)
            #expect(try world.snapshot() == before)
            #expect(world.errors.contains("Error: failed to Generate a Certificate Signing Request.\n"))
        }
        try fail("device-id-invalid", World(), id: nil)
        try fail("device-id-invalid", World(), id: "a b")
        let full = try World()
        full.files.fail(.write, "tedge.csr", ENOSPC)
        try fail("disk-full", full)
        let broken = try World()
        try broken.write("text", to: World.key)
        try fail("key-broken", broken)
        let interrupted = try World()
        interrupted.signal.send(SIGTERM)
        try fail("interrupted", interrupted)
    }
}

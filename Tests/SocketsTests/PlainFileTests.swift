import Glibc
import Sockets
import TestSupport
import Testing

/// What OpenSSL and libmosquitto would open by its name, and wait for.
@Suite struct PlainFileTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test("a file, a directory, /dev/null and a missing file are accepted")
    func plain() throws {
        #expect(PlainFile.objection(to: try directory.write("x", to: "file")) == nil)
        for path in [directory.path, "/dev/null", directory.file("none")] {
            #expect(PlainFile.objection(to: path) == nil)
        }
    }

    @Test("a FIFO, a device and a file that is too large are refused")
    func objections() throws {
        let pipe = directory.file("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        #expect(PlainFile.objection(to: pipe) == "it is a FIFO, not a file")
        #expect(PlainFile.objection(to: "/dev/zero") == "it is a device, not a file")
        let large = try directory.write("x", to: "large")
        #expect(truncate(large, 1 << 34) == 0)
        #expect(PlainFile.objection(to: large) == "it has 17179869184 bytes, and at most 16777216 are read")
    }

    @Test("in a directory of certificates only the names that OpenSSL looks up are checked")
    func hashed() throws {
        #expect(mkfifo(directory.file("other.pem"), 0o600) == 0)
        #expect(PlainFile.objection(inHashedDirectory: directory.path) == nil)
        #expect(mkfifo(directory.file("0a1b2c3d.0"), 0o600) == 0)
        let found = PlainFile.objection(inHashedDirectory: directory.path)
        #expect(found?.path == directory.file("0a1b2c3d.0"))
        #expect(found?.reason == "it is a FIFO, not a file")
    }
}

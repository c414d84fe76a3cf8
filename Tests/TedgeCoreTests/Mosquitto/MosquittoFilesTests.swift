import Foundation
import Testing

@testable import TedgeCore

/// Everything that mosquitto reads, as its own reader reads it (conf.c, conf_includedir.c).
@Suite struct MosquittoFilesTests {
    @Test("lines are in the order in which mosquitto reads them, with their positions")
    func order() throws {
        let fixture = try BrokerFixture(
            "# one\n  user  me \t\r\ninclude_dir CONFD\npersistence true\n",
            ["b.conf": "\tlistener 1\n", "a.conf": "connection a\n", "c.txt": "no true\n", ".conf": "no true\n"])
        let lines = fixture.read.lines.map { "\($0.place.split(separator: "/").last ?? "") \($0.key)=\($0.value)" }
        #expect(
            lines.map(fixture.neutral) == [
                "mosquitto.conf:2 user=me", "mosquitto.conf:3 include_dir=/conf.d", "a.conf:1 connection=a",
                // mosquitto parts words by spaces alone.
                "b.conf:1 \tlistener=1", "mosquitto.conf:4 persistence=true",
            ])
        #expect(fixture.read.obstacles.isEmpty)
    }

    @Test("the files of a directory are sorted without regard to case first")
    func sorted() {
        let names = ["b.conf", "B.conf", "a.conf", "Z.conf", "_.conf", "aa.conf", "10.conf"]
        #expect(
            names.sorted(by: MosquittoFileReader.precedes)
                == ["10.conf", "a.conf", "aa.conf", "B.conf", "b.conf", "Z.conf", "_.conf"])
    }

    @Test("only the main file includes directories, and a missing one is an obstacle")
    func includes() throws {
        let fixture = try BrokerFixture(
            "include_dir CONFD\ninclude_dir /no/where\n", ["a.conf": "include_dir OURS\n"],
            ours: ["x.conf": "listener 1\n"])
        #expect(!fixture.read.lines.contains { $0.key == "listener" })
        #expect(fixture.read.unreadable == ["/no/where"])
        #expect(fixture.read.obstacles.first?.line?.number == 2)
    }

    @Test(
        "blanks around the name of a directory are part of it, as for mosquitto",
        arguments: ["  CONFD", "CONFD "])
    func blanks(_ value: String) throws {
        let fixture = try BrokerFixture("include_dir \(value)\n", ["a.conf": "listener 1\n"])
        #expect(fixture.read.lines.count == 1 && fixture.read.obstacles.count == 1)
    }

    @Test("a directory is found by any path, as often as it is included")
    func inclusions() throws {
        let fixture = try BrokerFixture("include_dir OURS/\ninclude_dir \(String(repeating: "/", count: 2))LINK\n")
        let link = fixture.directory.file("link")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: fixture.ours)
        try fixture.write("include_dir OURS/\ninclude_dir \(link)\ninclude_dir CONFD\n", "mosquitto.conf")
        #expect(fixture.read.inclusions(of: fixture.ours, files: fixture.files).map(\.number) == [1, 2])
    }

    @Test("a link to a file of ours is a reading of it")
    func links() throws {
        let fixture = try BrokerFixture("include_dir CONFD\n", ours: ["c8y-bridge.conf": "connection a\n"])
        let bridge = fixture.ours + "/c8y-bridge.conf"
        #expect(fixture.read.names(of: bridge, files: fixture.files).count == 0)
        try FileManager.default.createSymbolicLink(
            atPath: fixture.directory.file("conf.d/tedge.conf"), withDestinationPath: bridge)
        #expect(fixture.read.names(of: bridge, files: fixture.files).count == 1)
    }

    @Test("planned contents are read instead of those on the disk")
    func planned() throws {
        let fixture = try BrokerFixture(
            "include_dir OURS\n", ours: ["a.conf": "listener 1\n", "b.conf": "listener 2\n"])
        let found = MosquittoFiles(
            main: fixture.main, files: fixture.files,
            planned: [
                fixture.ours + "/a.conf": nil, fixture.ours + "/b.conf": Array("listener 3\n".utf8),
                fixture.ours + "/c.conf": Array("listener 4\n".utf8),
            ])
        #expect(found.lines.filter { $0.key == "listener" }.map(\.value) == ["3", "4"])
    }

    @Test(
        "a file that is not plain text is an obstacle",
        arguments: [
            ([0xEF, 0xBB, 0xBF, 0x75], "UTF-8 with a byte order mark"), ([0xFF, 0xFE, 0x75, 0], "UTF-16"),
            ([0x75, 0, 0x73, 0], "UTF-16"),
        ])
    func wide(_ bytes: [UInt8], _ name: String) throws {
        let fixture = try BrokerFixture("")
        try fixture.files.replace(fixture.main, with: bytes, mode: 0o644, owner: nil)
        #expect(fixture.read.lines.isEmpty)
        #expect(fixture.read.obstacles.first?.reason == "it is not plain text but \(name)")
    }

    @Test("a missing main file is an obstacle")
    func missing() {
        let found = MosquittoFiles(main: "/no/main.conf", files: SystemFiles())
        #expect(found.lines.isEmpty && found.unreadable == ["/no/main.conf"])
    }

    @Test("a main file above one megabyte is read")
    func large() throws {
        let fixture = try BrokerFixture(String(repeating: "# comment\n", count: 200_000) + "user me\n")
        #expect(fixture.read.lines.map(\.value) == ["me"])
    }
}

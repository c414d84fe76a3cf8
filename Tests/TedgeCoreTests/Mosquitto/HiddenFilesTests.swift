import Glibc
import TestSupport
import Testing

@testable import TedgeCore

/// What mosquitto reads and we cannot: it never counts as if it were not there.
@Suite struct HiddenFilesTests {
    /// A comment of so many bytes.
    private func filler(_ count: Int) -> String {
        String(repeating: "# 34567890123456789012345678901\n", count: count / 32)
    }

    @Test("a main file of megabytes is read, planned with and merged for a dry run")
    func large() throws {
        let fixture = try BrokerFixture(filler(3 << 20) + "include_dir OURS\nlistener 1884\n")
        #expect(fixture.read.lines.map(\.key) == ["include_dir", "listener"])
        #expect(try fixture.planner().plan().main == nil)
        let merged = MergedConfiguration(
            fixture.read, DryRunConfiguration(fixture.read.lines, scratch: nil, addresses: { _ in nil }))
        #expect(String(decoding: merged.text, as: UTF8.self).contains("\nlistener "))
        let line = try IncludeLine(fixture.main, fixture.files)
        #expect(line.placements(of: "/d").count == 3)
    }

    @Test("one that is too large is refused with its size")
    func tooLarge() throws {
        let fixture = try BrokerFixture("include_dir OURS\n")
        #expect(truncate(fixture.main, 1 << 33) == 0)
        let error = #expect(throws: MosquittoConfigurationError.self) { try fixture.planner().plan() }
        #expect(error?.causes.last == "\(fixture.main): it has 8589934592 bytes, and at most 16777216 are read")
        #expect(error?.id == "mosquitto-configuration-unreadable")
    }

    @Test("all files together are bounded in memory")
    func together() throws {
        let fixture = try BrokerFixture("include_dir CONFD\n")
        for name in ["a.conf", "b.conf"] { try fixture.write(filler(9 << 20), "conf.d/\(name)") }
        let error = #expect(throws: MosquittoConfigurationError.self) { try fixture.planner().plan() }
        #expect(error?.causes.last?.hasSuffix("bytes, and at most 16777216 of all files together are read") == true)
        #expect(error?.causes.last?.contains("b.conf (") == true)
    }

    @Test("a FIFO among the files that mosquitto includes is reported with the line that names it")
    func pipe() throws {
        let fixture = try BrokerFixture("include_dir CONFD\n")
        #expect(mkfifo(fixture.directory.file("conf.d/x.conf"), 0o600) == 0)
        let error = #expect(throws: MosquittoConfigurationError.self) { try fixture.planner().plan() }
        let path = fixture.directory.file("conf.d/x.conf")
        #expect(error?.causes.last == "\(path) (\(fixture.main):1): it is a FIFO, not a file")
        #expect(error?.hint?.hasPrefix("Run 'ls -l \(path)'") == true)
    }

    @Test("a directory with the name of a file is not an obstacle: mosquitto reads nothing there")
    func directory() throws {
        let fixture = try BrokerFixture("include_dir CONFD\n")
        #expect(mkdir(fixture.directory.file("conf.d/x.conf"), 0o755) == 0)
        _ = try fixture.planner().plan()
    }

    @Test("mosquitto's log that is a FIFO is not waited for")
    func log() throws {
        let fixture = try BrokerFixture("")
        let path = fixture.directory.file("mosquitto.log")
        #expect(mkfifo(path, 0o600) == 0)
        let writer = open(path, O_RDWR | O_CLOEXEC)
        defer { close(writer) }
        #expect(throws: FileError(.read, path, .notPlain)) { try fixture.files.readTail(path, count: BrokerLog.tail) }
    }
}

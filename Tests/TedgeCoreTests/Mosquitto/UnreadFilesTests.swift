import Glibc
import Testing

@testable import TedgeCore

/// Files that are written and that the mosquitto that runs has not read.
@Suite struct UnreadFilesTests {
    private static let mark = "tedge/mosquitto-conf/tedge-mosquitto.conf.unread"
    private static let process: Int32 = 4711
    let fixture: Fixture

    /// A device that is connected, and whose mosquitto is a process that the test makes.
    init() throws {
        fixture = try Fixture.ready()
        try #require(fixture.connect().status == 0)
        for name in ["proc/sys/kernel/random", "proc/\(Self.process)"] {
            try fixture.files.makeDirectory(fixture.directory.file(name), mode: 0o755, owner: nil)
        }
        try fixture.write("b7c1\n", to: "proc/sys/kernel/random/boot_id")
        fixture.programs.forget()
        fixture.printed.forget()
    }

    private var context: Context {
        var context = fixture.context
        context.processDirectory = fixture.directory.file("proc")
        return context
    }

    /// Has mosquitto be started some seconds from now, by the clock since the boot.
    private func start(after seconds: Int) throws {
        let ticks = Int(MonotonicClock.bootMicroseconds / 10_000) + seconds * 100
        let zeros = Array(repeating: "0", count: 18).joined(separator: " ")
        try fixture.write(
            "\(Self.process) (mosquitto) 1) S \(zeros) \(ticks) 0 0\n", to: "proc/\(Self.process)/stat")
        fixture.programs.name(Self.process, of: "mosquitto")
    }

    private func files() throws -> UnreadFiles {
        UnreadFiles(
            in: context, ServiceManager(try SystemSettings.load(from: context), in: context), port: 1883)
    }

    @Test("files are read by a mosquitto that starts later, and not by one that started before")
    func times() throws {
        let files = try files()
        #expect(files.answer() == .read)
        files.begin()
        try start(after: -5)
        #expect(files.answer() == .unread)
        try start(after: 5)
        #expect(files.answer() == .read)
        files.end()
        #expect(try fixture.text(Self.mark) == nil)
    }

    @Test("a change before the last boot is read; a mark that a power cut left empty does not count")
    func otherBoot() throws {
        try start(after: -5)
        let files = try files()
        files.begin()
        try fixture.write("c8d2\n", to: "proc/sys/kernel/random/boot_id")
        #expect(try self.files().answer() == .read)
        try fixture.write("", to: Self.mark)
        #expect(files.answer() == .read)
    }

    @Test("if systemd does not answer, the state is unknown; if mosquitto does not run, the next start reads the files")
    func unknown() throws {
        let files = try files()
        files.begin()
        fixture.programs.on("systemctl show", .unanswered(program: "systemctl", seconds: 30))
        #expect(files.answer() == .unknown)
        fixture.programs.on("systemctl show", .exited(0), output: "LoadState=loaded\nActiveState=inactive\nMainPID=0\n")
        #expect(files.answer() == .read)
    }

    @Test("a roll back leaves a mark only if there was one that mosquitto had not read")
    func rolledBack() throws {
        try start(after: -5)
        let first = try files()
        first.begin()
        first.endAfterRollBack()
        #expect(try fixture.text(Self.mark) == nil)
        try files().begin()
        let second = try files()
        second.begin()
        second.endAfterRollBack()
        #expect(try files().answer() == .unread)
    }

    @Test("a refresh after one that was killed before the restart restarts mosquitto; the next one does not")
    func refresh() throws {
        try start(after: -5)
        try files().begin()
        let report = BridgeRefresher(in: context).run()
        #expect(report.status == 0 && report.changed)
        #expect(fixture.errors == "mosquitto has not read the current bridges yet.\n")
        #expect(fixture.programs.changes == ["systemctl restart mosquitto"])
        #expect(try fixture.text(Self.mark) == nil)
        fixture.programs.forget()
        #expect(!BridgeRefresher(in: context).run().changed)
        #expect(fixture.programs.changes == [])
    }

    @Test("a mark that was left after the restart is removed by the next run, which does not restart mosquitto")
    func leftMark() throws {
        try files().begin()
        try start(after: 5)
        #expect(!BridgeRefresher(in: context).run().changed)
        #expect(try fixture.text(Self.mark) == nil)
        #expect(fixture.programs.changes == [] && fixture.errors == "")
    }

    @Test("a refresh that cannot restart mosquitto leaves the mark for the next one")
    func withoutServiceManager() throws {
        try fixture.write("# old\n", to: Fixture.bridge)
        fixture.programs.install([])
        #expect(BridgeRefresher(in: context).run().status == 4)
        fixture.programs.install(["systemctl"])
        try start(after: -5)
        #expect(BridgeRefresher(in: context).run().changed)
        #expect(fixture.programs.changes == ["systemctl restart mosquitto"])
    }

    @Test("a refresh that cannot restart mosquitto leaves the mark, unless the old mosquitto still runs")
    func failure() throws {
        try fixture.write("# old\n", to: Fixture.bridge)
        fixture.programs.on("systemctl restart", .exited(1))
        try start(after: 5)
        #expect(BridgeRefresher(in: context).run().status == 1)
        #expect(try fixture.text(Self.mark) != nil)
        try files().end()
        try start(after: -5)
        #expect(BridgeRefresher(in: context).run().status == 1)
        #expect(try fixture.text(Self.mark) == nil)
    }

    @Test("connect completes a change that mosquitto has not read; the test of the connection warns about it")
    func connect() throws {
        try start(after: -5)
        try files().begin()
        let test = ConnectionTest(.c8y, profile: nil, timeout: 10, in: context).run()
        #expect(test.status == 0)
        #expect(fixture.errors.hasPrefix("Warning: mosquitto runs with older files than those in WORLD/tedge/mosq"))
        #expect(fixture.errors.hasSuffix(" Run 'sudo tedge refresh-bridges'.\n"))
        let report = Connector(.c8y, profile: nil, options: .init(), in: context).run()
        #expect(report.status == 0)
        #expect(fixture.programs.changes.contains("systemctl restart mosquitto"))
        #expect(try fixture.text(Self.mark) == nil)
        #expect(Connector(.c8y, profile: nil, options: .init(), in: context).run().status == 1)
    }

    @Test("disconnect restarts a mosquitto that still has a bridge whose file was removed")
    func disconnect() throws {
        try start(after: -5)
        try files().begin()
        _ = try fixture.files.remove(fixture.directory.file(Fixture.bridge))
        let report = Disconnector(.c8y, profile: nil, in: context).run()
        #expect(report.status == 0 && report.changed)
        #expect(fixture.programs.changes.first == "systemctl restart mosquitto")
        fixture.programs.forget()
        #expect(!Disconnector(.c8y, profile: nil, in: context).run().changed)
    }

    @Test("the doctor reports a change that mosquitto has not read, except while another command changes the files")
    func doctor() throws {
        try start(after: -5)
        try files().begin()
        let outcome = {
            DoctorRun(.c8y, profile: nil, until: .now + .seconds(60), in: context).outcome(of: "bridge-read")
        }
        #expect(outcome().diagnosis?.id == "bridge-not-read")
        let lock = try ConfigurationLock("tedge refresh-bridges", in: context)
        #expect(outcome().diagnosis == nil)
        lock.release()
        try start(after: 5)
        #expect(outcome() == .ok("it has"))
    }
}

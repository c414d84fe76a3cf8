import Foundation
import MQTT
import Testing

@testable import TedgeCore

/// `diag collect` on a device whose programs do what a test says; those of the end-to-end tests are real.
@Suite struct SupportBundleTests {
    private func fixture() throws -> Fixture {
        let fixture = try Fixture.ready("tmp.path = '/nowhere'\n")
        fixture.programs.install(["systemctl", "tar", "gzip"])
        fixture.programs.on("tar ", .exited(0))
        for words in ["--no-pager", "--version"] { fixture.programs.on("systemctl \(words)", .exited(0)) }
        fixture.programs.on("mosquitto -h", .exited(0), output: "mosquitto version 2.0.11\n")
        try fixture.files.makeDirectory(fixture.directory.file("out"), mode: 0o755, owner: nil)
        return fixture
    }

    private func collect(
        _ fixture: Fixture, _ change: (inout SupportBundle.Options) -> Void = { _ in }
    ) -> CommandReport {
        var options = SupportBundle.Options()
        options.directory = fixture.directory.file("out")
        options.name = "bundle"
        let plugins = fixture.directory.file("plugins")
        if fixture.files.isDirectory(plugins) { options.pluginDirectories = [plugins] }
        change(&options)
        let report = SupportBundle(nil, profile: nil, options: options, in: fixture.context).run()
        _ = report.checkedText
        return report
    }

    private func names(_ fixture: Fixture) throws -> [String] { try fixture.files.list(fixture.directory.file("out")) }

    @Test("the archive is packed from a directory of its own, doctor first, and nothing else stays")
    func archive() throws {
        let fixture = try fixture()
        let report = collect(fixture)
        #expect(report.status == 0 && !report.changed, "\(fixture.errors)")
        #expect(try names(fixture) == ["bundle.tar.gz"])
        #expect(try fixture.files.status(fixture.directory.file("out/bundle.tar.gz"))?.mode == 0o600)
        let call = try #require(fixture.programs.calls.last { $0.hasPrefix("tar ") }.map(fixture.neutral))
        #expect(call.hasPrefix("tar -C WORLD/out -c -z -f WORLD/out/.bundle.tar.gz."), "\(call)")
        #expect(call.contains(".tmp bundle/doctor.json bundle/summary.log bundle/status.json bundle/settings.txt "))
        #expect(fixture.output == "WORLD/out/bundle.tar.gz\n")
        #expect(fixture.errors.hasSuffix("Diagnostic information saved to:\n"))
    }

    @Test("what exists is not overwritten", arguments: ["bundle", "bundle.tar.gz"])
    func existing(name: String) throws {
        let fixture = try fixture()
        try fixture.write("mine", to: "out/\(name)")
        let report = collect(fixture)
        #expect(report.status == 1 && report.reason == "bundle-exists")
        #expect(try fixture.text("out/\(name)") == "mine")
        #expect(try names(fixture) == [name])
    }

    @Test("a link that somebody has planted is not followed", arguments: ["bundle", "bundle.tar.gz"])
    func planted(name: String) throws {
        let fixture = try fixture()
        try fixture.files.makeDirectory(fixture.directory.file("victim"), mode: 0o755, owner: nil)
        let path = fixture.directory.file("out/\(name)")
        try fixture.files.makeSymbolicLink(path, to: fixture.directory.file("victim"))
        #expect(collect(fixture).reason == "bundle-exists")
        #expect(try fixture.files.list(fixture.directory.file("victim")) == [])
        #expect(try fixture.files.status(path, followLinks: false)?.kind == .link)
    }

    @Test(
        "a full disk, at the beginning or later, leaves nothing behind",
        arguments: [".probe", "doctor.json", "summary.log", ".tmp"])
    func fullDisk(suffix: String) throws {
        let fixture = try fixture()
        fixture.files.fail(.create, suffix, ENOSPC)
        let report = collect(fixture)
        #expect(report.status == 1 && report.reason == "disk-full", "\(fixture.errors)")
        #expect(try names(fixture) == [])
        #expect(report.hint?.contains("'--output -'") == true)
    }

    @Test("tar that finds no room is a full disk too, and any other failure of it is told")
    func tarFails() throws {
        let fixture = try fixture()
        fixture.programs.on("tar ", .exited(2), error: "tar: x: Cannot write: No space left on device\n")
        #expect(collect(fixture).reason == "disk-full")
        fixture.programs.on("tar ", .exited(2), error: "tar: what\n")
        let report = collect(fixture)
        #expect(report.reason == "archive-failed" && report.causes.last == "tar: what")
        #expect(try names(fixture) == [])
        fixture.programs.on("tar ", .exited(1), error: "tar: file changed as we read it\n")
        #expect(collect(fixture).status == 0)
    }

    @Test("without tar the files stay, and where they are is said", arguments: ["tar", "gzip"])
    func noTar(program: String) throws {
        let fixture = try fixture()
        fixture.programs.install(Set(["systemctl", "tar", "gzip"]).subtracting([program]))
        let report = collect(fixture)
        #expect(report.status == 1 && report.reason == "archive-failed")
        #expect(fixture.errors.contains("There is no program \(program) to pack the files.\n"))
        #expect(fixture.errors.contains("The files are kept in WORLD/out/bundle."))
        #expect(try names(fixture) == ["bundle"])
        #expect(try fixture.text("out/bundle/doctor.json")?.hasPrefix(#"{"command":"doctor""#) == true)
    }

    @Test("a directory of plugins that was named and does not exist is told")
    func noDirectory() throws {
        let fixture = try fixture()
        #expect(collect(fixture) { $0.pluginDirectories = ["/nowhere/plugins"] }.status == 0)
        #expect(fixture.errors.contains("  /nowhere/plugins: There is no such directory.\n"))
    }

    @Test("a signal leaves nothing behind, whenever it arrives")
    func signal() throws {
        let fixture = try fixture()
        let signal = fixture.signal
        fixture.programs.on("tar ") { () throws(ProcessError) in
            signal.send(2)
            throw .interrupted(Interrupted(signal: 2))
        }
        let report = collect(fixture)
        #expect(report.status == 1 && report.reason == "interrupted" && report.retry)
        #expect(try names(fixture) == [])
        #expect(fixture.errors.hasSuffix("Everything is as before.\n"))
        #expect(collect(fixture).reason == "interrupted")
        #expect(try names(fixture) == [])
    }

    @Test("a directory that was made for it goes with it")
    func newDirectory() throws {
        let fixture = try fixture()
        fixture.programs.on("tar ", .exited(2), error: "tar: what\n")
        #expect(collect(fixture) { $0.directory = fixture.directory.file("out/new") }.status == 1)
        #expect(try names(fixture) == [])
    }

    @Test(
        "a name that is none of a file is wrong usage", arguments: ["", "a/b", "..", ".hidden", "-x", "a\nb"])
    func badName(name: String) throws {
        let fixture = try fixture()
        let report = collect(fixture) { $0.name = name }
        #expect(report.status == 2 && report.reason == "wrong-usage")
        #expect(try names(fixture) == [])
    }

    @Test("the ending of the archive may be typed, and the files may stay beside it")
    func keeps() throws {
        let fixture = try fixture()
        let report = collect(fixture) { ($0.name, $0.keepsDirectory) = ("a.b.tar.gz", true) }
        #expect(report.status == 0)
        #expect(try names(fixture) == ["a.b", "a.b.tar.gz"])
        #expect(fixture.errors.contains("The files are kept in WORLD/out/a.b\n"))
        let summary = try #require(try fixture.text("out/a.b/summary.log"))
        #expect(summary.contains("\nCollected:\n  doctor.json\n") && summary.contains("Total 0 executed"))
    }

    @Test("to stdout go the bytes alone, and everything else to stderr")
    func streamed() throws {
        let fixture = try fixture()
        let files = fixture.files
        let out = fixture.directory.file("out")
        fixture.programs.on("tar ") { () throws(ProcessError) in
            let name = (try? files.list(out))?.first { $0.hasSuffix(".tmp") } ?? ""
            try? files.replace("\(out)/\(name)", with: [1, 2, 3], mode: 0o600, owner: nil)
            return ProcessResult(.exited(0))
        }
        let report = collect(fixture) { $0.isStreamed = true }
        #expect(report.status == 0 && fixture.output == "" && fixture.shown.bytes == [1, 2, 3])
        #expect(fixture.errors.hasPrefix("Collecting the checks of 'tedge doctor'.\n"))
        #expect(try names(fixture) == [])
        fixture.shown.fail(ENOSPC)
        #expect(collect(fixture) { $0.isStreamed = true }.reason == "output-failed")
        #expect(try names(fixture) == [])
    }

    @Test("a terminal gets no archive, and neither does whoever wants an object")
    func refused() throws {
        var fixture = try fixture()
        fixture.shown.beTerminal()
        #expect(collect(fixture) { $0.isStreamed = true }.status == 2)
        fixture.isJSON = true
        let report = collect(fixture) { $0.isStreamed = true }
        #expect(report.status == 2 && report.hint == "Leave out --json, or --output.")
        #expect(try names(fixture) == [])
    }

    @Test(
        "a plugin is called as thin-edge.io calls it; 2 means that it has nothing to say, and a failure is the command's"
    )
    func plugins() throws {
        let fixture = try fixture()
        try fixture.files.makeDirectory(fixture.directory.file("plugins"), mode: 0o755, owner: nil)
        for name in ["10_a.sh", "20_b", "30_c.sh.ignore", ".d", "e~"] {
            try fixture.write("#!/bin/sh\n", to: "plugins/\(name)", mode: 0o755)
            try fixture.files.changeOwner(fixture.directory.file("plugins/\(name)"), to: FixtureAccounts.root)
        }
        try fixture.write("read me\n", to: "plugins/README", mode: 0o644)
        try fixture.write("#!/bin/sh\n", to: "plugins/40_foreign", mode: 0o755)
        let path = fixture.directory.file("plugins")
        fixture.programs.on("\(path)/10_a.sh", .exited(0), output: "password: hunter2\n", error: "to stderr\n")
        fixture.programs.on("\(path)/20_b", .exited(2))
        var report = collect(fixture) { $0.keepsDirectory = true }
        #expect(report.status == 0, "\(fixture.errors)")
        let calls = fixture.programs.calls.filter { $0.contains("/plugins/") }.map(fixture.neutral)
        #expect(
            calls
                == ["10_a.sh", "20_b"].map { name in
                    "WORLD/plugins/\(name) collect --output-dir WORLD/out/bundle/\(name.prefix(4)) --config-dir WORLD/tedge"
                })
        let log = try #require(try fixture.text("out/bundle/10_a/output.log"))
        #expect(log.contains("exit status: 0\n") && log.contains("stdout <<EOF\npassword: (secret)\nEOF\n"))
        #expect(log.contains("stderr <<EOF\nto stderr\nEOF\n"))
        #expect(fixture.errors.contains("Total 2 executed: 1 completed, 0 failed, 1 skipped\n"))
        #expect(fixture.errors.contains("40_foreign: It belongs to"))
        fixture.programs.on("\(path)/20_b", .unanswered(program: "x", seconds: 15))
        fixture.printed.forget()
        report = collect(fixture) { $0.name = "other" }
        #expect(report.status == 1 && report.reason == "diag-plugin-failed")
        #expect(try names(fixture).contains("other.tar.gz"))
        #expect(fixture.errors.contains("20_b: It did not end within 15 seconds, and was ended.\n"))
    }
}

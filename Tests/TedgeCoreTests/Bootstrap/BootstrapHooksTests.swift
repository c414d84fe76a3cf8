import TestSupport
import Testing

@testable import TedgeCore

@Suite struct BootstrapHooksTests {
    private var fixture: Fixture
    private static let (site, packaged) = ("tedge/bootstrap.d", "share/bootstrap.d")

    /// A device with two directories of hooks, where root runs the command and every hook succeeds.
    init() throws {
        fixture = try Fixture()
        fixture.accounts.caller = FixtureAccounts.root
        for root in [Self.site, Self.packaged] {
            for step in BootstrapHooks.Step.allCases { try makeDirectory("\(root)/\(step.rawValue).d") }
        }
        fixture.programs.on(fixture.directory.path, .exited(0))
        fixture.programs.on("/proc/", .exited(0))
    }

    private func makeDirectory(_ name: String) throws {
        var path = fixture.directory.path
        for part in name.split(separator: "/") {
            path += "/\(part)"
            if !fixture.files.isDirectory(path) { try fixture.files.makeDirectory(path, mode: 0o755, owner: nil) }
            try fixture.files.changeOwner(path, to: FixtureAccounts.root)
        }
    }

    private func add(_ name: String, mode: UInt16 = 0o755, owner: Owner = FixtureAccounts.root) throws {
        try fixture.write("#!/bin/sh\n", to: name, mode: mode)
        try fixture.files.changeOwner(fixture.directory.file(name), to: owner)
    }

    private func hooks(_ run: BootstrapRun = BootstrapRun(.c8y)) -> BootstrapHooks {
        BootstrapHooks(
            run: run, directories: [Self.site, Self.packaged].map(fixture.directory.file), context: fixture.context)
    }

    /// What ran, without the directory of the device.
    private var calls: [String] { fixture.programs.calls.map { fixture.neutral($0) } }

    @Test("they run in the order of their names over all directories; the first directory counts, and .ignore disables")
    func merged() throws {
        for name in ["40_more", "20_example", "30_other", "10_first"] { try add("\(Self.packaged)/prepare.d/\(name)") }
        try add("\(Self.site)/prepare.d/20_example")
        try add("\(Self.site)/prepare.d/30_other.ignore", mode: 0o644)
        try add("\(Self.site)/prepare.d/50_off")
        try add("\(Self.site)/prepare.d/50_off.ignore", mode: 0o644)
        try add("\(Self.packaged)/configure.d/60_other_step")
        #expect(try hooks().run(.prepare) == ["10_first", "20_example", "40_more"])
        #expect(
            calls == [
                "WORLD/share/bootstrap.d/prepare.d/10_first prepare --cloud c8y",
                "WORLD/tedge/bootstrap.d/prepare.d/20_example prepare --cloud c8y",
                "WORLD/share/bootstrap.d/prepare.d/40_more prepare --cloud c8y",
            ])
        #expect(fixture.printed.all == "")
    }

    @Test("a marker of a package disables nothing of the site")
    func lowerMarker() throws {
        try add("\(Self.site)/finalize.d/10_a")
        try add("\(Self.packaged)/finalize.d/10_a.ignore", mode: 0o644)
        #expect(try hooks().run(.finalize) == ["10_a"])
    }

    @Test("arguments and environment are those of the contract")
    func contract() throws {
        for step in BootstrapHooks.Step.allCases { try add("\(Self.site)/\(step.rawValue).d/1") }
        var run = BootstrapRun(.c8y, profile: try ProfileName(parsing: "edge"))
        (run.url, run.deviceID, run.method) = ("example.cumulocity.com:8443", "gateway-1", .present)
        var hooks = hooks(run)
        hooks.registrationAddress = "https://example.cumulocity.com/#otp"
        for step in BootstrapHooks.Step.allCases { try hooks.run(step) }
        let path = "WORLD/tedge/bootstrap.d"
        let common = "--cloud c8y --url example.cumulocity.com:8443"
        #expect(
            calls == [
                "\(path)/prepare.d/1 prepare \(common)", "\(path)/configure.d/1 configure \(common)",
                "\(path)/register.d/1 register \(common) --register-method present",
                "\(path)/finalize.d/1 finalize \(common)",
            ])
        let variables = try #require(fixture.programs.variables.first)
        #expect(
            variables == [
                "TEDGE_CONFIG_DIR": fixture.directory.file("tedge"), "TEDGE_CLOUD_PROFILE": "edge",
                "TEDGE_DEVICE_ID": "gateway-1", "C8Y_REGISTRATION_URL": "https://example.cumulocity.com/#otp",
            ])
    }

    @Test("--re-register, --clean and --offline are passed on; --clean means both")
    func flags() throws {
        try add("\(Self.site)/prepare.d/1")
        var run = BootstrapRun(.az)
        run.registersAgain = true
        try hooks(run).run(.prepare)
        (run.registersAgain, run.isClean) = (false, true)
        var offline = hooks(run)
        offline.isOffline = true
        try offline.run(.prepare)
        let path = "WORLD/tedge/bootstrap.d/prepare.d/1 prepare --cloud az"
        #expect(calls == ["\(path) --re-register", "\(path) --re-register --clean --offline"])
        #expect(fixture.programs.variables.first == ["TEDGE_CONFIG_DIR": fixture.directory.file("tedge")])
    }

    @Test("what a hook prints is shown indented; what it writes to stderr is not")
    func output() throws {
        try add("\(Self.site)/prepare.d/1")
        fixture.programs.on(fixture.directory.path, .exited(0), output: "one\n\ntwo\n\n", error: "detail\n")
        try hooks().run(.prepare)
        #expect(fixture.printed.all == "    one\n    \n    two\n")
    }

    @Test("status 2 is no failure, and the hook did nothing")
    func notApplicable() throws {
        for name in ["1", "2"] { try add("\(Self.site)/prepare.d/\(name)") }
        fixture.programs.on(fixture.directory.file("tedge/bootstrap.d/prepare.d/1"), .exited(2), error: "not for c8y\n")
        #expect(try hooks().run(.prepare) == ["2"])
        #expect(fixture.printed.all == "")
    }

    @Test("another status stops everything, and its stderr is shown")
    func failing() throws {
        for name in ["1", "2"] { try add("\(Self.site)/prepare.d/\(name)") }
        fixture.programs.on(fixture.directory.path, .exited(3), output: "shown\n", error: "first\nno route\n")
        let path = fixture.directory.file("tedge/bootstrap.d/prepare.d/1")
        #expect(
            throws: BootstrapHookError.failed(path: path, how: "failed with status 3.", said: ["first", "no route"])
        ) { try hooks().run(.prepare) }
        #expect(calls.count == 1 && fixture.output == "    shown\n")
        let error = BootstrapHookError.failed(path: "/d/1", how: "failed with status 3.", said: ["first", "no route"])
        #expect(error.id.rawValue == "bootstrap-hook-failed")
        #expect(error.causes == ["The hook /d/1 failed with status 3.", "first\nno route"])
        #expect(error.hint?.contains("'sudo touch /d/1.ignore'") == true)
    }

    @Test("a signal, a silent hook and one that cannot start are told apart")
    func endings() throws {
        try add("\(Self.site)/prepare.d/1")
        func how(_ failure: ProcessError) -> String? {
            fixture.programs.on(fixture.directory.path, failure)
            do { try hooks().run(.prepare) } catch { return (error as? BootstrapHookError)?.causes[0] }
            return nil
        }
        let hook = "The hook \(fixture.directory.file("tedge/bootstrap.d/prepare.d/1")) "
        #expect(how(.unanswered(program: "1", seconds: 300)) == hook + "did not end within 300 seconds, and was ended.")
        #expect(how(.notStarted("1", SystemError(8)))?.hasPrefix(hook + "could not be started: ") == true)
        fixture.programs.on(fixture.directory.path, .signalled(9))
        #expect(throws: BootstrapHookError.self) { try hooks().run(.prepare) }
        fixture.programs.on(fixture.directory.path, .interrupted(Interrupted(signal: 15)))
        #expect(throws: Interrupted.self) { try hooks().run(.prepare) }
        fixture.programs.forget()
        fixture.signal.send(15)
        #expect(throws: Interrupted.self) { try hooks().run(.prepare) }
        #expect(calls == [])
    }

    @Test("what is not executable is a warning; backups, hidden files and directories are nothing")
    func others() throws {
        try add("\(Self.site)/prepare.d/10_plain", mode: 0o644)
        try add("\(Self.packaged)/prepare.d/10_plain")
        for name in [".hidden", "a~", "b.dpkg-old"] { try add("\(Self.site)/prepare.d/\(name)") }
        try makeDirectory("\(Self.site)/prepare.d/dir")
        #expect(try hooks().run(.prepare) == ["10_plain"])
        #expect(calls == ["WORLD/share/bootstrap.d/prepare.d/10_plain prepare --cloud c8y"])
        #expect(
            fixture.errors == "Warning: The hook WORLD/tedge/bootstrap.d/prepare.d/10_plain was not run: it is not "
                + "executable.\nHint: Run 'chmod +x WORLD/tedge/bootstrap.d/prepare.d/10_plain' if it is to run.\n")
    }

    @Test("missing directories are no failure")
    func missing() throws {
        var hooks = hooks()
        hooks = BootstrapHooks(run: hooks.run, directories: ["/no/such/directory"], context: fixture.context)
        #expect(try hooks.run(.prepare) == [])
    }

    @Test(
        "root runs nothing that somebody else can exchange, and this is known before the first hook runs",
        arguments: 0..<5)
    func foreign(_ kind: Int) throws {
        let name = "\(Self.site)/finalize.d/1"
        let path = fixture.directory.file(name)
        let directory = Path.directory(of: path)
        try add(name)
        switch kind {
        case 0: try fixture.files.changeOwner(path, to: Owner(user: 900, group: 901))
        case 1: try fixture.files.changeMode(path, to: 0o775)
        case 2: try fixture.files.changeOwner(directory, to: Owner(user: 900, group: 901))
        case 3: try fixture.files.changeMode(directory, to: 0o757)
        default:
            try fixture.files.remove(path)
            try fixture.files.makeSymbolicLink(path, to: "/bin/true")
        }
        let why = [
            "belongs to 'tedge'.", "can be written by others.", "belongs to 'tedge'.", "can be written by others.",
            "is a link, and root follows none.",
        ][kind]
        let isDirectory = kind == 2 || kind == 3
        let error = BootstrapHookError.foreign(path: isDirectory ? directory : path, isDirectory: isDirectory, why: why)
        try add("\(Self.site)/prepare.d/1")
        #expect(throws: error) { try hooks().run(.prepare) }
        #expect(throws: error) { try hooks().run(.finalize) }
        #expect(
            error.id.rawValue == "bootstrap-hook-foreign" && error.hint?.hasPrefix("Run 'ls -l") == true && calls == [])
    }

    @Test("a dry run lists them")
    func rehearsal() throws {
        try add("\(Self.site)/prepare.d/1")
        let report = Rehearsal.run(in: fixture.context) { context in
            var hooks = hooks()
            hooks.context = context
            #expect((try? hooks.run(.prepare)) == [])
            return .done("bootstrap", changed: false)
        }
        #expect(!report.changed && calls == [])
        #expect(
            fixture.output == """
                Dry run: nothing would change.

                Besides:
                  The hook 'WORLD/tedge/bootstrap.d/prepare.d/1 prepare --cloud c8y' would run.

                """)
    }

    @Test("the directories are those of the setting, below the configuration directory by default, or the typed one")
    func directories() throws {
        var settings = try Settings.load(from: fixture.context.settingsSource)
        #expect(
            try BootstrapHooks.directories(nil, settings, in: fixture.context)
                == [fixture.directory.file("tedge/bootstrap.d"), "/usr/share/tedge/bootstrap.d"])
        #expect(
            try BootstrapHooks.directories("mine", settings, in: fixture.context) == [fixture.directory.file("mine")])
        try fixture.write("bootstrap.plugin_paths = ['/a', '/b']\n", to: "tedge/tedge.toml")
        settings = try Settings.load(from: fixture.context.settingsSource)
        #expect(try BootstrapHooks.directories(nil, settings, in: fixture.context) == ["/a", "/b"])
    }
}

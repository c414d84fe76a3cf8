import Glibc
import Testing

@testable import TedgeCore

/// What mosquitto would say to a configuration, and what is made of it.
@Suite struct BrokerDryRunTests {
    private let fixture: Fixture
    private let main: String

    init() throws {
        var fixture = try Fixture()
        fixture.accounts.caller = FixtureAccounts.root
        self.fixture = fixture
        main = fixture.directory.file("mosquitto.conf")
        for name in ["conf.d", "tls"] {
            try fixture.files.makeDirectory(fixture.directory.file(name), mode: 0o755, owner: nil)
        }
        try fixture.write("include_dir \(fixture.directory.file("conf.d"))\n", to: "mosquitto.conf")
    }

    private func dryRun(_ change: (inout MosquittoUnit, inout Context) -> Void = { _, _ in }) -> BrokerDryRun {
        var (unit, context) = (MosquittoUnit(), fixture.context)
        unit.arguments = ["-c", main]
        change(&unit, &context)
        return BrokerDryRun(context: context, unit: unit, directory: fixture.path("mosquitto-conf"))
    }

    /// Has mosquitto say something before it ends.
    private func say(_ text: String, _ ending: ProcessResult.Ending = .exited(3), output: String = "") {
        fixture.programs.on("/proc/self/exe", ending, output: output, error: text)
    }

    private func steps(_ index: Int = 0) throws -> [UnitStep] {
        let input = try #require(fixture.programs.inputs.dropFirst(index).first)
        return try #require(UnitStep.decode(input))
    }

    @Test("a mosquitto that starts has no complaint")
    func ready() throws {
        say("mosquitto version 2.0.11 running\n", .signalled(SIGKILL))
        #expect(try dryRun().complaint() == nil)
        #expect(fixture.programs.calls == ["/proc/self/exe --as-a-unit-does"])
    }

    @Test(
        "the dry run runs the unit's program with its arguments, user, groups, environment and directory, but no daemon"
    )
    func asTheUnit() throws {
        _ = try dryRun { unit, context in
            (unit.program, unit.user) = ("/opt/mosquitto", "mosquitto")
            unit.arguments += ["-d"]
            (unit.groups, unit.environment, unit.workingDirectory) = (["tedge"], ["A=b"], "/srv")
            unit.sandbox = ServiceSandbox(SystemdProperties("ProtectHome=yes\nPrivateTmp=yes\n"))
        }.complaint()
        let steps = try steps()
        #expect(steps.last == .run(["/opt/mosquitto", "-c", main, "-v"]))
        #expect(steps.contains(.identity(Owner(user: 110, group: 120), groups: [120, 901])))
        #expect(steps.contains(.workingDirectory("/srv")))
        #expect(steps.contains(.hide("/home")) && steps.contains(.empty("/tmp")))
        let environment = steps.compactMap { if case .environment(let values) = $0 { values } else { nil } }
        #expect(environment.first?.contains("A=b") == true && environment.first?.contains("USER=mosquitto") == true)
    }

    @Test("root stays root, and an unknown user is a complaint")
    func users() throws {
        _ = try dryRun().complaint()
        #expect(try !steps().contains { if case .identity = $0 { true } else { false } })
        // What it opens after it has become its user is checked for that user.
        #expect(try steps().contains(.checker(Owner(user: 110, group: 120), groups: [120])))
        let complaint = try dryRun { unit, _ in unit.user = "nobody-here" }.complaint()
        #expect(
            complaint?.text == "mosquitto's service is to run as 'nobody-here', which this device does not know."
        )
    }

    @Test(
        "planned files are visible with their permissions, removed ones are not, and nothing is written"
    )
    func planned() throws {
        let (new, gone) = (fixture.path("mosquitto-conf/new.conf"), fixture.path("mosquitto-conf/old.conf"))
        try fixture.write("include_dir \(fixture.path("mosquitto-conf"))\n", to: "mosquitto.conf")
        try fixture.write("frobnicate true\n", to: "tedge/mosquitto-conf/old.conf")
        let before = try fixture.snapshot()
        _ = try dryRun().complaint([
            new: .init(
                contents: Array("remote_password secret\n".utf8), mode: 0o640, owner: Owner(user: 0, group: 120)),
            gone: .init(),
        ])
        let shown = try steps().compactMap { step -> (files: [UnitStep.File], hidden: [String])? in
            if case .directory(_, let files, let hidden) = step { (files, hidden) } else { nil }
        }
        #expect(shown.first?.files.map(\.path) == [new] && shown.first?.hidden == [gone])
        #expect(shown.first?.files.first?.mode == 0o640 && shown.first?.files.first?.owner.group == 120)
        #expect(try fixture.snapshot() == before)
    }

    @Test("what mosquitto says is reported with the line that it is about, and the file to correct")
    func words() throws {
        let place = fixture.directory.file("conf.d/x.conf")
        try fixture.write("frobnicate true\n", to: "conf.d/x.conf")
        say(
            "7777777777: Error: Unknown configuration variable \"frobnicate\".\n7777777777: Error found at \(place):1.\n"
        )
        let complaint = try #require(try dryRun().complaint())
        #expect(complaint.text == "Error: Unknown configuration variable \"frobnicate\".\nError found at \(place):1.")
        #expect(
            complaint.correction(besides: OwnNames(fixture.path("mosquitto-conf"))) == "Correct the line \(place):1")
        #expect(complaint.correction(besides: OwnNames(fixture.directory.file("conf.d"))) == nil)
    }

    @Test("if a line of ours clashes with one of the owner, the owner is to correct theirs")
    func blame() throws {
        let ours = fixture.path("mosquitto-conf/tedge-mosquitto.conf")
        try fixture.write(
            "allow_anonymous true\ninclude_dir \(fixture.path("mosquitto-conf"))\n", to: "mosquitto.conf")
        try fixture.write("per_listener_settings true\n", to: "tedge/mosquitto-conf/tedge-mosquitto.conf")
        say(
            "Error: per_listener_settings must be set before any other security settings.\nError found at \(ours):1.\n")
        let complaint = try #require(try dryRun().complaint())
        #expect(complaint.correction(besides: OwnNames(fixture.path("mosquitto-conf"))) == "Correct the line \(main):1")
        #expect(complaint.lines.hasSuffix("\nThe line that it clashes with is \(main):1: allow_anonymous true"))
    }

    @Test("an existing file that cannot be read is reported with the line that names it")
    func unreadable() throws {
        let key = fixture.directory.file("tls/k.pem")
        try fixture.write("x", to: "tls/k.pem")
        try fixture.write("listener 8883\nkeyfile \(key)\n", to: "conf.d/x.conf")
        say(
            "Error: Unable to load server key file \"\(key)\". Check keyfile.\n"
                + "OpenSSL Error[0]: error:8000000D:system library::Permission denied\n", .exited(1))
        let complaint = try #require(try dryRun().complaint())
        #expect(
            complaint.correction(besides: OwnNames("/x"))
                == "Let mosquitto's user read \(key), which the line \(fixture.directory.file("conf.d/x.conf")):2 names"
        )
    }

    @Test("a second listener on a port is found, also one that is opened by another setting")
    func clash() throws {
        let said = "Opening ipv4 listen socket on port 1883.\nError: Address already in use\n"
        try fixture.write("cafile /x\n", to: "conf.d/02.conf")
        try fixture.write("listener 1883\nmax_connections 1\n", to: "conf.d/03.conf")
        say(said, .exited(1))
        var complaint = try #require(try dryRun().complaint())
        #expect(complaint.place == fixture.directory.file("conf.d/02.conf:1"))
        #expect(complaint.cause?.place == fixture.directory.file("conf.d/03.conf:1"))
        try fixture.write("listener 1883 127.0.0.1\n", to: "conf.d/02.conf")
        complaint = try #require(try dryRun().complaint())
        #expect(complaint.cause?.place == fixture.directory.file("conf.d/02.conf:1"))
        #expect(complaint.place == fixture.directory.file("conf.d/03.conf:1"))
    }

    @Test("a missing address and a port of another program are found before mosquitto is run")
    func listeners() throws {
        try fixture.write("listener 1884 10.9.9.9\n", to: "conf.d/x.conf")
        let place = fixture.directory.file("conf.d/x.conf:1")
        let gone = try dryRun { _, context in context.listening = { _, _ in .addressNotAvailable } }.complaint()
        #expect(
            gone?.text
                == "\(place): mosquitto cannot listen on 10.9.9.9: Cannot assign requested address (os error 99).")
        #expect(fixture.programs.calls.isEmpty)
        // Nobody is known to hold it: it may be mosquitto.
        let held = try dryRun { _, context in
            (context.listening, context.processDirectory) = ({ _, _ in .addressInUse }, "/nowhere")
        }.complaint()
        #expect(held == nil)
    }

    @Test("a path that the unit cannot write is found, unless it is created before mosquitto starts")
    func notWritable() throws {
        try fixture.write("pid_file /run/mosquitto/m.pid\n", to: "conf.d/x.conf")
        let place = fixture.directory.file("conf.d/x.conf:1")
        let strict = ServiceSandbox(SystemdProperties("ProtectSystem=strict\n"))
        let forbidden = try dryRun { unit, _ in unit.sandbox = strict }.complaint()
        #expect(
            forbidden?.text
                == "\(place): mosquitto cannot write its pid_file /run/mosquitto/m.pid: Read-only file system (os error 30)"
        )
        _ = try dryRun().complaint()
        let index = try #require(steps().firstIndex(of: .check("/run/mosquitto/m.pid", forWriting: true)))
        say("mosquitto version 2.0.11 running\n", .signalled(SIGKILL), output: "\(index) 13\n")
        #expect(try dryRun().complaint()?.text.hasSuffix("m.pid: Permission denied (os error 13)") == true)
        _ = try dryRun { unit, _ in unit.preparation = ["/bin/mkdir -p /run/mosquitto"] }.complaint()
        #expect(try !steps(2).contains(.check("/run/mosquitto/m.pid", forWriting: true)))
        // Nor if it is unknown what is created before.
        _ = try dryRun { unit, _ in unit.isAssumed = true }.complaint()
        #expect(try !steps(3).contains(.check("/run/mosquitto/m.pid", forWriting: true)))
    }

    @Test("if the kernel refuses what the dry run needs, everything is read as one text")
    func merged() throws {
        try fixture.write("frobnicate true\n", to: "conf.d/x.conf")
        say("Error: x\nError found at /dev/stdin:3.\n", .exited(UnitStep.failure))
        let complaint = try dryRun().complaint()
        #expect(fixture.programs.inputs.count == 2)
        #expect(try steps(1).last == .run(["/usr/sbin/mosquitto", "-c", "/dev/stdin", "-v"]))
        #expect(complaint == nil)
    }

    @Test("a mosquitto that hangs is a complaint with the pipe that it may wait for; a signal is not")
    func hanging() throws {
        let pipe = fixture.directory.file("pw")
        try #require(mkfifo(pipe, 0o600) == 0)
        try fixture.write("password_file \(pipe)\n", to: "conf.d/x.conf")
        fixture.programs.on("/proc/self/exe", .interrupted(Interrupted(signal: SIGALRM)))
        let complaint = try #require(try dryRun().complaint())
        #expect(complaint.text.hasPrefix("mosquitto was not ready within 5 seconds.\n"))
        #expect(complaint.place == fixture.directory.file("conf.d/x.conf:1"))
        fixture.signal.send(SIGTERM)
        #expect(throws: Interrupted(signal: SIGTERM)) { try dryRun().complaint() }
    }

    @Test("an end without an error is reported with the last lines or the status")
    func silent() throws {
        say("mosquitto version 2.0.11 starting\nsomething\n", .exited(1))
        #expect(try dryRun().complaint()?.text == "something")
        say("", .signalled(SIGSEGV))
        #expect(try dryRun().complaint()?.text == "mosquitto was ended by signal 11 and said nothing.")
        say("", .exited(4))
        #expect(try dryRun().complaint()?.text == "mosquitto ended with status 4 and said nothing.")
    }

    @Test("an address that is missing in the dry run's network is not a complaint")
    func ownNetwork() throws {
        say("Error: Cannot assign requested address\n", .exited(1))
        #expect(try dryRun().complaint() == nil)
    }
}

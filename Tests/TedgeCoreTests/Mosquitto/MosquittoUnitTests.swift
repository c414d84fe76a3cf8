import Testing

@testable import TedgeCore

/// How systemd starts mosquitto, by what `systemctl show` prints.
@Suite struct MosquittoUnitTests {
    /// The unit of Debian 12, as systemd 252 prints it.
    static let bookworm = """
        ExecStartPre={ path=/bin/mkdir ; argv[]=/bin/mkdir -m 740 -p /run/mosquitto ; ignore_errors=no ; pid=0 }
        ExecStart={ path=/usr/sbin/mosquitto ; argv[]=/usr/sbin/mosquitto -c /etc/mosquitto/mosquitto.conf ; \
        ignore_errors=no ; start_time=[n/a] ; stop_time=[n/a] ; pid=0 ; code=(null) ; status=0/0 }
        DynamicUser=no
        MainPID=412
        ActiveState=active
        ProtectHome=no
        ProtectSystem=no
        PrivateTmp=no
        LoadState=loaded

        """

    private func parsed(_ text: String) -> MosquittoUnit? { MosquittoUnit(SystemdProperties(text)) }

    @Test("Debian's unit starts mosquitto as root, with its main file, and creates a directory before")
    func debian() throws {
        let unit = try #require(parsed(Self.bookworm))
        #expect(unit.program == "/usr/sbin/mosquitto")
        #expect(unit.mainFile == "/etc/mosquitto/mosquitto.conf")
        #expect(unit.user == nil && unit.process == 412 && unit.isInstalled && !unit.isBeyondDryRun)
        #expect(unit.preparation == ["/bin/mkdir -m 740 -p /run/mosquitto"])
        #expect(unit.sandbox == ServiceSandbox(SystemdProperties("")))
    }

    @Test("a unit has user, directory, environment and sandbox of mosquitto")
    func everything() throws {
        let unit = try #require(
            parsed(
                """
                ExecStart={ path=/usr/local/sbin/mosquitto ; argv[]=/usr/local/sbin/mosquitto -v --config-file m.conf ; \
                ignore_errors=no }
                User=broker
                Group=iot
                SupplementaryGroups=ssl-cert tss
                Environment=A=b "C=d e" D=\\x41
                EnvironmentFiles=/etc/default/mosquitto (ignore_errors=yes)
                WorkingDirectory=/srv/mqtt
                MainPID=0
                ProtectHome=yes
                ProtectSystem=strict
                PrivateTmp=yes
                InaccessiblePaths=-/srv/secret "/a b"
                ReadWritePaths=/var/lib/mqtt
                RuntimeDirectory=mosquitto
                AmbientCapabilities=cap_net_bind_service
                LoadState=loaded
                """))
        #expect(unit.program == "/usr/local/sbin/mosquitto" && unit.mainFile == "/srv/mqtt/m.conf")
        #expect(unit.user == "broker" && unit.group == "iot" && unit.groups == ["ssl-cert", "tss"])
        #expect(unit.environment == ["A=b", "C=d e", "D=A"] && unit.environmentFiles == ["/etc/default/mosquitto"])
        #expect(unit.process == nil && unit.mayUseEveryPort)
        #expect(unit.sandbox.hidden == ["/home", "/root", "/run/user", "/srv/secret", "/a b"])
        #expect(unit.sandbox.empty == ["/tmp", "/var/tmp"])
        for path in ["/var/lib/mqtt/x", "/run/mosquitto/m.pid", "/dev/null", "/tmp/x"] {
            #expect(!unit.sandbox.forbidsWriting(path))
        }
        for path in ["/var/lib/mqttx", "/etc/mosquitto/x", "/run/m.pid"] { #expect(unit.sandbox.forbidsWriting(path)) }
    }

    @Test("of two rules about writing the one for the longer path counts")
    func readOnly() {
        let sandbox = ServiceSandbox(
            SystemdProperties("ProtectSystem=full\nReadWritePaths=/etc/m\nReadOnlyPaths=/etc/m/fixed\n"))
        #expect(sandbox.forbidsWriting("/etc/x") && sandbox.forbidsWriting("/etc/m/fixed/x"))
        #expect(!sandbox.forbidsWriting("/etc/m/x") && !sandbox.forbidsWriting("/var/x"))
    }

    @Test(
        "a unit with its own root or mounts has no dry run",
        arguments: [
            "RootDirectory=/srv", "BindPaths=/a:/b", "DynamicUser=yes", "RootImage=/i", "PrivateUsers=yes",
        ])
    func beyondDryRun(_ line: String) throws {
        #expect(try #require(parsed(Self.bookworm + line + "\n")).isBeyondDryRun)
    }

    @Test("systemd's answer for a missing unit differs from no answer")
    func missing() {
        #expect(parsed("LoadState=not-found\nMainPID=0\n")?.isInstalled == false)
        #expect(parsed("") == nil)
        #expect(parsed(Self.bookworm)?.isInstalled == true)
    }

    @Test("the words of the running process are used if systemd's text does not separate them")
    func commandLine() throws {
        let fixture = try Fixture()
        try fixture.files.makeDirectory(fixture.directory.file("proc/7"), mode: 0o755, owner: nil)
        try fixture.write("/usr/sbin/mosquitto\0-c\0/etc/my broker/m.conf\0", to: "proc/7/cmdline")
        var context = fixture.context
        context.processDirectory = fixture.directory.file("proc")
        fixture.programs.on(
            "systemctl show --property=LoadState,ActiveState,User", .exited(0),
            output:
                "LoadState=loaded\nActiveState=active\nMainPID=7\nExecStart={ path=/usr/sbin/mosquitto ; argv[]=/usr/sbin/mosquitto "
                + "-c /etc/my broker/m.conf ; ignore_errors=no }\n")
        #expect(MosquittoUnit.load(context)?.mainFile == "/etc/my broker/m.conf")
        #expect(context.knowingMosquitto().mosquittoConfiguration == "/etc/my broker/m.conf")
    }

    @Test("if systemd does not answer, the running process counts")
    func running() throws {
        let fixture = try Fixture()
        for (number, name) in [(3, "bash"), (9, "mosquitto")] {
            try fixture.files.makeDirectory(fixture.directory.file("proc/\(number)"), mode: 0o755, owner: nil)
            try fixture.write(name + "\n", to: "proc/\(number)/comm")
            try fixture.write("/opt/\(name)\0-c\0/opt/m.conf\0", to: "proc/\(number)/cmdline")
        }
        var context = fixture.context
        context.processDirectory = fixture.directory.file("proc")
        fixture.programs.on("systemctl show", .exited(1))
        let unit = context.knowingMosquitto().mosquittoUnit
        #expect(unit?.program == "/opt/mosquitto" && unit?.mainFile == "/opt/m.conf" && unit?.process == 9)
    }

    @Test("mosquitto's user is the unit's, else the last `user` of any file, else mosquitto")
    func user() throws {
        let fixture = try Fixture()
        #expect(fixture.context.mosquittoUser == "mosquitto")
        try fixture.files.makeDirectory(fixture.directory.file("conf.d"), mode: 0o755, owner: nil)
        try fixture.write("user one\ninclude_dir \(fixture.directory.file("conf.d"))\n", to: "mosquitto.conf")
        #expect(fixture.context.mosquittoUser == "one")
        try fixture.write("user two\n", to: "conf.d/x.conf")
        #expect(fixture.context.mosquittoUser == "two")
        var context = fixture.context
        context.mosquittoUnit = MosquittoUnit()
        context.mosquittoUnit?.user = "three"
        #expect(context.mosquittoUser == "three")
    }

    @Test(
        "a line of systemd is split by blanks, quotes and escapes",
        arguments: [
            ("a b", ["a", "b"]), (#""a b" 'c "d'"#, ["a b", "c \"d"]), (#"a\x20b \101 \s"#, ["a b", "A", " "]),
            (#""" x"#, ["", "x"]), ("", []), (#"\q \"#, ["q", "\\"]),
        ])
    func words(_ line: String, _ words: [String]) { #expect(SystemdProperties.words(line) == words) }
}

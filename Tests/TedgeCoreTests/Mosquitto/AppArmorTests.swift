import Glibc
import Testing

@testable import TedgeCore

/// What mosquitto's AppArmor profile lets it read. The kernel and the parser are played.
@Suite struct AppArmorTests {
    private static let local = "apparmor.d/local/mosquitto"
    private static let parser = "apparmor_parser --replace"

    /// A device with a profile of mosquitto that the kernel enforces.
    private func device(
        _ name: String = "mosquitto", state: String? = "enforce", profile: String = "  include if exists <local/NAME>\n"
    ) throws -> Fixture {
        let fixture = try Fixture.ready()
        for name in ["apparmor.d/local", "apparmor"] {
            try fixture.files.makeDirectory(fixture.directory.file(name), mode: 0o755, owner: nil)
        }
        let text = "profile mosquitto /usr/sbin/mosquitto {\n\(profile.replacing("NAME", with: name))}\n"
        try fixture.write(text, to: "apparmor.d/\(name)")
        if let state { try fixture.write("snap (enforce)\nmosquitto (\(state))\n", to: "apparmor/profiles") }
        fixture.programs.install(["systemctl", "tedge-mapper", "apparmor_parser"])
        fixture.programs.on(Self.parser, .exited(0))
        let paths = "logs.path = '\(fixture.directory.file("log"))'\ndata.path = '\(fixture.directory.file("data"))'\n"
        try fixture.configure(paths)
        return fixture
    }

    private func initialize(_ fixture: Fixture) -> CommandReport {
        DeviceInitializer(user: nil, group: nil, in: fixture.context).run()
    }

    private func parsed(_ fixture: Fixture) -> Int { fixture.programs.calls.count { $0.hasPrefix(Self.parser) } }

    private func check(_ fixture: Fixture) -> CheckOutcome {
        DoctorRun(.c8y, profile: nil, until: .now + .seconds(9), in: fixture.context).outcome(of: .appArmor)
    }

    @Test("init writes the block, loads the profile once, and keeps what the owner wrote", arguments: [nil, "/x r,"])
    func block(_ owner: String?) throws {
        let fixture = try device()
        if let owner { try fixture.write(owner, to: Self.local) }
        #expect(initialize(fixture).changed)
        let text = fixture.neutral(try fixture.text(Self.local) ?? "")
        let before = owner.map { "\($0)\n" } ?? ""
        #expect(text.hasPrefix("\(before)# BEGIN tedge-swift\n") && text.hasSuffix("\n# END tedge-swift\n"), "\(text)")
        for rule in [
            "WORLD/tedge/mosquitto-conf/ r,", "WORLD/tedge/mosquitto-conf/** r,", "WORLD/tedge/device-certs/** r,",
            "WORLD/roots/** r,",
        ] { #expect(text.contains("\n\(rule)\n"), "\(rule) in \(text)") }
        #expect(parsed(fixture) == 1)
        #expect(fixture.programs.calls.contains("\(Self.parser) \(fixture.directory.file("apparmor.d/mosquitto"))"))
        #expect(!initialize(fixture).changed)
        #expect(parsed(fixture) == 1)
    }

    @Test("a changed rule changes the block alone")
    func edited() throws {
        let fixture = try device()
        try fixture.write("/a r,\n# BEGIN tedge-swift\n/old r,\n# END tedge-swift\n/z r,\n", to: Self.local)
        #expect(initialize(fixture).changed)
        let text = try fixture.text(Self.local) ?? ""
        #expect(text.hasPrefix("/a r,\n# BEGIN tedge-swift\n") && text.hasSuffix("\n# END tedge-swift\n/z r,\n"))
        #expect(!text.contains("/old"))
    }

    @Test("half a block is the owner's text")
    func half() {
        for text in ["# BEGIN tedge-swift\n/a r,\n", "# END tedge-swift\n"] {
            #expect(AppArmorBlock.rules(in: text) == nil)
            let new = AppArmorBlock.replacing(text, with: ["/b r,"])
            #expect(new == text + "# BEGIN tedge-swift\n/b r,\n# END tedge-swift\n")
            #expect(AppArmorBlock.rules(in: new) == ["/b r,"])
        }
    }

    @Test(
        "a parser that refuses leaves the file as before, with a warning, and init succeeds",
        arguments: [nil, "/x r,\n"])
    func refused(_ owner: String?) throws {
        let fixture = try device()
        if let owner { try fixture.write(owner, to: Self.local) }
        fixture.programs.on(Self.parser, .exited(1), error: "AppArmor parser error\nsyntax error, unexpected X\n")
        #expect(initialize(fixture).status == 0)
        #expect(try fixture.text(Self.local) == owner)
        #expect(fixture.errors.contains("AppArmor does not take the rules"), "\(fixture.errors)")
        #expect(fixture.errors.contains("syntax error, unexpected X."))
    }

    @Test("a profile that the kernel does not have is not loaded, because its owner has disabled it")
    func disabled() throws {
        let fixture = try device(state: nil)
        #expect(initialize(fixture).changed)
        #expect(try fixture.text(Self.local) != nil && parsed(fixture) == 0)
    }

    @Test("without a profile, without the owner's file in it, or for another directory nothing is written")
    func nothing() throws {
        let unread = try device(profile: "")
        let missing = try Fixture.ready()
        for fixture in [unread, missing] {
            _ = initialize(fixture)
            #expect(try fixture.text(Self.local) == nil)
        }
        let foreign = try device()
        var context = foreign.context
        context.ownsMosquitto = false
        _ = DeviceInitializer(user: nil, group: nil, in: context).run()
        #expect(try foreign.text(Self.local) == nil && parsed(foreign) == 0)
    }

    @Test("the older name of the profile is found")
    func olderName() throws {
        let fixture = try device("usr.sbin.mosquitto")
        #expect(initialize(fixture).changed)
        #expect(try fixture.text("apparmor.d/local/usr.sbin.mosquitto")?.contains("# BEGIN tedge-swift") == true)
    }

    @Test("connect adds the path of a key that a setting names; one that fails takes it back")
    func connect() throws {
        let fixture = try device()
        _ = initialize(fixture)
        let before = try #require(try fixture.text(Self.local))
        try fixture.files.makeDirectory(fixture.directory.file("other roots"), mode: 0o755, owner: nil)
        try fixture.configure("c8y.root_cert_path = '\(fixture.directory.file("other roots"))'\n")
        fixture.programs.on("systemctl restart mosquitto", inTurn: .exited(1), .exited(0))
        #expect(fixture.connect().status == 1)
        #expect(try fixture.text(Self.local) == before)
        #expect(parsed(fixture) == 3)
        fixture.programs.on("systemctl restart mosquitto", .exited(0))
        #expect(fixture.connect().status == 0)
        let text = fixture.neutral(try fixture.text(Self.local) ?? "")
        #expect(text.contains("\n\"WORLD/other roots/**\" r,\n"), "\(text)")
        #expect(parsed(fixture) == 4)
        let names = try fixture.files.list(fixture.directory.file("apparmor.d/local"))
        #expect(names == ["mosquitto"])
    }

    @Test("special characters of a path are no pattern, and no path breaks the line")
    func rules() {
        #expect(AppArmorRules.file("/a/b.pem") == ["/a/b.pem r,"])
        #expect(AppArmorRules.file("/a b/c*") == ["\"/a b/c\\*\" r,"])
        #expect(AppArmorRules.directory("/a/") == ["/a/ r,", "/a/** r,"])
        #expect(AppArmorRules.file("/a\nb") == [] && AppArmorRules.file("b") == [])
        let rules = AppArmorRules.directory("/a b") + AppArmorRules.file("/k")
        for (path, isAllowed) in [("/a b/c/d", true), ("/a b", true), ("/k", true), ("/a bc", false), ("/k/x", false)] {
            #expect(AppArmorRules.allow(path, rules) == isAllowed, "\(path)")
        }
    }

    private static let audit =
        "audit: type=1400 audit(1746630764.792:686): apparmor=\"DENIED\" operation=\"open\" class=\"file\" "
        + "profile=\"mosquitto\" name=NAME pid=419394 comm=\"mosquitto\" requested_mask=\"r\" denied_mask=\"MASK\" fsuid=0"

    private func line(_ name: String, _ mask: String = "r") -> String {
        Self.audit.replacing("NAME", with: name).replacing("MASK", with: mask)
    }

    @Test("lines of the audit are understood, also with a path in hexadecimal digits")
    func denials() {
        #expect(AppArmorDenial(line("\"/etc/x\"")) == AppArmorDenial(path: "/etc/x", access: "r"))
        #expect(AppArmorDenial(line("2F612062")) == AppArmorDenial(path: "/a b", access: "r"))
        #expect(AppArmorDenial(line("\"/x\"", "wc"))?.rule == "/x w,")
        #expect(AppArmorDenial(line("\"/x\"").replacing("comm=\"mosquitto\"", with: "comm=\"cupsd\"")) == nil)
        #expect(AppArmorDenial("mosquitto version 2.0.21 starting") == nil)
    }

    @Test("the doctor names a rule that is missing, and a denial that no rule explains")
    func doctor() throws {
        let fixture = try device()
        #expect(check(fixture).reason == "apparmor-denied")
        #expect(check(fixture).diagnosis?.hint == "Run 'sudo tedge init && sudo systemctl restart mosquitto'.")
        _ = initialize(fixture)
        #expect(check(fixture) == .ok("the profile allows what it needs"))
        // From before the rules, and one that they do not explain.
        let known = line("\"\(fixture.path("mosquitto-conf/"))\"")
        fixture.programs.on("journalctl --boot", .exited(0), output: "\(known)\n")
        #expect(check(fixture).state == .ok)
        fixture.programs.on("journalctl --boot", .exited(0), output: "\(line("\"/data/m.db\"", "wc"))\n\(known)\n")
        let found = check(fixture)
        #expect(found.state == .warning && found.diagnosis?.seen == "/data/m.db (w)")
        #expect(found.diagnosis?.hint?.contains("add the line '/data/m.db w,' to") == true)
        try fixture.write((try fixture.text(Self.local) ?? "") + "  /data/m.db w,\n", to: Self.local)
        #expect(check(fixture).state == .ok)
        try fixture.write("mosquitto (complain)\n", to: "apparmor/profiles")
        #expect(check(fixture) == .ok("the profile of mosquitto is not in force"))
    }
}

import TestSupport
import Testing
import X509

@testable import TedgeCore

@Suite struct RenewalHooksTests {
    var fixture: Fixture
    private static let hooks = "tedge/renewal-hooks"

    /// A device that can be connected, with a renewed certificate and a directory of hooks.
    init() throws {
        fixture = try Fixture.ready()
        let key = try PrivateKey(pem: Array(try #require(try fixture.text(Fixture.key)).utf8))
        let certificate = try Certificate.selfSigned(
            commonName: "gateway-1", organization: "Example", organizationalUnit: "Tests", key: key,
            notBefore: Fixture.now - 3600, notAfter: Fixture.now + 86_400 * 730)
        try fixture.write(
            String(decoding: try certificate.pem(), as: UTF8.self), to: "\(Fixture.certificate).new", mode: 0o444)
        try fixture.files.makeDirectory(fixture.directory.file(Self.hooks), mode: 0o755, owner: nil)
        fixture.programs.on("/usr/bin/env", .exited(0))
    }

    private func add(_ name: String, mode: UInt16 = 0o755, owner: Owner = FixtureAccounts.root) throws {
        try fixture.write("#!/bin/sh\n", to: "\(Self.hooks)/\(name)", mode: mode)
        try fixture.files.changeOwner(fixture.directory.file("\(Self.hooks)/\(name)"), to: owner)
    }

    /// The calls of hooks.
    private var calls: [String] {
        fixture.programs.calls.filter { $0.hasPrefix("/usr/bin/env") }.map(fixture.neutral)
    }

    @Test("they run in the order of their names, when the certificate is in use, with what the article promises")
    mutating func all() throws {
        fixture.environment = ["LANG": "C.UTF-8", "C8Y_PASSWORD": "secret", "TEDGE_C8Y_DEVICE_KEY_PIN": "1234"]
        for name in ["20-b", "10-a"] { try add(name) }
        let report = fixture.connect()
        #expect(report.status == 0)
        let certificate = "WORLD/\(Fixture.certificate)"
        #expect(
            calls
                == ["10-a", "20-b"].map { name in
                    "/usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "
                        + "TEDGE_CONFIG_DIR=WORLD/tedge RENEWAL_HOOK=WORLD/\(Self.hooks)/\(name) "
                        + "RENEWED_CERT_PATH=\(certificate) RENEWED_CLOUD=c8y RENEWED_PROFILE= "
                        + "RENEWED_KEY_PATH=WORLD/\(Fixture.key) RENEWED_DEVICE_ID=gateway-1 LANG=C.UTF-8 "
                        + "WORLD/\(Self.hooks)/\(name) \(certificate) c8y"
                })
        #expect(
            fixture.output.contains("successful.\nRunning the renewal hook 10-a.\nRunning the renewal hook 20-b.\n"))
        #expect(
            report.checkedText.contains(
                #""hooks":[{"name":"10-a","result":"ok","message":null},{"name":"20-b","result":"ok","message":null}]"#)
        )
        fixture.programs.forget()
        #expect(Reconnector(.c8y, profile: nil, options: .init(), in: fixture.context).run().status == 0)
        #expect(calls == [], "nothing was renewed")
    }

    @Test("what is no executable, hidden, or a backup is none")
    func others() throws {
        try add("README", mode: 0o644)
        for name in [".hidden", "a~", "b.dpkg-old"] { try add(name) }
        try fixture.files.makeDirectory(fixture.directory.file("\(Self.hooks)/dir"), mode: 0o755, owner: nil)
        let report = fixture.connect()
        #expect(report.status == 0 && calls == [] && !report.checkedText.contains("hooks"))
    }

    @Test("one that fails is a warning with its last words; the next one runs, and the certificate stays")
    func failing() throws {
        for name in ["1", "2", "3", "4", "5"] { try add(name) }
        let endings: [(String, String)] = [
            ("1", "The renewal hook 1 failed with status 3: the last line"),
            ("2", "The renewal hook 2 failed by signal 9."),
            ("3", "The renewal hook 3 did not end within 60 seconds, and was ended."),
            ("4", "The renewal hook 4 could not be started: there is no x."),
        ]
        fixture.programs.on("/usr/bin/env") { [unowned programs = fixture.programs] () throws(ProcessError) in
            switch programs.calls.last?.firstMatch(of: /RENEWAL_HOOK=\S*\/(\S+)/)?.1 {
            case "1": return ProcessResult(.exited(3), output: "out", error: "first\nthe last line\n")
            case "2": return ProcessResult(.signalled(9))
            case "3": throw .unanswered(program: "env", seconds: 60)
            case "4": throw .notFound("x")
            default: return ProcessResult(.exited(0))
            }
        }
        let new = try fixture.text("\(Fixture.certificate).new")
        let report = fixture.connect()
        #expect(report.status == 0 && report.result == .ok)
        for (name, words) in endings {
            #expect(fixture.errors.contains("Warning: \(words)\n"), "\(fixture.errors)")
            #expect(report.checkedText.contains("{\"name\":\"\(name)\",\"result\":\"failed\""))
        }
        #expect(report.checkedText.contains(#"{"name":"5","result":"ok""#))
        #expect(try fixture.text(Fixture.certificate) == new)
    }

    @Test("root runs only what belongs to root, and that nobody else can write")
    func foreign() throws {
        try add("1", owner: Owner(user: 900, group: 901))
        for (name, mode) in [("2", UInt16(0o775)), ("3", 0o757)] { try add(name, mode: mode) }
        try fixture.files.makeSymbolicLink(fixture.directory.file("\(Self.hooks)/4"), to: "/bin/true")
        try add("5")
        #expect(fixture.connect().status == 0)
        #expect(fixture.errors.contains("Warning: The renewal hook 1 was not run: it belongs to 'tedge'.\n"))
        for name in ["2", "3"] {
            #expect(fixture.errors.contains("The renewal hook \(name) was not run: it can be written by others.\n"))
        }
        #expect(fixture.errors.contains("The renewal hook 4 was not run: it is a link, and root follows none.\n"))
        #expect(fixture.errors.contains("Hint: Run 'ls -l WORLD/\(Self.hooks)/1' to look at it.\n"))
        #expect(calls.count == 1 && calls[0].hasSuffix("/5 WORLD/\(Fixture.certificate) c8y"))
    }

    @Test("a directory of somebody else's, or a link, has none run", arguments: [0, 1, 2])
    func directory(_ kind: Int) throws {
        try add("1")
        let path = fixture.directory.file(Self.hooks)
        switch kind {
        case 0: try fixture.files.changeOwner(path, to: Owner(user: 900, group: 901))
        case 1: try fixture.files.changeMode(path, to: 0o777)
        default:
            try fixture.files.rename(path, to: fixture.directory.file("tedge/elsewhere"))
            try fixture.files.makeSymbolicLink(path, to: fixture.directory.file("tedge/elsewhere"))
        }
        let report = fixture.connect()
        #expect(report.status == 0 && calls == [])
        #expect(fixture.errors.contains("Warning: The renewal hooks were not run: WORLD/\(Self.hooks) "))
        #expect(report.checkedText.contains(#"{"name":"1","result":"not run""#))
    }

    @Test("a user runs own hooks alone")
    mutating func user() throws {
        try add("1")
        try add("2", owner: FixtureFiles.owner)
        fixture.accounts.caller = FixtureFiles.owner
        let inputs = try ConnectionInputs(.cumulocity, nil, in: fixture.context)
        _ = RenewalHooks(inputs, in: fixture.context).run()
        #expect(calls.count == 1 && calls[0].contains("/2 WORLD/"))
        #expect(fixture.errors.contains("The renewal hook 1 was not run: it belongs to 'root'.\n"))
    }

    @Test("a profile is told in one word, and as a variable")
    func profile() throws {
        try fixture.configure("c8y.profiles.edge.url = 'edge.cumulocity.com'\n")
        try add("1")
        let inputs = try ConnectionInputs(.cumulocity, ProfileName(parsing: "edge"), in: fixture.context)
        _ = RenewalHooks(inputs, in: fixture.context).run()
        #expect(calls.count == 1 && calls[0].contains(" RENEWED_PROFILE=edge ") && calls[0].hasSuffix(" c8y.edge"))
    }

    @Test("after a signal none runs, and that is said")
    func interrupted() throws {
        try add("1")
        let inputs = try ConnectionInputs(.cumulocity, nil, in: fixture.context)
        fixture.signal.send(15)
        _ = RenewalHooks(inputs, in: fixture.context).run()
        #expect(calls == [] && fixture.errors.contains("The renewal hook 1 was not run: a signal arrived.\n"))
    }
}

import TestSupport
import Testing

@testable import TedgeCore

/// mosquitto's configuration as a dry run reads it.
@Suite struct DryRunConfigurationTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func lines(_ text: String) throws -> [MosquittoFiles.Line] {
        MosquittoFiles(main: try directory.write(text, to: "m.conf"), files: SystemFiles()).lines
    }

    private func dryRun(_ text: String, scratch: String? = "/s") throws -> String {
        let configuration = DryRunConfiguration(try lines(text), scratch: scratch) { $0 == "gateway" ? "10.0.0.1" : $0 }
        return String(decoding: configuration.text(Array(text.utf8), of: directory.file("m.conf")), as: UTF8.self)
    }

    static let changes: [(line: String, changed: String)] = [
        ("pid_file /run/m.pid", "pid_file /s/pid"), ("persistence_location /var/lib/m/", "persistence_location /s/"),
        ("log_dest file /var/log/m", "log_dest file /s/log"), ("log_dest syslog", ""), ("log_dest none", ""),
        ("log_dest stderr", "log_dest stderr"), ("log_dest nonsense", "log_dest nonsense"),
        ("listener 0 /run/m.sock", "listener 0 /s/1.socket"), ("listener 1883 gateway", "listener 1883 10.0.0.1"),
        ("listener 1883", "listener 1883"), ("listener 1883 10.0.0.9", "listener 1883 10.0.0.9"),
        ("listener 1883 # mine", "listener 1883 # mine"), ("bind_interface eth0", ""),
        ("address cloud.example.com:8883", "address 192.0.2.1:8883"),
        ("address a:1 b", "address 192.0.2.1:1 192.0.2.1"),
        ("plugin /usr/lib/mosquitto_persist_sqlite.so", "plugin /usr/lib/mosquitto_persist_sqlite.so"),
        ("plugin_opt_db_file /var/lib/m.db", "plugin_opt_db_file /s/db"),
        ("frobnicate true", "frobnicate true"), ("include_dir   /x", "include_dir   /x"), ("pid_file", "pid_file"),
    ]

    @Test("what belongs to the running broker is moved, and everything else is unchanged", arguments: changes)
    func change(_ line: String, _ changed: String) throws {
        #expect(try dryRun("# first\n\(line)\nlast true\n") == "# first\n\(changed)\nlast true\n")
    }

    @Test("a second line of a setting that may occur once is still a second line")
    func twice() throws {
        #expect(try dryRun("pid_file /a\npid_file /b") == "pid_file /s/pid\npid_file /s/pid")
        #expect(try dryRun("listener 0 /a\nlistener 0 /b") == "listener 0 /s/1.socket\nlistener 0 /s/2.socket")
    }

    @Test("a plugin of somebody else is left out with its options, and checked")
    func plugin() throws {
        let text = "plugin /usr/lib/go-auth.so\nauth_opt_backends pg\nplugin /x/mosquitto_acl.so\nplugin_opt_a b\n"
        #expect(try dryRun(text) == "\n\nplugin /x/mosquitto_acl.so\nplugin_opt_a b\n")
        let accesses = DryRunConfiguration(try lines(text), scratch: "/s") { $0 }.accesses
        #expect(accesses.map(\.path) == ["/usr/lib/go-auth.so"] && accesses.allSatisfy { !$0.isForWriting })
    }

    @Test("listeners have the position, the port and the host of their lines")
    func listeners() throws {
        let text = "bind_address 10.0.0.2\nport 1\nlistener 2 ::1\nlistener 3\nlistener 0 /s\nlistener x\n"
        let found = DryRunConfiguration(try lines(text), scratch: nil) { $0 }.listeners
        #expect(found.map { "\($0.line.number) \($0.port) \($0.host ?? "-")" } == ["2 1 10.0.0.2", "3 2 ::1", "4 3 -"])
    }

    @Test("without its own files the dry run reads everything as one text, and places are those of the files")
    func merged() throws {
        _ = try SystemFiles().makeDirectory(directory.file("conf.d"), mode: 0o755, owner: nil)
        try directory.write("frobnicate true\npid_file /x\n", to: "conf.d/b.conf")
        try directory.write("first 1\n", to: "conf.d/a.conf")
        try directory.write("ignored 1\n", to: "conf.d/c.txt")
        let main = try directory.write("one 1\ninclude_dir \(directory.file("conf.d"))\ntwo 2", to: "m.conf")
        let files = MosquittoFiles(main: main, files: SystemFiles())
        let merged = MergedConfiguration(files, DryRunConfiguration(files.lines, scratch: nil) { $0 })
        let text = String(decoding: merged.text, as: UTF8.self)
        #expect(text == "listener 1 127.0.0.1\nsocket_domain ipv6\none 1\nfirst 1\n\nfrobnicate true\n\n\ntwo 2\n")
        #expect(
            merged.located("Error found at /dev/stdin:6.") == "Error found at \(directory.file("conf.d/b.conf")):1.")
        #expect(merged.located("Error found at /dev/stdin:9.") == "Error found at \(main):3.")
        #expect(merged.located("Error: x") == "Error: x")
        #expect(MergedConfiguration.isAccepted("Error creating listener: Address family for hostname not supported."))
    }
}

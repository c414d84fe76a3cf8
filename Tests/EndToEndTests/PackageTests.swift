import Foundation
import TestSupport
import Testing

/// The files of the package that `make deb` has built.
@Suite("the files of the Debian package") struct PackageTests {
    private static let directory = packageDirectory + "/.build/deb"

    private func package() throws -> String {
        let machine = try output("dpkg", "--print-architecture").trimmingCharacters(in: .newlines)
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.directory)
        let built = names.filter { $0.hasPrefix("tedge-swift_") && $0.hasSuffix("_\(machine).deb") }
        return "\(Self.directory)/\(try #require(built.sorted().last))"
    }

    private func output(_ program: String, _ words: String...) throws -> String {
        let outcome = Outcome(try ChildProcess.run(program, words, within: .seconds(120)))
        try outcome.expectSuccess()
        return outcome.output
    }

    @Test("lintian finds nothing, not even pedantic remarks")
    func lintian() throws {
        let words = ["--fail-on", "error,warning,info,pedantic", "--display-info", "--pedantic", "--allow-root"]
        let outcome = Outcome(try ChildProcess.run("lintian", words + [try package()], within: .seconds(300)))
        #expect(outcome == Outcome(status: 0))
    }

    @Test("each override of lintian has a comment with its reason")
    func overrides() throws {
        let path = packageDirectory + "/Sources/Packaging/debian/tedge-swift.lintian-overrides"
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        #expect(lines.first?.hasPrefix("# ") == true)
        #expect(
            lines.allSatisfy { line in
                line.hasPrefix("#")
                    || ["spelling-error-in-binary", "fortify", "no-init.d-script", "empty-directory"].contains {
                        line.contains($0)
                    }
            })
    }

    @Test("it has the command, manual, completions, user, units, schema and documents, and nothing else")
    func contents() throws {
        let listing = try output("sh", "-c", #"dpkg-deb --fsys-tarfile "$0" | tar -t"#, package())
        let files = listing.split(separator: "\n").filter { !$0.hasSuffix("/") }.map {
            // Debian 13 has units below /usr.
            String($0.dropFirst()).replacingOccurrences(of: "/usr/lib/systemd/", with: "/lib/systemd/")
        }
        #expect(listing.contains("./usr/share/tedge/diag-plugins/\n"))
        #expect(
            files.sorted() == [
                "/lib/systemd/system/tedge-bootstrap.service", "/lib/systemd/system/tedge-online.target",
                "/lib/systemd/system/tedge-renew.service", "/lib/systemd/system/tedge-renew.timer",
                "/lib/systemd/system/tedge-wait-online.service", "/usr/bin/tedge",
                "/usr/lib/sysusers.d/tedge-swift.conf", "/usr/lib/tedge-swift/tedge-bootstrap",
                "/usr/share/bash-completion/completions/tedge.bash",
                "/usr/share/doc/tedge-swift/README.md.gz", "/usr/share/doc/tedge-swift/changelog.gz",
                "/usr/share/doc/tedge-swift/copyright", "/usr/share/fish/vendor_completions.d/tedge.fish",
                "/usr/share/lintian/overrides/tedge-swift", "/usr/share/man/man1/tedge.1.gz",
                "/usr/share/tedge-swift/tedge.schema.json", "/usr/share/zsh/vendor-completions/_tedge-swift",
            ])
    }

    @Test("it depends on what is opened at run time, has the program's version, and never claims to be 'tedge'")
    func fields() throws {
        let fields = try output("dpkg-deb", "--field", package())
        for dependency in ["libmosquitto1 (>= 2.0)", "libssl3 | libssl3t64", "mosquitto (>= 2.0)", "libc6 (>= 2."] {
            #expect(fields.contains(dependency))
        }
        #expect(!fields.contains("\nProvides:"))
        #expect(!fields.contains("\nConflicts:"))
        let version = try output(releaseExecutable, "--version").trimmingCharacters(in: .newlines)
        #expect(fields.contains("\nVersion: \(version.split(separator: " ").last ?? "")\n"))
    }

    @Test("the manual has every command and option, and mandoc and man have nothing to say about it")
    func manual() throws {
        let directory = try TemporaryDirectory()
        let page = try directory.write(try output(releaseExecutable, "__manual"), to: "tedge.1")
        let lint = Outcome(try ChildProcess.run("mandoc", ["-T", "lint", page]))
        // What it says about other pages concerns its index of this machine.
        let said = lint.output + lint.errors
        #expect(said.split(separator: "\n").filter { !$0.contains("mandoc.db") } == [])
        let man = Outcome(
            try ChildProcess.run("man", ["--warnings", "-l", page], environment: ["PATH": "/usr/bin:/bin"]))
        #expect(man.status == 0)
        #expect(man.errors == "")
        let text = man.output
        let words = [
            "init", "config set", "cert create", "connect", "disconnect", "reconnect", "refresh-bridges", "mqtt pub",
            "doctor", "completions", "--config-dir DIR", "EXIT STATUS", "FILES", "ENVIRONMENT", "C8Y_PASSWORD",
            "/etc/tedge/tedge.toml",
        ]
        for word in words { #expect(text.contains(word), "\(word)") }
        // Each line of the help that names an option is in the manual.
        for command in ["connect", "cert renew", "cert upload c8y", "mqtt sub", "init"] {
            let help = try ChildProcess.run(
                releaseExecutable, command.split(separator: " ").map(String.init) + ["--help"])
            for option in help.output.matches(of: /\n +(?:-., )?(--[a-z-]+)/).map(\.output.1) where option != "--help" {
                #expect(text.contains(option), "\(option) of \(command)")
            }
        }
    }
}

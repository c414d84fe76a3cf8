import Glibc
import Testing
import TestSupport

@Suite("completions", .serialized) struct CompletionCommandTests {
    static let shells = ["bash", "zsh", "fish"]

    /// The option with which a shell checks a script and does not run it.
    private func check(_ shell: String) -> String { shell == "fish" ? "--no-execute" : "-n" }

    @Test("the script is printed, and the shell finds no mistake in it", arguments: shells)
    func script(_ shell: String) throws {
        let gateway = try Gateway()
        let outcome = try gateway.tedge("completions", shell)
        #expect(outcome.status == 0 && outcome.errors == "" && outcome.output.hasSuffix("\n"))
        let file = "\(gateway.directory)/script"
        try write(outcome.output, to: file)
        let checked = try ChildProcess.run(shell, [check(shell), file])
        #expect(checked.exit == .status(0) && checked.output == "" && checked.errors == "")
        let json = try gateway.tedge("completions", shell, "--json").output
        #expect(json.hasPrefix("{\"command\":\"completions\"") && json.contains("\"script\":\"#"))
    }

    @Test("a shell that there is no script for is wrong usage, with the one that may be meant")
    func wrong() throws {
        for (word, tip) in [("zhs", "'zsh'"), ("fis", "'fish'"), ("tcsh", "")] {
            let outcome = try Gateway().tedge("completions", word)
            #expect(outcome.status == 2 && outcome.output == "")
            #expect(outcome.errors.contains("[possible values: bash, zsh, fish]"))
            #expect((tip.isEmpty || outcome.errors.contains(tip)) && outcome.errors.contains("similar") == !tip.isEmpty)
        }
        #expect(try Gateway().tedge("completions").status == 2)
    }

    @Test("make install puts the scripts where the shells look for them, below DESTDIR")
    func install() throws {
        let usual = try InstalledFiles.install(prefix: "/usr/local")
        let debian = try InstalledFiles.install(prefix: "/usr")
        for (shell, file) in [
            ("bash", "\(usual)/bash-completion/completions/tedge"), ("zsh", "\(usual)/zsh/site-functions/_tedge"),
            ("fish", "\(usual)/fish/vendor_completions.d/tedge.fish"),
            ("bash", "\(debian)/bash-completion/completions/tedge"), ("zsh", "\(debian)/zsh/vendor-completions/_tedge"),
            ("fish", "\(debian)/fish/vendor_completions.d/tedge.fish"),
        ] {
            #expect(contents(of: file) == (try Gateway().tedge("completions", shell).output))
            var status = stat()
            #expect(stat(file, &status) == 0 && status.st_mode & 0o777 == 0o644, "\(file)")
        }
        #expect(access("\(usual)/../bin/tedge", X_OK) == 0)
        #expect(
            contents(of: "\(usual)/tedge-swift/tedge.schema.json")
                == contents(of: "\(packageDirectory)/Sources/Packaging/schema/tedge.schema.json"))
    }

    @Test("make uninstall removes every file of make install, and nothing of others")
    func uninstall() throws {
        for (prefix, isShared) in [("/opt/alone", false), ("/opt/shared", true)] {
            let share = try InstalledFiles.install(prefix: prefix)
            if isShared { try write("{}", to: "\(share)/tedge-swift/other.json") }
            let root = String(share.dropLast("\(prefix)/share".count))
            let words = ["-C", packageDirectory, "uninstall", "DESTDIR=\(root)", "PREFIX=\(prefix)"]
            for _ in 0..<2 { try Outcome(try ChildProcess.run("make", words)).expectSuccess() }
            let left = try ChildProcess.run("find", ["\(root)\(prefix)", "!", "-type", "d"]).output
            #expect(left == (isShared ? "\(share)/tedge-swift/other.json\n" : ""))
            #expect((access("\(share)/tedge-swift", F_OK) == 0) == isShared)
        }
    }

    /// What is done to the directory of the settings, and whether the profile that is set there is still found.
    static let states: [(name: String, script: String, hasProfile: Bool)] = [
        ("all is well", ":", true), ("no directory", "rm -r \"$0\"", false), ("no file", "rm \"$0/tedge.toml\"", false),
        ("a broken file", "echo '[' >>\"$0/tedge.toml\"", false),
        ("a file of bytes", "printf '\\377\\000' >\"$0/tedge.toml\"", false),
        ("a directory", "rm \"$0/tedge.toml\"; mkdir \"$0/tedge.toml\"", false),
        ("a pipe", "rm \"$0/tedge.toml\"; mkfifo \"$0/tedge.toml\"", false),
        ("a file that is too large", "head -c 2000000 /dev/zero >\"$0/tedge.toml\"", false),
        ("a later version", "printf 'config.version = \"3\"\\n' >\"$0/tedge.toml\"", false),
        ("a broken file of a mapper", "mkdir -p \"$0/mappers/c8y\"; echo '[' >\"$0/mappers/c8y/mapper.toml\"", false),
        ("an unknown key", "printf '[x]\\ny = 1\\n' >>\"$0/tedge.toml\"", true),
        ("a wrong value", "printf '[mqtt]\\nport = \"x\"\\n' >>\"$0/tedge.toml\"", true),
    ]

    @Test(
        "whatever state the settings are in, an answer is given, nothing is said and nothing is changed",
        arguments: states)
    func anyState(_ name: String, _ script: String, _ hasProfile: Bool) throws {
        let gateway = try Gateway()
        try write("[c8y.profiles.second]\nurl = \"a.b\"\n", to: gateway.path("tedge.toml"))
        let changed = Outcome(try ChildProcess.run("sh", ["-c", script, gateway.configuration]))
        try changed.expectSuccess()
        let before = access(gateway.configuration, F_OK) == 0 ? try gateway.listing() : ""
        for (typed, expected) in [
            ("config\0set\0", nil), ("config\0set\0c8y.auth_method\0", ["certificate", "basic", "auto"]),
            ("config\0get\0--profile=", hasProfile ? ["second"] : []), ("mqtt\0pub\0", []),
        ] as [(String, [String]?)] {
            let outcome = try gateway.complete(typed + "\0")
            #expect(outcome.status == 0 && outcome.errors == "", "\(name)")
            if let expected {
                #expect(outcome.candidates == expected, "\(name)")
            } else {
                #expect(outcome.candidates.contains("c8y.url"))
                #expect(outcome.candidates.contains("flows.params.keep_on_delete"))
                #expect(outcome.candidates.contains("c8y.profiles.second.url") == hasProfile, "\(name)")
            }
        }
        #expect((access(gateway.configuration, F_OK) == 0 ? try gateway.listing() : "") == before)
    }

    @Test("a file that must not be read is as good as none")
    func forbidden() throws {
        let gateway = try Gateway()
        try write("[c8y.profiles.second]\nurl = \"a.b\"\n", to: gateway.path("tedge.toml"), mode: 0o600)
        let outcome = try gateway.runAsStranger(["__complete"], input: "connect\0c8y\0--profile\0\0")
        #expect(
            outcome.status == 0 && outcome.output == (geteuid() == 0 ? "\n" : "\nsecond\tCumulocity\n")
                && outcome.errors == "")
    }

    @Test("a secret is not shown")
    func secret() throws {
        let gateway = try Gateway()
        try write("[proxy]\npassword = \"hidden\"\nusername = \"shown\"\n", to: gateway.path("tedge.toml"))
        for (key, answer) in [("proxy.password", "\n"), ("proxy.username", "\nshown\n")] {
            #expect(try gateway.complete("config\0remove\0\(key)\0\0").output == answer)
        }
    }

    @Test("words that are not handed over, and words that are wrong, are answered all the same")
    func noWords() throws {
        let gateway = try Gateway()
        for typed in ["", "\0", "\0\0\0", "no NUL", "wrong\0\0", "connect\0\u{FFFD}\0", "-\0--\0--x=\0"] {
            let outcome = try gateway.complete(typed)
            #expect(outcome.status == 0 && outcome.errors == "" && outcome.output.hasPrefix("\n"), "\(typed)")
        }
    }

    @Test("help does not mention the command that the scripts run")
    func hidden() throws {
        let gateway = try Gateway()
        #expect(!(try gateway.tedge("--help").output.contains("__complete")))
        #expect(!(try gateway.tedge("_complete", "x").errors.contains("__complete'")))
        #expect(try gateway.tedge("__complete", "--help").output.contains("Usage: tedge __complete"))
    }
}

extension Outcome {
    /// The candidates of an answer, without what they are for.
    fileprivate var candidates: [String] {
        output.split(separator: "\n", omittingEmptySubsequences: false).dropFirst().dropLast().map {
            String($0.prefix { $0 != "\t" })
        }
    }
}

extension Gateway {
    /// What the program answers to the scripts.
    func complete(_ words: String) throws -> Outcome { try tedge("__complete", input: words) }

    /// The names, kinds and sizes of all that is there.
    fileprivate func listing() throws -> String {
        let found = try ChildProcess.run(
            "sh", ["-c", "cd \"$0\" && find . -printf '%P %y %m %s %T@\\n' | sort", configuration])
        guard found.exit == .status(0) else { throw TestFailure(found.errors) }
        return found.output
    }
}

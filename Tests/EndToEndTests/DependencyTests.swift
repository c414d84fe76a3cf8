import TestSupport
import Testing

/// What `make` does before it builds, with programs in the place of apt's that only note what they are asked.
@Suite("dependencies", .serialized) struct DependencyTests {
    private let directory: TemporaryDirectory
    private static let repository = String(#filePath.dropLast("Tests/EndToEndTests/DependencyTests.swift".count))

    /// A machine where one package is missing.
    ///
    /// - Parameters:
    ///   - isKnown: Whether apt's lists have the package before they are updated.
    ///   - works: When installing works: `always`, after the `update`, or `never`.
    private init(isKnown: Bool, works: String) throws {
        directory = try TemporaryDirectory()
        let log = directory.file("log")
        let programs = [
            "dpkg-query": "case $* in *libssl-dev*) echo unknown;; *) echo install ok installed;; esac",
            "apt-cache": isKnown ? ":" : "grep -q update '\(log)' 2>/dev/null",
            "id": "echo 0",
            "apt-get": """
            echo "$*" >>'\(log)'
            case $* in *install*) ;; *) exit 0;; esac
            case \(works) in
            always) ;;
            update) grep -q update '\(log)' || { echo 'E: Failed to fetch' >&2; exit 100; };;
            never) echo 'E: Unable to locate package' >&2; exit 100;;
            esac
            """,
        ]
        for (name, script) in programs { _ = try directory.write("#!/bin/sh\n\(script)\n", to: name, mode: 0o755) }
    }

    init() throws { try self.init(isKnown: true, works: "always") }

    private func make() throws -> (Outcome, calls: [String]) {
        let path = "\(directory.path):/usr/local/bin:/usr/bin:/bin"
        let made = try ChildProcess.run(
            "make", ["-s", "-C", Self.repository, "deps"], environment: ["PATH": path, "LC_ALL": "C"])
        let calls = contents(of: directory.file("log")).split(separator: "\n").map(String.init)
        return (Outcome(made), calls.map { $0.contains("install") ? "install" : $0.contains("update") ? "update" : $0 })
    }

    @Test("a package that apt knows is installed, and said, without an update")
    func known() throws {
        let (outcome, calls) = try make()
        #expect(outcome == Outcome(status: 0, output: "Installing with apt: libssl-dev\n"))
        #expect(calls == ["install"])
    }

    @Test("where apt's lists are empty they are updated first, and that is said")
    func neverUpdated() throws {
        let (outcome, calls) = try DependencyTests(isKnown: false, works: "update").make()
        let said = "Updating the package lists of apt.\nInstalling with apt: libssl-dev\n"
        #expect(outcome == Outcome(status: 0, output: said))
        #expect(calls == ["update", "install"])
    }

    @Test("where apt's lists are too old they are updated, and it is tried again")
    func old() throws {
        let (outcome, calls) = try DependencyTests(isKnown: true, works: "update").make()
        #expect(outcome.status == 0)
        #expect(outcome.output == "Installing with apt: libssl-dev\nUpdating the package lists of apt.\n")
        #expect(calls == ["install", "update", "install"])
    }

    @Test("where it does not work at all, what apt said and the command to try are there")
    func never() throws {
        let (outcome, _) = try DependencyTests(isKnown: true, works: "never").make()
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("E: Unable to locate package\n"))
        #expect(outcome.errors.contains("'sudo apt-get install libssl-dev' tries it again."))
    }
}

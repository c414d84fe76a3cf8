import TestSupport
import Testing

/// What belongs to thin-edge.io's program, where that is not installed.
@Suite("commands of thin-edge.io") struct HandOverTests {
    @Test("a command that is not ours says whose it is, and ends as wrong usage")
    func missing() throws {
        let outcome = Outcome(try ChildProcess.run(releaseExecutable, ["run", "tedge-mapper", "c8y"]))
        #expect(outcome.status == 2)
        #expect(outcome.output == "")
        #expect(outcome.errors.hasPrefix("Error: cannot run 'tedge run'\n"))
        #expect(outcome.errors.contains("'tedge run' belongs to thin-edge.io, not to this program."))
        #expect(outcome.errors.contains("/usr/lib/thin-edge.io/tedge does not exist."))
        let json = Outcome(try ChildProcess.run(releaseExecutable, ["--json", "http", "get", "/x"]))
        #expect(json.status == 2)
        #expect(json.output.contains(#""reason":"thin-edge-missing""#))
    }

    @Test("started under the name of a component, it says the same of that")
    func component() throws {
        let directory = try TemporaryDirectory()
        _ = try ChildProcess.run("ln", ["-s", releaseExecutable, directory.file("tedge-mapper")])
        let outcome = Outcome(try ChildProcess.run(directory.file("tedge-mapper"), ["c8y"]))
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("'tedge-mapper' belongs to thin-edge.io, not to this program."))
    }
}

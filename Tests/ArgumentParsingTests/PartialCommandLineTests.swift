import ArgumentParsing
import Testing

@Suite("Command lines that are not finished")
struct PartialCommandLineTests {
    static let lines: [(line: String, path: String, positionals: String)] = [
        ("", "tedge", ""), ("config", "tedge config", ""), ("config get c8y.url", "tedge config get", "c8y.url"),
        ("config set a b", "tedge config set", "a b"), ("config set a b c", "tedge config set", "a b"),
        // What is wrong is passed over.
        ("--wrong config get a", "tedge config get", "a"), ("config get --wrong a", "tedge config get", "a"),
        ("config wrong get a", "tedge config get", "a"), ("config get -Z a", "tedge config get", "a"),
        ("config get a --profile", "tedge config get", "a"), ("--json=1 config get a", "tedge config get", "a"),
        ("config get --help a", "tedge config get", "a"), ("config get -- --all", "tedge config get", "--all"),
        ("--version config get a", "tedge config get", "a"), ("connect wrong", "tedge connect", "wrong"),
        ("cert upload c8y x", "tedge cert upload c8y", ""),
    ]

    private func partial(_ line: String) -> PartialCommandLine {
        sampleParser.partial(line.split(separator: " ").map(String.init))
    }

    @Test("tell their command and its arguments", arguments: lines)
    func reading(_ line: String, _ path: String, _ positionals: String) {
        let partial = partial(line)
        #expect(partial.path.joined(separator: " ") == path)
        #expect(partial.positionals.joined(separator: " ") == positionals)
    }

    @Test("tell the last value of an option, wherever it stands")
    func options() {
        #expect(partial("--config-dir a config get b --profile p").value(ofLongOption: "config-dir") == "a")
        #expect(partial("--config-dir a config get --config-dir=c").value(ofLongOption: "config-dir") == "c")
        #expect(partial("config get b -p q").value(ofLongOption: "profile") == "q")
        #expect(partial("config get --profile --all").value(ofLongOption: "profile") == nil)
        #expect(partial("config get b").value(ofLongOption: "unheard-of") == nil)
    }

    @Test(
        "end, whatever they are",
        arguments: [["help"], ["help", "help"], ["-h"], ["--"], ["", ""], ["-", "-"], ["--="]])
    func ends(_ words: [String]) {
        #expect(sampleParser.partial(words + words).path.first == "tedge")
    }
}

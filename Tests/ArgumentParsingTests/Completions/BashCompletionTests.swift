import ArgumentParsing
import TestSupport
import Testing

/// What bash makes of the script of the sample. Bash itself is not asked to complete, but the function that it would call is.
@Suite("Completion in bash")
struct BashCompletionTests {
    private static let frame = """
        set -u
        source "$1"
        COMP_LINE=$2 COMP_POINT=${3:-${#2}} COMPREPLY=()
        \(ShellSample.complete)
        [ ${#COMPREPLY[@]} -eq 0 ] || printf '%s\\n' "${COMPREPLY[@]}"
        """

    /// The words that are offered for a line, up to a column.
    private func offered(_ line: String, column: Int? = nil, _ sample: ShellSample) throws -> [String] {
        let words = ["-c", Self.frame, "bash", sample.script, line] + (column.map { [String($0)] } ?? [])
        let outcome = try ChildProcess.run("bash", words, environment: sample.environment)
        #expect(outcome.exit == .status(0))
        #expect(outcome.errors == "")
        return outcome.output.split(separator: "\n").map(String.init)
    }

    @Test(
        "what begins like the word is offered, in the order of the answer",
        arguments: [
            ("tedge ", "config connect get"), ("tedge con", "config connect"), ("tedge x", ""),
            ("tedge  config\tg", "get"), ("tedge 'config' \"g", "get"), ("tedge get", "get"), ("tedge", ""),
        ])
    func offers(_ line: String, _ words: String) throws {
        let sample = try ShellSample(.bash, answer: "\nconfig\tRead\nconnect\nget\n")
        #expect(try offered(line, sample) == words.split(separator: " ").map(String.init))
    }

    @Test("the value of an option is offered behind its name")
    func prefix() throws {
        let sample = try ShellSample(.bash, answer: "--log-level=\nerror\nwarn\n")
        #expect(try offered("tedge --log-level=", sample) == ["error", "warn"])
        #expect(try offered("tedge --log-level=w", sample) == ["warn"])
        #expect(try offered("tedge '--log-level=w", sample) == ["--log-level=warn"])
    }

    @Test("a program without an answer offers nothing")
    func noAnswer() throws {
        #expect(try offered("tedge con", ShellSample(.bash)) == [])
    }

    @Test("what stands behind the cursor does not count")
    func cursor() throws {
        let sample = try ShellSample(.bash, answer: "\nconfig\nconnect\n")
        #expect(try offered("tedge con get", column: 9, sample) == ["config", "connect"])
        #expect(sample.question == ["1", "__complete", "con"])
        #expect(try offered("tedge config", column: 3, sample) == [])
    }

    @Test("the program gets the words without quotes, where no one else can read them")
    func asks() throws {
        let sample = try ShellSample(.bash, answer: "\nc8y.url\tthe host\naz.url\n")
        #expect(try offered("tedge --config-dir 'a b' config get c", sample) == ["c8y.url"])
        #expect(sample.question == ["1", "__complete", "--config-dir", "a b", "config", "get", "c"])
    }

    @Test(
        "an answer is inserted in the quotes in which it was begun",
        arguments: [
            ("", #"a\ b it\'s \$\(touch\ EVIL\) x:y=z q\"\`touch\ EVIL\`"#),
            ("\"", #""a b" "it's" "\$(touch EVIL)" "x:y=z" "q\"\`touch EVIL\`""#),
            ("'", #"'a b' 'it'\''s' '$(touch EVIL)' 'x:y=z' 'q"`touch EVIL`'"#),
        ])
    func quotes(_ quote: String, _ expected: String) throws {
        let answers = ["a b", "it's", "$(touch EVIL)", "x:y=z", "q\"`touch EVIL`"]
        let sample = try ShellSample(.bash, answer: "\n" + answers.map { "\($0)\n" }.joined())
        let words = try offered("tedge config get \(quote)", sample).map { quote + $0 + quote }
        #expect(words.joined(separator: " ") == expected)
        for (word, answer) in zip(words, answers) {
            #expect(try ChildProcess.run("bash", ["-c", "printf %s \(word)"]).output == answer)
        }
        #expect(!sample.wasEvil)
    }

    @Test("nothing that was typed is evaluated", arguments: ShellSample.hostileWords)
    func hostile(_ word: String) throws {
        let sample = try ShellSample(.bash, answer: "\nc8y.url\n")
        for line in [
            "tedge \(word) ", "tedge \(word)", "tedge config get \(word)", "tedge --config-dir \(word) config get c",
        ] {
            _ = try offered(line, sample)
            #expect(!sample.wasEvil, "\(line)")
        }
    }

    @Test("words that bash breaks at = and : are only replaced from there on")
    func breaks() throws {
        let sample = try ShellSample(.bash, answer: "\nx:y=z\nx:y=w\n")
        #expect(try offered("tedge config get x:", sample) == ["y=z", "y=w"])
        #expect(try offered("tedge config get x:y=", sample) == ["z", "w"])
        #expect(try offered("tedge config get \"x:", sample) == ["x:y=z", "x:y=w"])
    }
}

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

    static let lines: [(line: String, words: String)] = [
        ("tedge ", "init config cert connect mqtt help"), ("tedge con", "config connect"), ("tedge x", ""),
        ("tedge config ", "get set list help"), ("tedge  config\tg", "get"), ("tedge con x ", ""),
        ("tedge 'config' \"g", "get"),
        // Options of the command and of all commands; those that are hidden are not there.
        ("tedge --", "--help --version --config-dir --json --log-level"),
        ("tedge config get -", "-p --profile -a --all -q -h --help --config-dir --json --log-level"),
        ("tedge --json config get --al", "--all"), ("tedge config get --trace", ""),
        // Given ones and their opposites are not offered again, unless they may be repeated.
        ("tedge config get --profile x --pro", ""), ("tedge config get -p x --pro", ""),
        ("tedge config get -px --p", ""),
        ("tedge config get --all -q", ""), ("tedge config get -q --all", ""),
        ("tedge config get -aq --pro", "--profile"),
        ("tedge mqtt pub --header a --hea", "--header"), ("tedge --json --js", ""),
        // Values of options, in each way in which they can be given.
        ("tedge --log-level ", "error warn info debug"), ("tedge --log-level w", "warn"),
        ("tedge --log-level=", "error warn info debug"), ("tedge --log-level=d", "debug"),
        ("tedge mqtt pub -q ", "0 1 2"), ("tedge mqtt pub -rq ", "0 1 2"), ("tedge mqtt pub -rq1 --ret", ""),
        ("tedge config get --profile ", ""), ("tedge --unknown=", ""), ("tedge --json=", ""),
        // Arguments by position.
        ("tedge connect ", "c8y az aws"), ("tedge connect --test a", "az aws"), ("tedge connect -t 5 ", "c8y az aws"),
        ("tedge connect --test", "--test"), ("tedge connect -- ", "c8y az aws"), ("tedge connect -- -", ""),
        ("tedge connect --timeout -", ""), ("tedge --config-dir init connect a", "az aws"),
        // Where no argument is left, options are offered.
        ("tedge init ", "-h --help --config-dir --json --log-level"), ("tedge init x", ""),
        // The command 'help' goes on with commands.
        ("tedge help ", "init config cert connect mqtt"), ("tedge help config ", "get set list"),
        ("tedge config help s", "set"), ("tedge cert upload help ", "c8y"), ("tedge -- con", ""),
    ]

    @Test("each line is offered what can stand there", arguments: lines)
    func offers(_ line: String, _ words: String) throws {
        let sample = try ShellSample(.bash)
        #expect(try offered(line, sample) == words.split(separator: " ").map(String.init))
    }

    @Test("what stands behind the cursor does not count")
    func cursor() throws {
        let sample = try ShellSample(.bash)
        #expect(try offered("tedge con get", column: 9, sample) == ["config", "connect"])
        #expect(try offered("tedge config", column: 3, sample) == [])
    }

    @Test(
        "the program is asked for what only it knows, and gets the words without quotes, where no one else can read them"
    )
    func asks() throws {
        let sample = try ShellSample(.bash, answer: "c8y.url\tthe host\naz.url\n")
        #expect(try offered("tedge --config-dir 'a b' config get c", sample) == ["c8y.url"])
        #expect(sample.question == ["2", "completion-values", "setting-key", "--config-dir", "a b", "config", "get"])
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
        let sample = try ShellSample(.bash, answer: answers.map { "\($0)\n" }.joined())
        let words = try offered("tedge config get \(quote)", sample).map { quote + $0 + quote }
        #expect(words.joined(separator: " ") == expected)
        for (word, answer) in zip(words, answers) {
            #expect(try ChildProcess.run("bash", ["-c", "printf %s \(word)"]).output == answer)
        }
        #expect(!sample.wasEvil)
    }

    @Test("nothing that was typed is evaluated", arguments: ShellSample.hostileWords)
    func hostile(_ word: String) throws {
        let sample = try ShellSample(.bash, answer: "c8y.url\n")
        for line in [
            "tedge \(word) ", "tedge \(word)", "tedge config get \(word)", "tedge --config-dir \(word) config get c",
        ] {
            _ = try offered(line, sample)
            #expect(!sample.wasEvil, "\(line)")
        }
    }

    @Test("words that bash breaks at = and : are only replaced from there on")
    func breaks() throws {
        let sample = try ShellSample(.bash, answer: "x:y=z\nx:y=w\n")
        #expect(try offered("tedge config get x:", sample) == ["y=z", "y=w"])
        #expect(try offered("tedge config get x:y=", sample) == ["z", "w"])
        #expect(try offered("tedge config get \"x:", sample) == ["x:y=z", "x:y=w"])
    }
}

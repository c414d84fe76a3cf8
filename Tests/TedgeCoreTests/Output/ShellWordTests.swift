import Testing

@testable import TedgeCore

@Suite struct ShellWordTests {
    @Test(
        "a word that is pasted into a shell stays what it is",
        arguments: [
            ("box-1", "box-1"), ("", "\"\""), ("a b", "\"a b\""), ("it's", "\"it's\""), ("$(reboot)", "'$(reboot)'"),
            ("`id`", "'`id`'"), ("a\\", "'a\\'"), ("a\"b", "'a\"b'"), ("it's $HOME!", #"'it'\''s $HOME!'"#),
        ])
    func pasted(_ word: String, _ quoted: String) {
        #expect(ShellWord.quoted(word) == quoted)
    }
}

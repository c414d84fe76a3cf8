import Glibc
import Testing

@testable import TedgeCore

@Suite struct ErrorFrameTests {
    @Test("a huge word, and a huge text, are shortened; a long path is not")
    func huge() {
        let path = "/" + String(repeating: "p", count: 900)
        let word = String(repeating: "w", count: 5000)
        let text = ErrorFrame.text(title: "no \(path)", causes: ["a \(word) b", "c"], hint: "Run '\(word)'.")
        #expect(text.contains("Error: no \(path)\n"))
        #expect(text.contains("    0: a \(String(repeating: "w", count: 1000))… b\n"))
        #expect(text.utf8.count < 4000)
        let lines = String(repeating: "a b\n", count: 100_000)
        #expect(ErrorFrame.text(title: "x", causes: [lines], hint: nil).utf8.count < 40_000)
    }

    @Test("an error without causes is its title")
    func title() {
        #expect(ErrorFrame.text(title: "failed.", causes: [], hint: nil) == "Error: failed.\n")
    }

    @Test("one cause is not numbered, and its lines stand below each other")
    func oneCause() {
        #expect(
            ErrorFrame.text(title: "failed.", causes: ["one\ntwo\n"], hint: nil)
                == "Error: failed.\n\nCaused by:\n    one\n    two\n    \n")
    }

    @Test("several causes are numbered from 0 in five columns, and their lines stand below each other")
    func severalCauses() {
        let text = ErrorFrame.text(
            title: "failed.", causes: ["a\nb"] + (1...10).map(String.init), hint: "Do this,\nthen that.")
        #expect(text.hasPrefix("Error: failed.\n\nCaused by:\n    0: a\n       b\n    1: 1\n"))
        #expect(text.hasSuffix("\n    9: 9\n   10: 10\n\nHint: Do this,\n      then that.\n"))
    }

    @Test("title, causes and hint are harmless for a terminal")
    func harmless() {
        #expect(
            ErrorFrame.text(title: "t\u{1B}c", causes: ["c\u{9B}1m"], hint: "h\u{8}")
                == "Error: t\\u{1b}c\n\nCaused by:\n    c\\u{9b}1m\n\nHint: h\\u{8}\n")
    }

    static let texts: [(String, String)] = [
        ("plain – Ünïcödé 日本 👍", "plain – Ünïcödé 日本 👍"), ("a\nb", "a\nb"), ("a\r\nb", "a\\u{d}\nb"), ("\t", "\\u{9}"),
        ("\u{0}\u{7F}", "\\u{0}\\u{7f}"), ("\u{200B}\u{FEFF}", "\\u{200b}\\u{feff}"), ("\u{2028}", "\\u{2028}"),
        ("\u{2029}", "\\u{2029}"), ("\u{202E}gpj.exe", "\\u{202e}gpj.exe"), ("\u{E000}", "\\u{e000}"),
        ("\u{85}", "\\u{85}"), ("\u{1B}]0;x\u{7}", "\\u{1b}]0;x\\u{7}"),
    ]

    @Test("what is not printable is spelled out, but for line feeds", arguments: texts)
    func printable(_ text: String, _ expected: String) {
        #expect(ErrorFrame.printable(text) == expected)
    }

    static let operations: [(FileError.Operation, String)] = [
        (.read, "Cannot read /f"), (.write, "Cannot write /f"), (.create, "Cannot create /f"),
        (.remove, "Cannot remove /f"), (.makeDirectory, "Cannot make the directory /f"),
        (.changeMode, "Cannot change the permissions of /f"), (.changeOwner, "Cannot change the owner of /f"),
        (.list, "Cannot list the directory /f"),
    ]

    @Test("an error of a file names the operation, the file and the reason", arguments: operations)
    func fileErrors(_ operation: FileError.Operation, _ cause: String) {
        let error = FileError(operation, "/f", SystemError(EACCES))
        #expect(error.causes == [cause, "Permission denied (os error 13)"])
        #expect(error.hint == "Run the command with sudo.")
        #expect(error.id == ([.read, .list].contains(operation) ? "file-unreadable" : "file-not-writable"))
        #expect(FileError(operation, "/f", SystemError(EIO)).hint == nil)
        #expect(FileError(operation, "/f", SystemError(ENOSPC)).id == "disk-full")
        #expect(FileError(operation, "/d/f", SystemError(ENOSPC)).hint?.contains("'df /d'") == true)
        #expect(FileError(operation, "/f", SystemError(EROFS)).id == "read-only-file-system")
        #expect(FileError(operation, "/f", SystemError(EPERM)).hint != nil)
    }
}

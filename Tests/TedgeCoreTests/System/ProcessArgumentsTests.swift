import Glibc
import Testing

@testable import TedgeCore

/// The words of this very process: each test puts its own text in the place of the longest one, and that one back.
@Suite(.serialized) struct CommandLineWordsTests {
    /// What a word is after a secret was wiped.
    private func wiped(_ word: String, _ secret: String) throws -> String {
        let words = (1..<Int(CommandLine.argc)).compactMap { CommandLine.unsafeArgv[$0] }
        let place = try #require(words.max { strlen($0) < strlen($1) })
        try #require(strlen(place) > word.utf8.count)
        let before = try #require(strdup(place))
        defer {
            strcpy(place, before)
            free(before)
        }
        strcpy(place, word)
        ProcessArguments.wipe(secret)
        return String(cString: place)
    }

    @Test("a word that is the secret is overwritten, also behind an option's name")
    func overwritten() throws {
        #expect(try wiped("hunter2", "hunter2") == "xxxxxxx")
        #expect(try wiped("-p=hunter2", "hunter2") == "-p=xxxxxxx")
        #expect(try wiped("-phunter2", "hunter2") == "-pxxxxxxx")
    }

    @Test("a word that only ends like the secret, or is longer, stays")
    func kept() throws {
        #expect(try wiped("not-hunter2", "hunter2") == "not-hunter2")
        #expect(try wiped("hunter22", "hunter2") == "hunter22")
        #expect(try wiped("hunter", "hunter2") == "hunter")
        #expect(try wiped("-p=", "") == "-p=")
    }
}

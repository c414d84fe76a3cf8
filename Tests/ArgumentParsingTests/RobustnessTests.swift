@testable import ArgumentParsing
import Testing

@Suite("Any words at all")
struct RobustnessTests {
    /// Numbers that are the same in every run (a linear congruential generator with Knuth's constants).
    private struct Repeatable: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 33)
        }
    }

    private static let pieces = [
        "", "-", "--", "---", "=", "--=", "-=", "a", "-a", "-p", "-h", "-V", "--json", "--json=", "--profile", "--help",
        "--config-dir=x", "--config-dir", "config", "get", "set", "cert", "upload", "c8y", "connect", "mqtt", "sub",
        "pub", "help", "device.id", "\u{0}", "\u{1B}[0m", "\n", "\r\n", "é", "e\u{301}", "\u{301}", "-\u{301}",
        "--\u{301}=\u{301}", "👩‍👩‍👧", "\u{FFFD}", "-5", "--count", "--timeout", "99999999999999999999",
    ]

    private func check(_ words: [String]) {
        do {
            if case .help(let text, _) = try sampleParser.parse(words) { #expect(text.contains("Usage: tedge")) }
        } catch {
            let text = error.description
            #expect(text.contains("Usage: tedge") || text.hasPrefix("error: "))
            #expect(!text.unicodeScalars.contains { $0.properties.generalCategory == .control && $0 != "\n" })
        }
    }

    @Test("every pair of awkward words is answered, alone and behind a command")
    func pairs() {
        for first in Self.pieces {
            for second in Self.pieces {
                check([first, second])
                check(["config", "get", first, second])
            }
        }
    }

    @Test("arbitrary lines of awkward words are answered", arguments: 1...4)
    func lines(seed: Int) {
        var generator = Repeatable(state: UInt64(seed))
        for _ in 0..<300 {
            let count = Int.random(in: 0...7, using: &generator)
            check(
                (0..<count).map { _ in
                    (0..<Int.random(in: 1...2, using: &generator)).map { _ in
                        Self.pieces.randomElement(using: &generator) ?? ""
                    }.joined()
                })
        }
    }

    @Test("arbitrary characters are answered", arguments: 1...4)
    func characters(seed: Int) {
        var generator = Repeatable(state: UInt64(seed) &* 77)
        for _ in 0..<300 {
            var scalars = String.UnicodeScalarView("-".unicodeScalars)
            for _ in 0..<Int.random(in: 0...12, using: &generator) {
                let value = UInt32.random(in: 0...0x10FFFF, using: &generator)
                scalars.append(Unicode.Scalar(value) ?? "-")
            }
            check([String(scalars)])
            check(["connect", String(scalars.dropFirst()), "--timeout=" + String(scalars)])
        }
    }

    @Test("a very long word is answered with a short text", arguments: ["", "--", "-", "--json=", "-p"])
    func longWord(prefix: String) throws {
        let word = prefix + String(repeating: "x", count: 2_000_000)
        for words in [[word], ["config", "get", word], ["connect", "c8y", "--timeout", word]] {
            #expect(try usageError(words).description.count < 2_000)
        }
    }

    @Test("very many words are answered")
    func manyWords() throws {
        let words = ["mqtt", "sub"] + Array(repeating: "topic", count: 100_000)
        #expect(try command(SampleSubscribe.self, words).topics.count == 100_000)
        #expect(try command(SampleGet.self, ["config", "get", "device.id", "-" + "a"]).all)
        #expect(
            try usageError(["config", "get", "-" + String(repeating: "a", count: 100_000)]).kind
                == .usedMultipleTimes(argument: "--all"))
    }
}

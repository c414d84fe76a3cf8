import Testing

@testable import ArgumentParsing

/// Dashes of web pages and word processors in the place of hyphens.
@Suite("Typographic dashes")
struct TypographicDashTests {
    /// The dashes of U+2013 and its kin, and a page that was read in a wrong encoding, with one or two of them.
    static let dashes = [
        "\u{2013}-", "\u{2013}\u{2013}", "\u{2013}", "\u{2014}", "\u{2014}\u{2014}", "\u{2212}\u{2212}",
        "\u{2010}\u{2010}", "-\u{2013}",
        "\u{FF0D}\u{FF0D}", "\u{E2}\u{20AC}\u{201C}-", "\u{E2}\u{20AC}\u{201D}", "\u{E2}\u{20AC}\u{2013}-",
        "\u{E2}\u{80}\u{93}-",
        "\u{E2}\u{2C6}\u{2019}\u{E2}\u{2C6}\u{2019}",
    ]

    @Test("an option of the command, or of every command, is known behind them", arguments: dashes)
    func options(_ dash: String) throws {
        let words = ["mqtt", "pub", "\(dash)qos", "2", "t", "\(dash)retain", "\(dash)config-dir=/x"]
        #expect(try command(SamplePublish.self, words).qos == 2)
        #expect(try command(SamplePublish.self, words).retain)
        #expect(try globals(words.joined(separator: " ")).configDir == "/x")
        guard case .help = try sampleParser.parse(["config", "\(dash)help"]) else {
            Issue.record("no help")
            return
        }
    }

    @Test("a short option is known behind one")
    func shortOption() throws {
        #expect(try command(SamplePublish.self, ["mqtt", "pub", "\u{2013}r", "t"]).retain)
    }

    @Test("a word that is no option is a value as it is, also behind --")
    func values() throws {
        #expect(try command(SampleSet.self, ["config", "set", "key", "\u{2014}x"]).value == "\u{2014}x")
        #expect(try command(SampleSet.self, ["config", "set", "key", "--", "\u{2014}json"]).value == "\u{2014}json")
        #expect(try command(SampleSet.self, ["config", "set", "key", "\u{2014}"]).value == "\u{2014}")
    }

    @Test("one that is mistyped as well is answered with the option, or with hyphens")
    func mistyped() throws {
        #expect(try usageError(["init", "\u{2013}-jsno"]).tip == .similarArgument("--json"))
        #expect(try usageError(["init", "\u{2014}frobnicate"]).tip == .plainHyphens("--frobnicate"))
        #expect(try usageError(["config", "\u{2014}frob"]).tip == .plainHyphens("--frob"))
        #expect(
            try usageError(["init", "\u{2014}frob"]).description.contains(
                "tip: options begin with plain hyphens: '--frob'"))
    }
}

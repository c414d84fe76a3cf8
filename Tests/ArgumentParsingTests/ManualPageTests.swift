@testable import ArgumentParsing
import Testing

@Suite("The manual page")
struct ManualPageTests {
    @Test("the page of a program is the golden one")
    func golden() throws {
        var page = ManualPage(of: sampleParser, date: "November 1, 2026")
        page.description = ["First paragraph.", "Second one."]
        page.environment = [.init("TEDGE_CONFIG_DIR", "The directory.")]
        page.files = [.init("/etc/tedge/tedge.toml", "The settings.")]
        page.exitStatuses = [.init("0", "done")]
        page.examples = [.init("tedge connect c8y", "Connect:")]
        page.seeAlso = [("systemctl", 1), ("mosquitto", 8)]
        try expectGolden(page.text, "manual")
    }

    @Test("each command that help shows has a section, and no hidden one")
    func sections() {
        let text = ManualPage(of: sampleParser, date: "").text
        for name in ["init", "config get", "cert upload c8y", "mqtt pub"] { #expect(text.contains("\n.Ss \(name)\n")) }
        for name in ["config", "migrate", "help"] { #expect(!text.contains("\n.Ss \(name)\n")) }
    }

    @Test(
        "what has a meaning for roff stands in the page as text",
        arguments: [
            (".profile is read.", "\\&.profile is read."), ("'quoted' text", "\\(aqquoted' text"),
            ("a\\b", "a\\eb"), ("say \"yes\"", "say \\(dqyes\\(dq"), ("--option", "\\-\\-option"),
            ("One. Two.", "One.\nTwo."),
        ])
    func escapes(text: String, source: String) {
        var page = ManualPage(of: sampleParser, date: "")
        page.description = [text]
        #expect(page.text.contains(".Sh DESCRIPTION\n\(source)\n.Sh COMMANDS"))
    }
}

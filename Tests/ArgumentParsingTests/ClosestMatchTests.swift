import Testing

@testable import ArgumentParsing

@Suite("The closest match")
struct ClosestMatchTests {
    private let keys = ["device.id", "device.key_path", "c8y.url", "c8y.root_cert_path", "az.url", "mqtt.port"]

    @Test(
        "one edit or swap for every three letters is close",
        arguments: [
            ("device.idd", "device.id"), ("devcie.id", "device.id"), ("device_id", "device.id"), ("c8y.ur", "c8y.url"),
            ("c8yurl", "c8y.url"), ("c8y.root.cert.path", "c8y.root_cert_path"), ("mqtt.prot", "mqtt.port"),
            ("MQTT.PORT", "mqtt.port"),
        ])
    func close(word: String, key: String) {
        #expect(closestMatch(to: word, in: keys) == key)
    }

    @Test(
        "a word that only one candidate begins with is close",
        arguments: [("mq", "mqtt.port"), ("device.k", "device.key_path")])
    func beginning(word: String, key: String) {
        #expect(closestMatch(to: word, in: keys) == key)
    }

    @Test("a beginning that two candidates share tells nothing", arguments: ["devi", "c8y.", "d"])
    func sharedBeginning(word: String) {
        #expect(closestMatch(to: word, in: keys) == nil)
    }

    @Test("what resembles nothing has no match", arguments: ["", "x", "flows", "mqttx.portals", "🦆"])
    func far(word: String) {
        #expect(closestMatch(to: word, in: keys) == nil)
    }

    @Test("a single letter is no misspelling of another")
    func singleLetter() {
        #expect(closestMatch(to: "x", in: ["y", "z"]) == nil)
        #expect(closestMatch(to: "xy", in: ["z"]) == nil)
    }

    @Test("the closer candidate wins, and of equally close ones the first")
    func ranking() {
        #expect(closestMatch(to: "disconect", in: ["reconnect", "disconnect"]) == "disconnect")
        #expect(closestMatch(to: "cat", in: ["car", "cap"]) == "car")
        #expect(closestMatch(to: "cat", in: ["cap", "car"]) == "cap")
    }

    @Test("a word with one letter wrong goes before one that merely begins so, that one before more letters wrong")
    func beginningAmongSimilar() {
        #expect(closestMatch(to: "cert", in: ["certificate", "cart"]) == "cart")
        #expect(closestMatch(to: "device.k", in: ["device.id", "device.key_path"]) == "device.key_path")
        #expect(closestMatch(to: "device.", in: ["device.id", "device.key_path"]) == "device.id")
    }

    @Test("without candidates there is no match")
    func noCandidates() {
        #expect(closestMatch(to: "word", in: [String]()) == nil)
    }

    @Test("a very long word has no match, whatever the candidates")
    func long() {
        let word = String(repeating: "a", count: 1_000_000)
        #expect(closestMatch(to: word, in: [word, "a"]) == nil)
    }

    @Test(
        "the distance counts insertions, deletions, replacements and swaps of neighbours",
        arguments: [
            ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "abc", 0), ("abc", "abd", 1), ("abc", "acb", 1),
            ("abc", "ab", 1), ("abc", "xabc", 1), ("ca", "abc", 3), ("abcdef", "badcfe", 3), ("kitten", "sitting", 3),
            ("ñandú", "nandu", 2),
        ])
    func distance(first: String, second: String, expected: Int) {
        #expect(editDistance(Array(first), Array(second)) == expected)
        #expect(editDistance(Array(second), Array(first)) == expected)
    }
}

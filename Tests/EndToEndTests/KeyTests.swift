import Testing
import TestSupport

/// Every setting with the release executable. The table is that of the unit tests.
@Suite("each setting", .serialized) struct KeyTests {
    /// Key, type, default and examples of a setting.
    private static func rows() throws -> [[String]] {
        let text = contents(of: "\(packageDirectory)/Tests/TedgeCoreTests/Configuration/Fixtures/keys.txt")
        let rows = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            line.replacing(" |", with: "|").replacing("| ", with: "|").split(
                separator: "|", omittingEmptySubsequences: false
            ).map(String.init)
        }
        guard rows.count == 165, rows.allSatisfy({ $0.count > 3 }) else { throw TestFailure("\(rows.count) rows") }
        return rows
    }

    @Test("is set, read, listed with its origin and unset again")
    func life() throws {
        let gateway = try Gateway()
        try write("# ours\n", to: gateway.path("tedge.toml"))
        let typical = ["bool": "true", "NonZeroU16": "1884", "ProxyUrl": "http://proxy:3128", "AbsolutePath": "/x"]
        for row in try Self.rows() {
            let key = row[0]
            let value = row[3].split(separator: "  ").first.map(String.init) ?? typical[row[1]] ?? "words"
            let before = try gateway.tedge("config", "get", key)
            #expect(before.status == (before.output.isEmpty ? 1 : 0), "\(key)")
            if row[2] == "-" {
                #expect(before.output == "" && before.errors.contains("not "), "\(key)")
            } else if !row[2].hasPrefix("= ") {
                #expect(before.output == row[2].replacing("<root>", with: gateway.configuration) + "\n", "\(key)")
            }
            let set = try gateway.tedge("config", "set", key, value)
            #expect(set == Outcome(status: 0), "\(key)")
            let printed =
                switch row[1] {
                case "TemplatesSet": "[\"\(value.replacing(",", with: "\", \""))\"]"
                case "CountPerGroup": "[\(value.replacing(",", with: ", "))]"
                default: value
                }
            let shown = printed == "rfc-3339" ? "rfc3339" : printed
            #expect(try gateway.tedge("config", "get", key) == Outcome(status: 0, output: "\(shown)\n"), "\(key)")
            let listed = try gateway.tedge("config", "list", "--json", key).output
            #expect(
                listed.contains("{\"key\":\"\(key)\",\"value\":") && listed.contains("\"origin\":\"file\""), "\(listed)"
            )
            try gateway.tedge("config", "unset", key).expectSuccess()
            #expect(try gateway.tedge("config", "get", key) == before, "\(key)")
        }
        #expect(gateway.text("tedge.toml")?.hasPrefix("# ours\n") == true)
    }
}

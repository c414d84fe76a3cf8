import TOML
import Testing

@Suite struct KeysOfPathTests {
    @Test("the keys of the document and of its tables are given in their order")
    func keys() throws {
        let document = try TOMLDocument(parsing: Array("b = 1\n[a.c]\ny = 2\nx = 3\n[d]\n".utf8))
        #expect(document.keys(of: []) == ["b", "a", "d"])
        #expect(document.keys(of: ["a"]) == ["c"])
        #expect(document.keys(of: ["a", "c"]) == ["y", "x"])
        #expect(document.keys(of: ["d"]) == [])
        #expect(document.keys(of: ["b"]) == nil)
        #expect(document.keys(of: ["e"]) == nil)
        #expect(try TOMLDocument(parsing: []).keys(of: []) == [])
    }
}

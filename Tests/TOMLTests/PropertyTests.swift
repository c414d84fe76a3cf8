@testable import TOML
import Testing

@Suite("what holds for every document") struct PropertyTests {
    @Test("after a value is set it is read back, whatever the key and the value")
    func setAndGet() throws {
        var numbers = Numbers(seed: 1)
        for _ in 0..<3000 {
            var document = try document(
                numbers.one(of: ["", "x = 1\n", "[t]\ny = 2 # c\n", "t = { z = 1 }\r\n", "[t.u]"]))
            let path = (0...numbers.next() % 3).map { _ in randomText(&numbers) }
            let value = randomValue(&numbers)
            try document.set(path, to: value)
            #expect(document[path: path] == value)
            #expect(try TOMLDocument(parsing: document.bytes).root == document.root)
        }
    }

    @Test("each string of one ASCII character is read back")
    func ascii() throws {
        for code in UInt8(0)...0x7F {
            let text = String(Unicode.Scalar(code))
            var document = try document("")
            try document.set([text, text], to: .string(text))
            #expect(document[path: [text, text]] == .string(text))
        }
    }

    @Test("an edit changes one key, and no line but its own")
    func edits() throws {
        var numbers = Numbers(seed: 2)
        var edited = 0
        for _ in 0..<4000 {
            guard var document = try? document(randomDocument(&numbers)) else { continue }
            let (before, root) = (document.text, document.root)
            let names = ["a", "b", "c8y", "url", "x-y", "q k", "l.k"]
            let path = (0...numbers.next() % 3).map { _ in numbers.one(of: names) }
            do {
                try document.set(path, to: "new")
            } catch {
                #expect(document.text == before)
                continue
            }
            edited += 1
            #expect(document.root == replacing(path[...], in: root, by: "new"))
            let lost = Set(before.split(separator: "\n")).subtracting(document.text.split(separator: "\n"))
            #expect(lost.count <= 1)
        }
        #expect(edited > 1000)
    }

    private func replacing(_ path: ArraySlice<String>, in table: TOMLTable, by value: TOMLValue) -> TOMLTable {
        guard let key = path.first else { return table }
        var result = table
        if path.count == 1 {
            result[key] = value
        } else {
            var inner = TOMLTable()
            if case .table(let found)? = table[key] { inner = found }
            result[key] = .table(replacing(path.dropFirst(), in: inner, by: value))
        }
        return result
    }

    @Test("a removed key is gone, and nothing else")
    func removals() throws {
        var numbers = Numbers(seed: 3)
        var removed = 0
        for _ in 0..<12_000 {
            guard var document = try? document(randomDocument(&numbers)) else { continue }
            let (before, root) = (document.text, document.root)
            let path = (0...numbers.next() % 2).map { _ in
                numbers.one(of: ["a", "b", "c8y", "url", "x-y", "q k", "l.k"])
            }
            let value = document[path: path]
            do {
                guard try document.remove(path) else {
                    #expect(value == nil && document.text == before)
                    continue
                }
            } catch {
                #expect(document.text == before)
                continue
            }
            removed += 1
            #expect(document[path: path] == nil)
            for (key, value) in root where key != path[0] { #expect(document.root[key] == value) }
            let kept = Set(before.split(separator: "\n"))
            #expect(Set(document.text.split(separator: "\n")).subtracting(kept).count <= 1)
        }
        #expect(removed > 200)
    }
}

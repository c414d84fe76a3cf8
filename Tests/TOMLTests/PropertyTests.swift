@testable import TOML
import TestSupport
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

    @Test("an edit changes only the line of its key, and needs no newer reader", arguments: [false, true])
    func edits(isNewer: Bool) throws {
        var numbers = Numbers(seed: 2)
        var edited = 0
        for _ in 0..<4000 {
            guard var document = try? document(randomDocument(&numbers, isNewer: isNewer)) else { continue }
            let (before, root, neededNewer) = (document.text, document.root, document.tree.isNewer)
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
            #expect(neededNewer || !document.tree.isNewer)
            if case .table? = try TOMLDocument(parsing: Array(before.utf8))[path: path] { continue }
            let lost = Set(before.split(separator: "\n")).subtracting(document.text.split(separator: "\n"))
            #expect(lost.count <= 1)
        }
        #expect(edited > 1000)
    }

    @Test("a document that is read has its bytes, and each of its keys a line")
    func reading() throws {
        var numbers = Numbers(seed: 5)
        var places = 0
        for _ in 0..<4000 {
            let bytes = Array(randomDocument(&numbers).utf8)
            guard let document = try? TOMLDocument(parsing: bytes) else { continue }
            #expect(document.bytes == bytes)
            for key in document.root.keys {
                #expect(document.line(of: [key]) == document.position(of: [key])?.line)
                places += 1
            }
        }
        #expect(places > 2000)
    }

    @Test("a string of any Unicode scalars is read back as it was, as a value and as a key")
    func strings() throws {
        var numbers = Numbers(seed: 6)
        for _ in 0..<4000 {
            let text = anyText(&numbers)
            var document = try document(numbers.one(of: ["", "\u{FEFF}a = 1\r\n", "[t]\nb = '''\n''' # c"]))
            for path in [["t", "x"], [text], [text, text]] where document[path: path] == nil {
                do {
                    try document.set(path, to: .string(text))
                } catch {
                    // The second path goes through the value of the first.
                    #expect(path == [text, text])
                    continue
                }
                let read = try TOMLDocument(parsing: document.bytes)
                #expect(read[path: path] == .string(text), "\(text.debugDescription)")
            }
        }
    }

    @Test("each scalar at the borders of planes and ranges is read back, alone and beside what combines with it")
    func borders() throws {
        let borders: [UInt32] = [
            0x7F, 0x80, 0x85, 0x9F, 0xA0, 0xAD, 0x300, 0x7FF, 0x800, 0x200B, 0x200D, 0x2028, 0x2029, 0x202E, 0xD7FF,
            0xE000, 0xFDD0, 0xFEFF, 0xFFFD, 0xFFFE, 0xFFFF, 0x10000, 0x1F1E6, 0xE0001, 0xFFFFF, 0x10FFFF,
        ]
        for scalar in borders.compactMap({ Unicode.Scalar($0) }) {
            for text in [
                "\(scalar)", "\"\(scalar)", "\\\(scalar)", "\(scalar)\u{301}", "\r\n\(scalar)", "'''\(scalar)\"\"\"",
            ] {
                var document = try document("")
                try document.set([text], to: .string(text))
                #expect(try TOMLDocument(parsing: document.bytes).root == [text: .string(text)])
            }
        }
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

    @Test("a removed key is gone, and nothing else", arguments: [false, true])
    func removals(isNewer: Bool) throws {
        var numbers = Numbers(seed: 3)
        var removed = 0
        for _ in 0..<12_000 {
            guard var document = try? document(randomDocument(&numbers, isNewer: isNewer)) else { continue }
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

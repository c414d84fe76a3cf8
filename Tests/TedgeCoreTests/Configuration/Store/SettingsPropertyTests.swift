import TestSupport
import Testing

@testable import TedgeCore

@Suite struct SettingsPropertyTests {
    /// Text of any Unicode scalars, half of them such as need care.
    private func text(_ numbers: inout Numbers) -> String {
        let odd: [UInt32] = [0x09, 0x0A, 0x22, 0x23, 0x27, 0x2C, 0x5C, 0x7F, 0x301, 0x200D, 0x2028, 0xFEFF, 0x10FFFF]
        var scalars = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...6, using: &numbers) {
            let number =
                numbers.once(in: 2) ? numbers.one(of: odd) : UInt32.random(in: 0x20...0x10FFFF, using: &numbers)
            if let scalar = Unicode.Scalar(number) { scalars.append(scalar) }
        }
        return String(scalars)
    }

    @Test("any text that a setting takes is read from the written file as it was typed")
    func texts() throws {
        var numbers = Numbers(seed: 1)
        let name = try SettingName("service.type")
        var (taken, refused) = (0, 0)
        for _ in 0..<2000 {
            let typed = text(&numbers)
            let before = numbers.one(of: ["", "a = 1\r\n", "[service]\nx = 1"])
            var editor = SettingsEditor(try SettingsFixture(before).load())
            do {
                try editor.set(name, to: typed)
            } catch {
                #expect(editor.edits.isEmpty)
                refused += 1
                continue
            }
            let written = try #require(editor.edits.first?.contents)
            let read = try SettingsFixture(String(decoding: written, as: UTF8.self)).value("service.type")
            #expect(read.map { Array($0.utf8) } == Array(typed.utf8), "\(typed.debugDescription)")
            taken += 1
        }
        #expect(taken > 500 && refused > 500)
    }

    @Test("any entry that is added to a list is in the written file, and is gone when it is removed")
    func entries() throws {
        var numbers = Numbers(seed: 2)
        let name = try SettingName("c8y.topics")
        var taken = 0
        for _ in 0..<1000 {
            let typed = "x" + text(&numbers).filter { $0 != "," && $0 != " " }
            guard !typed.unicodeScalars.contains(","), !typed.unicodeScalars.contains(" ") else { continue }
            var editor = SettingsEditor(try SettingsFixture("[c8y]\ntopics = ['a']\n").load())
            guard (try? editor.add(name, typed)) != nil else { continue }
            let written = String(decoding: try #require(editor.edits.first?.contents), as: UTF8.self)
            guard case .list(let list)? = try SettingsFixture(written).load().stored(name)?.value else {
                Issue.record("no list")
                continue
            }
            #expect(list.map { Array($0.utf8) } == [Array("a".utf8), Array(typed.utf8)], "\(typed.debugDescription)")
            try editor.remove(name, typed)
            #expect(try editor.settings.string("c8y.topics") == "[\"a\"]")
            taken += 1
        }
        #expect(taken > 200)
    }
}

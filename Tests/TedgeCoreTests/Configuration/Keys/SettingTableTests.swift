import Testing

@testable import TedgeCore

@Suite struct SettingTableTests {
    @Test("the table has the known settings in the known order")
    func namesInOrder() {
        #expect(KeyFixture.all.count == 165)
        #expect(SettingTable.keys.map(\.name) == KeyFixture.all.map(\.key))
    }

    @Test("each setting has its type, default, examples and older names", arguments: KeyFixture.all)
    func row(_ fixture: KeyFixture) throws {
        let key = try #require(SettingTable.key(fixture.key))
        #expect(key.type == fixture.settingType)
        for example in fixture.examples { #expect(key.examples.contains(example)) }
        for older in fixture.older { #expect(key.older.contains(older)) }
        #expect(key.cloud?.rawValue == ["c8y", "az", "aws"].first { fixture.key.hasPrefix("\($0).") })
        switch fixture.fallback {
        case "-": #expect(key.fallback == .none)
        case let text where text.hasPrefix("= "): #expect(key.fallback == .sameAs(String(text.dropFirst(2))))
        case let text where text.hasPrefix("<root>/"): #expect(key.fallback == .inDirectory(String(text.dropFirst(7))))
        default: #expect(key.fallback != .none)
        }
    }

    @Test("each example is a value that the setting takes", arguments: SettingTable.keys.map(\.name))
    func examplesAreValid(_ name: String) throws {
        let key = try #require(SettingTable.key(name))
        for example in key.examples {
            let parsed = try key.type.parse(example, currentDirectory: { "/nowhere" })
            #expect(parsed.taken == nil)
        }
    }

    @Test("each setting refuses a value that its type cannot hold", arguments: KeyFixture.all)
    func badValue(_ fixture: KeyFixture) throws {
        let key = try #require(SettingTable.key(fixture.key))
        #expect(throws: SettingRefusal.self) {
            try key.type.parse(fixture.badValue, currentDirectory: { "/nowhere" })
        }
    }

    @Test("explanations are whole sentences of their own", arguments: SettingTable.keys.map(\.name))
    func explanation(_ name: String) throws {
        let key = try #require(SettingTable.key(name))
        for text in [key.doc] + (key.note.map { [$0] } ?? []) {
            #expect(text.hasSuffix("."))
            #expect(text.first?.isUppercase == true)
            #expect(text.split(separator: " ").count >= 5)
            #expect(!text.contains("\n") && !text.contains("  "))
        }
    }

    @Test("no two settings are explained with the same words, unless they are of different clouds")
    func explanationsDiffer() {
        let docs = SettingTable.keys.filter { $0.cloud == nil || $0.cloud == .c8y }.map(\.doc)
        #expect(Set(docs).count == docs.count)
    }

    @Test("the settings that give access to something are secrets")
    func secrets() {
        #expect(
            SettingTable.keys.filter(\.isSecret).map(\.name) == [
                "device.key_pin", "device.cryptoki.pin", "c8y.device.key_pin", "az.device.key_pin",
                "aws.device.key_pin", "proxy.password",
            ])
    }

    @Test("names that explanations mention are settings")
    func mentionedNames() {
        for key in SettingTable.keys {
            let words = "\(key.doc) \(key.note ?? "")".split { " ,;:()".contains($0) }
            for word in words {
                let name = word.hasSuffix(".") ? word.dropLast() : word
                let roots = ["device.", "c8y.", "mqtt.", "http.", "proxy.", "software."]
                guard roots.contains(where: name.hasPrefix) else { continue }
                #expect(SettingTable.key(String(name)) != nil, "\(key.name) mentions \(name)")
            }
        }
    }
}

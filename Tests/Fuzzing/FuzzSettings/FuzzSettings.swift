import FuzzSupport
import TOML

@testable import TedgeCore

/// Reads the input up to a zero byte as `tedge.toml`, and what follows as names and values to be set, added and removed, with
/// zero bytes between them. What is set is in the file that is written, and is read from it as it was.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = Input(data, count)
    let main = input.part(upTo: 0)
    let words = input.words()
    let settings: Settings
    do {
        settings = try Settings.load(from: source(main))
    } catch {
        requirePrintable(ErrorFrame.text(title: "t", causes: error.causes, hint: error.hint))
        return 0
    }
    for warning in settings.warnings() { requirePrintable(ErrorFrame.printable("\(warning)")) }
    if words.isEmpty { _ = settings.listing().text(all: true) }
    var editor = SettingsEditor(settings)
    for number in 0..<min(words.count / 2, 4) { edit(&editor, words[number * 2], words[number * 2 + 1]) }
    return 0
}

private func source(_ main: [UInt8]) -> SettingsSource {
    SettingsSource(
        directory: "/etc/tedge", environment: [:], currentDirectory: { "/home/pi" },
        read: { path throws(FileError) in path == "/etc/tedge/tedge.toml" ? main : nil },
        listDirectory: { _ throws(FileError) in nil }, certificateCommonName: { _ in nil })
}

private func edit(_ editor: inout SettingsEditor, _ key: String, _ typed: String) {
    let name: SettingName
    do {
        name = try SettingName.parse(key).name
        let current = try SettingName.parse(name.text)
        require(current.name.text == name.text && current.warning == nil, "the current spelling of a name is that name")
    } catch {
        requirePrintable(ErrorFrame.text(title: "t", causes: error.causes, hint: error.hint))
        return
    }
    let before = editor.settings
    do {
        try editor.set(name, to: typed)
    } catch {
        requirePrintable(ErrorFrame.text(title: "t", causes: error.causes, hint: error.hint))
        require(bytes(of: editor.settings) == bytes(of: before), "nothing is changed")
        return
    }
    let value = stored(name, in: editor)
    require(value != nil, "what is set has a value")
    // To set what was set again is no change.
    require("what was set can be set again") { try editor.set(name, to: typed) }
    require(stored(name, in: editor) == value, "it has the same value")
    require("what was set can be taken out") { try editor.unset(name) }
    require(stored(name, in: editor) == nil, "what was taken out has no value")
    require("what was taken out can be set") { try editor.set(name, to: typed) }
}

private func bytes(of settings: Settings) -> [UInt8]? { settings.files[.main]?.document.bytes }

/// The value in the file as it would be written.
private func stored(_ name: SettingName, in editor: SettingsEditor) -> String? {
    guard let main = editor.settings.files[.main] else { return nil }
    let settings = require("what is written is read") { try Settings.load(from: source(main.document.bytes)) }
    return require("what is stored is valid") { try settings.stored(name)?.value.printed }
}

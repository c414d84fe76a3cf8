import FuzzSupport
import TOML

/// Reads the input up to a zero byte as a document, and what follows as edits of it, each up to a zero byte: `r` or the kind
/// of a value to be set, the parts of the key with U+0001 between them, and after U+0002 the value.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = Input(data, count)
    guard var document = try? TOMLDocument(parsing: input.part(upTo: 0)) else { return 0 }
    var edits = 0
    while !input.rest.isEmpty, edits < 8 {
        var edit = Input(input.part(upTo: 0))
        let kind = edit.byte()
        let path = edit.part(upTo: 2).split(separator: 1, omittingEmptySubsequences: false).map(text)
        if kind == UInt8(ascii: "r") {
            remove(path, from: &document)
        } else {
            set(path, to: value(kind, edit.all()), in: &document)
        }
        edits += 1
    }
    return 0
}

private func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }

private func value(_ kind: UInt8, _ bytes: [UInt8]) -> TOMLValue {
    switch kind {
    case UInt8(ascii: "i"): .integer(Int64(text(bytes)) ?? 0)
    case UInt8(ascii: "f"): .float(Double(text(bytes)) ?? .nan)
    case UInt8(ascii: "b"): .boolean(!bytes.isEmpty)
    case UInt8(ascii: "a"): .array(bytes.split(separator: 1).map { .string(text($0)) })
    case UInt8(ascii: "t"): .table([text(bytes.prefix(3)): .string(text(bytes)), "x": .array([])])
    default: .string(text(bytes))
    }
}

private func set(_ path: [String], to value: TOMLValue, in document: inout TOMLDocument) {
    let before = document
    do throws(TOMLError) {
        try document.set(path, to: value)
    } catch {
        require(document.bytes == before.bytes, "an edit that fails changes nothing")
        require(document.root == before.root, "an edit that fails leaves the values")
        return
    }
    require(document[path: path] == value, "what is set is there")
    require(document.position(of: path) != nil, "what is set has a place")
    require(document.root == replacing(path[...], in: before.root, by: value), "no other value is changed by setting")
    let lost = lostLines(from: before.bytes, to: document.bytes)
    if before[path: path] == nil {
        require(lost.count <= 1, "a new key replaces a line at most: that of an empty inline table")
    } else if let line = before.position(of: path)?.line, let first = lost.first {
        require(first + 1 >= line, "no line above the key is changed")
    }
    checkReading(document)
    let once = document.bytes
    require("a key can be set to its value") { try document.set(path, to: value) }
    require(document.bytes == once, "to set a key to its value changes nothing")
}

private func remove(_ path: [String], from document: inout TOMLDocument) {
    let before = document
    do throws(TOMLError) {
        guard try document.remove(path) else {
            require(document.bytes == before.bytes, "without the key nothing is removed")
            require(before[path: path] == nil, "a key that is there is removed")
            return
        }
    } catch {
        require(document.bytes == before.bytes, "a removal that fails changes nothing")
        return
    }
    require(document[path: path] == nil, "what is removed is gone")
    let expected = replacing(path[...], in: before.root, by: nil)
    require(
        pruned(document.root, along: path[...]) == pruned(expected, along: path[...]),
        "no other value is changed by removing")
    let lost = lostLines(from: before.bytes, to: document.bytes)
    if let line = before.position(of: path)?.line, let first = lost.first {
        require(first + 1 >= line, "no line above the key is removed")
    }
    checkReading(document)
}

private func checkReading(_ document: TOMLDocument) {
    let read = require("what was edited is valid") { try TOMLDocument(parsing: document.bytes) }
    require(read.root == document.root, "what was edited is read again as it is")
}

/// The numbers, from 0, of the lines that are there no more: what is left when the lines that both begin with and those that
/// both end with are taken away.
private func lostLines(from old: [UInt8], to new: [UInt8]) -> Range<Int> {
    // A last line without an end gets one when another follows.
    func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        bytes.split(separator: 10, omittingEmptySubsequences: false).map { $0.last == 13 ? $0.dropLast() : $0 }
    }
    let (old, new) = (lines(old), lines(new))
    let start = zip(old, new).prefix { $0 == $1 }.count
    let end = zip(old.dropFirst(start).reversed(), new.dropFirst(start).reversed()).prefix { $0 == $1 }.count
    return start..<old.count - end
}

private func replacing(_ path: ArraySlice<String>, in table: TOMLTable, by value: TOMLValue?) -> TOMLTable {
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

/// The table without the tables along a path that hold nothing: one that only its keys made is gone with the last of them.
private func pruned(_ table: TOMLTable, along path: ArraySlice<String>) -> TOMLTable {
    guard let key = path.first, case .table(let inner)? = table[key] else { return table }
    var result = table
    let kept = pruned(inner, along: path.dropFirst())
    result[key] = kept.isEmpty ? nil : .table(kept)
    return result
}

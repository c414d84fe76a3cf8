import FuzzSupport
import TOML

/// Reads the input as a document. It keeps its bytes, what it holds can be written and read again, and each error names a
/// place in it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = Input(data, count)
    let bytes = input.all()
    let document: TOMLDocument
    do {
        document = try TOMLDocument(parsing: bytes)
    } catch {
        let lines = bytes.count { $0 == UInt8(ascii: "\n") } + 1
        require((1...lines).contains(error.line), "line \(error.line) of \(lines)")
        require((1...bytes.count + 1).contains(error.column), "column \(error.column)")
        requirePrintable(error.description)
        return 0
    }
    require(document.bytes == bytes, "a document that is read keeps its bytes")
    let root = document.root
    for (key, value) in root { require(document[path: [key]] == value, "the path of \(key) leads to its value") }

    var copy = require("an empty document is valid") { try TOMLDocument(parsing: []) }
    for (key, value) in root {
        do throws(TOMLError) {
            try copy.set([key], to: value)
        } catch {
            // An array of tables is one level deeper when it is written as a value.
            guard case .tooDeep = error.kind else { fatalError("cannot write \(key): \(error)") }
            return 0
        }
    }
    require(copy.root == root, "what is written is read again")
    return 0
}

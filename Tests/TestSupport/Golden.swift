import Glibc

/// The text of `Golden/NAME.txt` beside a test. With `TEDGE_RECORD=1` in the environment it is first written as given.
public func golden(_ name: String, recording text: String, beside file: String = #filePath) throws -> String {
    let directory = file.prefix(through: file.lastIndex(of: "/") ?? file.startIndex)
    let path = "\(directory)Golden/\(name).txt"
    if getenv("TEDGE_RECORD").map({ String(cString: $0) }) == "1" { try write(text, to: path) }
    guard access(path, R_OK) == 0 else { throw TestFailure("\(path): \(errorWords())") }
    return contents(of: path)
}

import FuzzSupport

@testable import TLS

/// Reads the input, but for its first byte, as an answer: as a whole, byte by byte, and in pieces whose sizes the first byte
/// decides. It is the same each time, and of what it holds nothing can be taken for another line.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = Input(data, count)
    let first = input.byte()
    let (answersConnect, bytes) = (first & 1 == 1, input.all())
    let whole = Outcome(bytes, answersConnect) { _ in bytes.count }
    require(Outcome(bytes, answersConnect) { _ in 1 } == whole, "an answer is the same byte by byte")
    let pieces = Outcome(bytes, answersConnect) { $0.isMultiple(of: 2) ? Int(first >> 1 & 7) + 1 : Int(first >> 4) + 1 }
    require(pieces == whole, "an answer is the same in pieces")
    switch whole {
    case .response(let response): check(response, bytes)
    case .failure(let error): requirePrintable(error.description)
    case .notHTTP: break
    }
    return 0
}

private func check(_ response: HTTPResponse, _ bytes: [UInt8]) {
    require((100...599).contains(response.status), "a status has three digits")
    requirePrintable(response.reason)
    require(response.body.count <= bytes.count, "a body is not longer than the answer")
    for header in response.headers {
        require(!header.name.isEmpty && header.name == header.name.lowercased(), "a name is in lower case")
        require(header.name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "a name is a word")
        require(header.value.utf8.allSatisfy { $0 >= 0x20 || $0 == 0x09 }, "a value is on one line")
        require(response.header(header.name) != nil, "a header is found by its name")
    }
}

/// What comes of an answer.
private enum Outcome: Equatable {
    case response(HTTPResponse)
    case failure(HTTPError)
    /// What is quoted of it depends on what had come by then.
    case notHTTP

    init(_ bytes: [UInt8], _ answersConnect: Bool, pieces size: (Int) -> Int) {
        var parser = HTTPResponseParser(answersConnect: answersConnect)
        var (rest, number) = (bytes[...], 0)
        do throws(HTTPError) {
            while !rest.isEmpty {
                let piece = rest.prefix(size(number))
                rest = rest.dropFirst(piece.count)
                number += 1
                if try parser.add(Array(piece)) { break }
            }
            self = .response(try parser.finish())
        } catch {
            if case .notHTTP = error { self = .notHTTP } else { self = .failure(error) }
        }
    }
}

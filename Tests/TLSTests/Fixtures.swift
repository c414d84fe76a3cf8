@testable import TLS

/// Far enough away not to be met by a test that passes.
var later: ContinuousClock.Instant { .now + .seconds(20) }

/// Near enough to wait for.
var soon: ContinuousClock.Instant { .now + .milliseconds(200) }

extension Array where Element == UInt8 {
    /// The bytes of a text.
    init(_ text: String) { self = Array(text.utf8) }
}

/// An answer as bytes and what must become of it.
struct Sample: Sendable, CustomStringConvertible {
    let description: String
    let bytes: [UInt8]

    init(_ description: String, _ text: String) {
        self.description = description
        bytes = [UInt8](text)
    }
}

/// What a parser makes of bytes that come in parts, and of the connection's end behind them.
func outcome(_ parts: [[UInt8]], answersConnect: Bool = false) -> Result<HTTPResponse, HTTPError> {
    var parser = HTTPResponseParser(answersConnect: answersConnect)
    do throws(HTTPError) {
        for part in parts {
            if try parser.add(part) { break }
        }
        return .success(try parser.finish())
    } catch {
        return .failure(error)
    }
}

/// What a parser makes of bytes that come at once.
func outcome(_ text: String, answersConnect: Bool = false) -> Result<HTTPResponse, HTTPError> {
    outcome([[UInt8](text)], answersConnect: answersConnect)
}

/// The body, where the answer is complete.
func body(_ text: String) throws -> String { String(decoding: try outcome(text).get().body, as: UTF8.self) }

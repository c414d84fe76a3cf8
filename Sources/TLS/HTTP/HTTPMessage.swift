/// A request of HTTP/1.1 (RFC 9112).
public struct HTTPRequest: Sendable {
    /// The method.
    public var method: String
    /// The path with the query, percent-encoded.
    public var target: String
    /// Further headers, in this order.
    public var headers: [(name: String, value: String)]
    /// The body, where there is one.
    public var body: [UInt8]?

    /// Makes a request.
    public init(_ method: String, _ target: String, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil)
    {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
    }

    /// The bytes of the request. Throws `invalidRequest` where a part would add a line.
    func bytes(host: String) throws(HTTPError) -> [UInt8] {
        var lines = ["\(method) \(target) HTTP/1.1", "Host: \(host)"]
        lines += headers.map { "\($0.name): \($0.value)" }
        lines.append("Connection: close")
        if let body { lines.append("Content-Length: \(body.count)") }
        for line in lines where line.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) { throw .invalidRequest }
        guard !target.utf8.contains(UInt8(ascii: " ")), target.hasPrefix("/") else { throw .invalidRequest }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + (body ?? [])
    }
}

/// The answer to a request.
public struct HTTPResponse: Sendable, Equatable {
    /// The status, 100 to 599.
    public var status: Int
    /// The words beside the status, with nothing that a terminal obeys.
    public var reason: String
    /// The headers; names are in lower case.
    public var headers: [Header]
    /// The body, decoded where it came in chunks.
    public var body: [UInt8] = []

    /// A header.
    public struct Header: Sendable, Equatable {
        /// The name in lower case.
        public var name: String
        /// The value without blanks around it.
        public var value: String
    }

    /// The value of a header whose name is given in lower case.
    public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

/// Why there is no answer to a request.
public enum HTTPError: Error, Sendable, Equatable {
    /// The connection cannot be made or used.
    case connection(TLSError)
    /// A part of the request holds a line end or another control character.
    case invalidRequest
    /// What came is not HTTP; its beginning, with nothing that a terminal obeys.
    case notHTTP(String)
    /// A header breaks the rules.
    case invalidHeader(String)
    /// The answer says in two ways how long it is.
    case ambiguousLength
    /// The chunks of the body break the rules.
    case invalidChunk
    /// The answer is larger than this program takes, in bytes.
    case tooLarge(limit: Int)
    /// The connection ended before the answer did.
    case truncated
}

extension HTTPError: CustomStringConvertible {
    /// The error in a sentence without a full stop.
    public var description: String {
        switch self {
        case .connection(let error): error.description
        case .invalidRequest: "the request holds a control character"
        case .notHTTP(let text): text.isEmpty ? "the answer is not HTTP" : "the answer is not HTTP: '\(text)'"
        case .invalidHeader(let text): "the answer has a header that breaks the rules of HTTP: '\(text)'"
        case .ambiguousLength: "the answer says in two ways how long it is"
        case .invalidChunk: "the chunks of the answer break the rules of HTTP"
        case .tooLarge(let limit): "the answer is larger than \(limit) bytes"
        case .truncated: "the connection ended in the middle of the answer"
        }
    }
}

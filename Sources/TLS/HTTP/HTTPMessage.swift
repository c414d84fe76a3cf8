/// An HTTP/1.1 request (RFC 9112).
public struct HTTPRequest: Sendable {
    /// The method.
    public var method: String
    /// The path and the query, percent-encoded.
    public var target: String
    /// Additional headers, in this order.
    public var headers: [(name: String, value: String)]
    /// The body; nil if there is none.
    public var body: [UInt8]?

    /// Creates a request.
    public init(_ method: String, _ target: String, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil)
    {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
    }

    /// The bytes of the request. Throws `invalidRequest` if a part would add a line.
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

/// The response to a request.
public struct HTTPResponse: Sendable, Equatable {
    /// The status, 100 to 599.
    public var status: Int
    /// The reason phrase of the status, without control sequences for a terminal.
    public var reason: String
    /// The headers, with names in lower case.
    public var headers: [Header]
    /// The body; chunks are decoded.
    public var body: [UInt8] = []

    /// A header.
    public struct Header: Sendable, Equatable {
        /// The name in lower case.
        public var name: String
        /// The value without surrounding spaces or tabs.
        public var value: String
    }

    /// The value of a header; `name` is in lower case. Nil if the header is missing.
    public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

/// Why there is no response to a request.
public enum HTTPError: Error, Sendable, Equatable {
    /// The connection cannot be made or used.
    case connection(TLSError)
    /// A part of the request holds a line end or another control character.
    case invalidRequest
    /// The received bytes are not HTTP; the text is their beginning, without control sequences for a terminal.
    case notHTTP(String)
    /// A header breaks the rules.
    case invalidHeader(String)
    /// The response gives its length in two ways.
    case ambiguousLength
    /// The chunks of the body break the rules.
    case invalidChunk
    /// The response is larger than this program accepts; `limit` is in bytes.
    case tooLarge(limit: Int)
    /// The connection ended before the response was complete.
    case truncated
}

extension HTTPError: CustomStringConvertible {
    /// The error as a sentence without a full stop.
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

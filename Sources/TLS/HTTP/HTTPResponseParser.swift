/// Parses an HTTP/1.1 response (RFC 9112) from bytes as they arrive.
struct HTTPResponseParser {
    /// The longest body, in bytes.
    static let bodyLimit = 1 << 20
    /// The longest head, and the longest trailers, in bytes.
    static let headLimit = 64 << 10

    private enum State {
        case head
        case counted(left: Int)
        case untilEnd
        case chunkSize
        case chunk(left: Int)
        case chunkEnd
        case trailers
        case done
    }

    private var state = State.head
    private var pending: [UInt8] = []
    private var consumed = 0
    /// How many of the pending bytes contain no line feed, so that a line that arrives byte by byte is searched only
    /// once.
    private var searched = 0
    private var lines: [[UInt8]] = []
    private var headSize = 0
    private var response: HTTPResponse?
    private let answersConnect: Bool

    init(answersConnect: Bool = false) { self.answersConnect = answersConnect }

    /// Adds bytes. Returns true as soon as the response is complete; bytes after its end are ignored.
    mutating func add(_ bytes: [UInt8]) throws(HTTPError) -> Bool {
        pending += bytes
        while try step() {}
        pending.removeFirst(consumed)
        searched = max(0, searched - consumed)
        consumed = 0
        if case .done = state { return true }
        return false
    }

    /// Returns the response when no more bytes arrive. Throws `truncated` if it is incomplete.
    func finish() throws(HTTPError) -> HTTPResponse {
        switch state {
        case .done, .untilEnd: if let response { return response }
        default: break
        }
        throw .truncated
    }

    private var left: ArraySlice<UInt8> { pending[consumed...] }

    /// Parses one element. Returns false if the parser needs more bytes or is done.
    private mutating func step() throws(HTTPError) -> Bool {
        switch state {
        case .head:
            guard let line = try nextLine() else { return false }
            if line.isEmpty { try endHead() } else { try addHeadLine(line) }
        case .counted(let count):
            let part = left.prefix(count)
            try append(part)
            state = count == part.count ? .done : .counted(left: count - part.count)
            return !part.isEmpty
        case .untilEnd:
            guard !left.isEmpty else { return false }
            try append(left)
        case .chunkSize:
            guard let line = try nextLine() else { return false }
            headSize = 0
            let size = try Self.chunkSize(line)
            state = size == 0 ? .trailers : .chunk(left: size)
        case .chunk(let count):
            let part = left.prefix(count)
            guard !part.isEmpty else { return false }
            try append(part)
            state = count == part.count ? .chunkEnd : .chunk(left: count - part.count)
        case .chunkEnd:
            guard let line = try nextLine() else { return false }
            guard line.isEmpty else { throw .invalidChunk }
            state = .chunkSize
        case .trailers:
            guard let line = try nextLine() else { return false }
            if line.isEmpty { state = .done }
        case .done:
            return false
        }
        return true
    }

    /// The next line without its line end; nil if it has not fully arrived.
    private mutating func nextLine() throws(HTTPError) -> [UInt8]? {
        guard let end = pending[max(consumed, searched)...].firstIndex(of: UInt8(ascii: "\n")) else {
            searched = pending.count
            if case .head = state, lines.isEmpty, !Self.mayBeStatusLine(left) {
                throw .notHTTP(Printable.text(left.prefix(60)))
            }
            guard headSize + left.count <= Self.headLimit else { throw .tooLarge(limit: Self.headLimit) }
            return nil
        }
        var line = left[..<end]
        headSize += line.count + 1
        guard headSize <= Self.headLimit else { throw .tooLarge(limit: Self.headLimit) }
        consumed = end + 1
        if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
        return Array(line)
    }

    private static func mayBeStatusLine(_ bytes: ArraySlice<UInt8>) -> Bool {
        zip(bytes, "HTTP/1.".utf8).allSatisfy { $0 == $1 }
    }

    // MARK: The head

    private mutating func addHeadLine(_ line: [UInt8]) throws(HTTPError) {
        if lines.isEmpty, !Self.mayBeStatusLine(line[...]) || line.count < 12 {
            throw .notHTTP(Printable.text(line.prefix(60)))
        }
        lines.append(line)
    }

    private mutating func endHead() throws(HTTPError) {
        guard let first = lines.first else { throw .notHTTP("") }
        var response = try Self.statusLine(first)
        response.headers = try lines.dropFirst().map(Self.header)
        lines = []
        // Interim responses precede the final one (RFC 9110, section 15.2).
        if response.status < 200 {
            guard response.status != 101 else { throw .notHTTP("101") }
            return
        }
        self.response = response
        state = try framing(of: response)
    }

    /// How to find the end of the body (RFC 9112, section 6.3).
    private func framing(of response: HTTPResponse) throws(HTTPError) -> State {
        // The head of a proxy's refusal is enough; its body may be long or endless.
        if response.status == 204 || response.status == 304 || answersConnect { return .done }
        let lengths = response.headers.filter { $0.name == "content-length" }.map(\.value)
        let codings = response.headers.filter { $0.name == "transfer-encoding" }.map(\.value)
        if !codings.isEmpty {
            guard lengths.isEmpty else { throw .ambiguousLength }
            let coding = codings.joined(separator: ", ")
            guard coding.lowercased() == "chunked" else { throw .invalidHeader(Printable.text(coding.utf8)) }
            return .chunkSize
        }
        guard let first = lengths.first else { return .untilEnd }
        guard lengths.allSatisfy({ $0 == first }) else { throw .ambiguousLength }
        guard !first.isEmpty, first.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw .invalidHeader("content-length: \(Printable.text(first.utf8))")
        }
        guard let length = Int(first), length <= Self.bodyLimit else { throw .tooLarge(limit: Self.bodyLimit) }
        return length == 0 ? .done : .counted(left: length)
    }

    private static func statusLine(_ line: [UInt8]) throws(HTTPError) -> HTTPResponse {
        let digits = line[9..<12]
        guard line[8] == UInt8(ascii: " "), digits.allSatisfy({ (0x30...0x39).contains($0) }),
            line.count == 12 || line[12] == UInt8(ascii: " "),
            let status = Int(String(decoding: digits, as: UTF8.self)), (100...599).contains(status)
        else { throw .notHTTP(Printable.text(line.prefix(60))) }
        return HTTPResponse(status: status, reason: Printable.text(line.dropFirst(13)), headers: [])
    }

    private static func header(_ line: [UInt8]) throws(HTTPError) -> HTTPResponse.Header {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0,
            line[..<colon].allSatisfy(isTokenCharacter),
            !line.contains(where: { ($0 < 0x20 && $0 != 0x09) || $0 == 0x7F })
        else { throw .invalidHeader(Printable.text(line.prefix(60))) }
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        let value = line[(colon + 1)...].drop(while: isBlank).reversed().drop(while: isBlank).reversed()
        return HTTPResponse.Header(
            name: String(decoding: line[..<colon], as: UTF8.self).lowercased(),
            value: String(decoding: Array(value), as: UTF8.self))
    }

    /// The characters of a token (RFC 9110, section 5.6.2).
    private static func isTokenCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    // MARK: The body

    private mutating func append(_ part: ArraySlice<UInt8>) throws(HTTPError) {
        guard (response?.body.count ?? 0) + part.count <= Self.bodyLimit else { throw .tooLarge(limit: Self.bodyLimit) }
        response?.body += part
        consumed += part.count
    }

    /// The size of a chunk; extensions after a semicolon are ignored (RFC 9112, section 7.1.1).
    private static func chunkSize(_ line: [UInt8]) throws(HTTPError) -> Int {
        let digits = line.prefix { $0 != UInt8(ascii: ";") && $0 != 0x20 && $0 != 0x09 }
        let rest = line[digits.count...].drop { $0 == 0x20 || $0 == 0x09 }
        guard (1...8).contains(digits.count), let size = Int(String(decoding: digits, as: UTF8.self), radix: 16),
            digits[0] != UInt8(ascii: "+"), digits[0] != UInt8(ascii: "-"),
            rest.isEmpty || rest.first == UInt8(ascii: ";")
        else { throw .invalidChunk }
        guard size <= bodyLimit else { throw .tooLarge(limit: bodyLimit) }
        return size
    }
}

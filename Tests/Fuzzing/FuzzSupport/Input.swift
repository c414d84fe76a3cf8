/// The bytes of one run, taken from the front.
public struct Input {
    /// What has not been taken yet.
    public private(set) var rest: ArraySlice<UInt8>

    /// The bytes that libFuzzer hands over.
    public init(_ data: UnsafePointer<UInt8>?, _ count: Int) {
        rest = Array(UnsafeBufferPointer(start: data, count: count))[...]
    }

    /// Some bytes.
    public init(_ bytes: [UInt8]) { rest = bytes[...] }

    /// Takes one byte; 0 at the end.
    public mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    /// Takes what comes before the next such byte, and that byte; everything where there is none.
    public mutating func part(upTo end: UInt8) -> [UInt8] {
        let part = rest.prefix { $0 != end }
        rest = rest.dropFirst(part.count + 1)
        return Array(part)
    }

    /// Takes all that is left.
    public mutating func all() -> [UInt8] {
        defer { rest = [] }
        return Array(rest)
    }

    /// Takes all that is left as words with zero bytes between them; what is no UTF-8 is repaired.
    public mutating func words() -> [String] {
        let bytes = all()
        if bytes.isEmpty { return [] }
        return bytes.split(separator: 0, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    }
}

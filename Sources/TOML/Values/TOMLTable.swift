/// A table: keys in the order of their first appearance, each with a value.
///
/// Keys are the same if their UTF-8 bytes are the same; nothing is normalised.
public struct TOMLTable: Sendable {
    private var list = KeyedList<TOMLValue>()

    /// Makes an empty table.
    public init() {}

    /// The keys, in order.
    public var keys: [String] { list.keys }

    /// The value of a key, or nil if there is none. A new key is added at the end; setting nil removes the key.
    public subscript(key: String) -> TOMLValue? {
        get { list.position(of: key).map { list.elements[$0] } }
        set {
            switch (list.position(of: key), newValue) {
            case (let position?, let value?): list.elements[position] = value
            case (let position?, nil): list.remove(at: position)
            case (nil, let value?): list.append(value, for: key)
            case (nil, nil): break
            }
        }
    }
}

extension TOMLTable: RandomAccessCollection {
    /// The position of the first key: 0.
    public var startIndex: Int { 0 }

    /// The number of keys.
    public var endIndex: Int { list.keys.count }

    /// The key and the value at a position in the order of first appearance.
    public subscript(position: Int) -> (key: String, value: TOMLValue) {
        (list.keys[position], list.elements[position])
    }
}

extension TOMLTable: Equatable {
    /// Whether both tables have the same keys with equal values, in any order.
    public static func == (left: TOMLTable, right: TOMLTable) -> Bool {
        left.count == right.count && left.allSatisfy { right[$0.key] == $0.value }
    }
}

extension TOMLTable: ExpressibleByDictionaryLiteral {
    /// Makes a table of the given keys in the given order. If a key is given twice, the last value is used.
    public init(dictionaryLiteral elements: (String, TOMLValue)...) {
        for (key, value) in elements { self[key] = value }
    }
}

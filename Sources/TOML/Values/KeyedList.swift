/// Elements with keys, in the order in which the keys were first added.
///
/// Two keys are the same if their UTF-8 bytes are the same: TOML does not normalise, while `String` compares by canonical
/// equivalence. Looking up, adding and replacing take constant time.
struct KeyedList<Element> {
    /// The keys, in the order in which they were added.
    private(set) var keys: [String] = []
    /// The element of each key, at the key's position.
    var elements: [Element] = []
    /// An open hash table of positions plus one; a free slot is zero. Empty while the list is short.
    private var slots: [Int32] = []

    private static var longestWithoutSlots: Int { 8 }

    /// The position of a key, or nil if the list does not have it.
    func position(of key: String) -> Int? {
        if slots.isEmpty {
            return keys.firstIndex { key.hasSameBytes(as: $0) }
        }
        let slot = slot(for: key)
        return slots[slot] == 0 ? nil : Int(slots[slot]) - 1
    }

    /// Adds an element with a key that the list does not have yet.
    mutating func append(_ element: Element, for key: String) {
        keys.append(key)
        elements.append(element)
        if keys.count * 2 > slots.count {
            rebuildSlots()
        } else {
            slots[slot(for: key)] = Int32(keys.count)
        }
    }

    /// Removes the element at a position; the order of the others stays.
    mutating func remove(at position: Int) {
        keys.remove(at: position)
        elements.remove(at: position)
        rebuildSlots()
    }

    private mutating func rebuildSlots() {
        guard keys.count > Self.longestWithoutSlots else {
            slots = []
            return
        }
        var size = 32
        while size < keys.count * 4 { size *= 2 }
        slots = [Int32](repeating: 0, count: size)
        for (position, key) in keys.enumerated() {
            slots[slot(for: key)] = Int32(position + 1)
        }
    }

    /// The slot of the key, or the free slot for it.
    private func slot(for key: String) -> Int {
        let mask = slots.count - 1
        var slot = key.hashOfBytes & mask
        while slots[slot] != 0, !key.hasSameBytes(as: keys[Int(slots[slot]) - 1]) {
            slot = (slot + 1) & mask
        }
        return slot
    }
}

extension KeyedList: Sendable where Element: Sendable {}

extension String {
    /// Whether both strings are the same Unicode scalars, without normalisation.
    func hasSameBytes(as other: String) -> Bool {
        utf8.count == other.utf8.count && utf8Span.bytesEqual(to: other.utf8)
    }

    /// A hash of the UTF-8 bytes, seeded for each process. `String`'s own hash is the same for canonically equivalent strings,
    /// of which a hostile document could have any number.
    fileprivate var hashOfBytes: Int {
        var hasher = Hasher()
        var word: UInt64 = 0
        var count = 0
        for byte in utf8 {
            word = word << 8 | UInt64(byte)
            count += 1
            if count & 7 == 0 { hasher.combine(word) }
        }
        hasher.combine(word)
        hasher.combine(count)
        return hasher.finalize()
    }
}

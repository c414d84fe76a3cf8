/// A generator that gives the same numbers in each run (SplitMix64).
public struct Numbers: RandomNumberGenerator {
    private var state: UInt64

    /// Begins with a number.
    public init(seed: UInt64) { state = seed }

    /// The next number.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var number = state
        number = (number ^ (number >> 30)) &* 0xBF58_476D_1CE4_E5B9
        number = (number ^ (number >> 27)) &* 0x94D0_49BB_1331_11EB
        return number ^ (number >> 31)
    }

    /// One of some things.
    public mutating func one<Element>(of elements: [Element]) -> Element {
        elements[Int(next() % UInt64(elements.count))]
    }

    /// Whether something happens that does so once in a number of times.
    public mutating func once(in times: UInt64) -> Bool { next() % times == 0 }
}

extension FixedWidthInteger {
    /// Reads a text of ASCII digits and nothing else. The usual initializer takes a sign as well.
    init?(digits text: some StringProtocol) {
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) else { return nil }
        self.init(text)
    }
}

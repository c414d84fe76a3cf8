extension UInt8 {
    /// Whether the byte is an ASCII digit.
    var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }
}

extension StringProtocol {
    /// Whether the text is one or more ASCII digits.
    var isDigits: Bool { !isEmpty && utf8.allSatisfy(\.isDigit) }
}

extension FixedWidthInteger {
    /// Reads a text of ASCII digits only. The initializer of the standard library also takes a sign.
    init?(digits text: some StringProtocol) {
        guard text.isDigits else { return nil }
        self.init(text)
    }

    /// The number in hexadecimal digits, with zeros before it up to a length, for example `00e9`.
    func hexadecimal(_ length: Int, uppercase: Bool = false) -> String {
        let digits = String(self, radix: 16, uppercase: uppercase)
        return String(repeating: "0", count: Swift.max(0, length - digits.utf8.count)) + digits
    }
}

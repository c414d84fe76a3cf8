extension String {
    /// The text with as many spaces behind it as make it `width` characters long, if it is not as long already.
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}

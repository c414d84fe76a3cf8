extension SettingType {
    /// The numbers that the type accepts.
    var range: ClosedRange<Int64> {
        switch self {
        case .port: 0...65_535
        case .nonZeroPort: 1...65_535
        case .payloadLimit: 1...268_435_455
        default: 0...4_294_967_295
        }
    }

    var rangeHint: String { "Give a whole number from \(range.lowerBound) to \(range.upperBound)." }

    /// Checks that a number is in the range of the type, and converts it.
    func checkNumber(_ number: Int64) throws(SettingRefusal) -> UInt32 {
        if range.contains(number), let number = UInt32(exactly: number) { return number }
        switch self {
        case .payloadLimit:
            throw SettingRefusal(
                "Invalid MQTT payload size limit: \(number). Provide a value between 1 and 268435455 bytes")
        case .nonZeroPort where number == 0:
            throw SettingRefusal("number would be zero for non-zero type", hint: rangeHint)
        default:
            throw SettingRefusal(
                number < 0 ? "number is negative" : "number too large to fit in target type", hint: rangeHint)
        }
    }

    static func checkTopicPrefix(_ text: String) throws(SettingRefusal) {
        guard !text.isEmpty else { throw SettingRefusal("Topic prefix must not be empty") }
        if let wildcard = text.unicodeScalars.first(where: isWildcard) {
            throw SettingRefusal("Topic prefix cannot contain '\(wildcard)'")
        }
        guard !text.unicodeScalars.contains(" ") else { throw SettingRefusal("Topic prefix cannot contain a blank") }
        guard text != "c8y-internal" else { throw SettingRefusal("Topic prefix cannot be c8y-internal") }
    }

    static func checkTopicID(_ text: String) throws(SettingRefusal) {
        let levels = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard levels.count == 4, !levels[0].isEmpty else {
            throw SettingRefusal(
                "An entity topic identifier has four levels with '/' between them, and the first must not be empty",
                hint: "For example 'device/main//'.")
        }
        guard !text.unicodeScalars.contains(where: isWildcard) else {
            throw SettingRefusal("An entity topic identifier cannot contain '#' or '+'")
        }
    }

    private static func isWildcard(_ scalar: Unicode.Scalar) -> Bool { scalar == "#" || scalar == "+" }
}

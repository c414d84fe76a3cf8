/// A value of TOML 1.1.
public enum TOMLValue: Sendable {
    /// Unicode text.
    case string(String)
    /// A whole number of 64 bits.
    case integer(Int64)
    /// A binary64 number, infinities and "not a number" included.
    case float(Double)
    /// True or false.
    case boolean(Bool)
    /// An instant: a date and a time with an offset from UTC.
    case offsetDateTime(TOMLOffsetDateTime)
    /// A date and a time without an offset.
    case localDateTime(TOMLLocalDateTime)
    /// A date.
    case localDate(TOMLLocalDate)
    /// A time of day.
    case localTime(TOMLLocalTime)
    /// Values in order, of any types.
    case array([TOMLValue])
    /// Keys with values.
    case table(TOMLTable)

    /// The name of the value's type, for example `string` or `offset date-time`.
    public var typeName: String {
        switch self {
        case .string: "string"
        case .integer: "integer"
        case .float: "float"
        case .boolean: "boolean"
        case .offsetDateTime: "offset date-time"
        case .localDateTime: "local date-time"
        case .localDate: "local date"
        case .localTime: "local time"
        case .array: "array"
        case .table: "table"
        }
    }
}

extension TOMLValue: Equatable {
    /// Whether both have the same type and contents: strings compare by Unicode scalars without normalisation, tables in any
    /// order of their keys, and "not a number" equals itself.
    public static func == (left: TOMLValue, right: TOMLValue) -> Bool {
        switch (left, right) {
        case (.string(let left), .string(let right)): left.hasSameBytes(as: right)
        case (.integer(let left), .integer(let right)): left == right
        case (.float(let left), .float(let right)): left == right || (left.isNaN && right.isNaN)
        case (.boolean(let left), .boolean(let right)): left == right
        case (.offsetDateTime(let left), .offsetDateTime(let right)): left == right
        case (.localDateTime(let left), .localDateTime(let right)): left == right
        case (.localDate(let left), .localDate(let right)): left == right
        case (.localTime(let left), .localTime(let right)): left == right
        case (.array(let left), .array(let right)): left == right
        case (.table(let left), .table(let right)): left == right
        default: false
        }
    }
}

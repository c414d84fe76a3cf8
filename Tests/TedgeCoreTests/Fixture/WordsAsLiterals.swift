@testable import TedgeCore

// Tests write ids and exit statuses as programs see them, so that a change of an id fails a test.

extension ReasonID: ExpressibleByStringLiteral {
    /// The id with this word; there must be one.
    public init(stringLiteral word: String) {
        guard let id = ReasonID(rawValue: word) else { preconditionFailure("there is no reason '\(word)'") }
        self = id
    }
}

extension CheckID: ExpressibleByStringLiteral {
    /// The id with this word; there must be one.
    public init(stringLiteral word: String) {
        guard let id = CheckID(rawValue: word) else { preconditionFailure("there is no check '\(word)'") }
        self = id
    }
}

extension ExitStatus: ExpressibleByIntegerLiteral {
    /// The status with this number; there must be one.
    public init(integerLiteral number: Int32) {
        guard let status = ExitStatus(rawValue: number) else { preconditionFailure("no exit status \(number)") }
        self = status
    }
}

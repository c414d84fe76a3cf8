/// Why a word is not a value of the type that was asked for.
public struct InvalidValue: Error, Sendable, Equatable, CustomStringConvertible {
    /// The reason in lower case and without a full stop; empty if the list of possible values is enough.
    public let reason: String

    /// Makes an error with this reason.
    public init(_ reason: String) {
        self.reason = reason
    }

    /// The reason.
    public var description: String { reason }
}

/// A type that is read from one word of the command line.
public protocol ExpressibleByArgument: ArgumentValue where ArgumentElement == Self {
    /// Reads a word. The error is ``InvalidValue`` or any other error whose description is the reason.
    init(argument: String) throws

    /// Every word that is accepted, in the order of the help; empty if they cannot be listed.
    static var allArgumentValues: [String] { get }

    /// The value that is most likely meant by a word that is not accepted, or nil.
    static func meant(by word: String) -> String?

    /// The value as the user would type it.
    var argumentText: String { get }
}

extension ExpressibleByArgument {
    /// No list.
    public static var allArgumentValues: [String] { [] }

    /// The closest of the values that are accepted.
    public static func meant(by word: String) -> String? { closestMatch(to: word, in: allArgumentValues) }

    /// The value's description.
    public var argumentText: String { String(describing: self) }
}

extension ExpressibleByArgument where Self: RawRepresentable, RawValue == String {
    /// Accepts the raw values, letter case included.
    public init(argument: String) throws {
        guard let value = Self(rawValue: argument) else { throw InvalidValue("") }
        self = value
    }

    /// The raw value.
    public var argumentText: String { rawValue }
}

extension ExpressibleByArgument where Self: RawRepresentable & CaseIterable, RawValue == String {
    /// The raw values in the order of declaration.
    public static var allArgumentValues: [String] { allCases.map(\.rawValue) }
}

extension ExpressibleByArgument where Self: FixedWidthInteger {
    /// Reads a decimal number within the range of the type.
    public init(argument: String) throws {
        let digits = argument.utf8.first == UInt8(ascii: "-") ? argument.utf8.dropFirst() : argument.utf8[...]
        guard !digits.isEmpty, digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            throw InvalidValue(Messages.notAWholeNumber)
        }
        guard let value = Self(argument) else { throw InvalidValue(Messages.outOfRange(Self.min, Self.max)) }
        self = value
    }
}

extension String: ExpressibleByArgument {
    /// Accepts every word, the empty one included.
    public init(argument: String) {
        self = argument
    }
}

extension Bool: ExpressibleByArgument {
    /// Accepts `true` and `false`.
    public init(argument: String) throws {
        guard let value = Bool(argument) else { throw InvalidValue("") }
        self = value
    }

    /// `true` and `false`.
    public static var allArgumentValues: [String] { ["true", "false"] }
}

extension Int: ExpressibleByArgument {}

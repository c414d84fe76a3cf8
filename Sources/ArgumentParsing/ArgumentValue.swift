/// What a property can hold: one ``ExpressibleByArgument``, an optional one, or an array of them.
///
/// The library provides every conformance; a type that is read from a word conforms to ``ExpressibleByArgument``.
public protocol ArgumentValue {
    /// What one word is read into.
    associatedtype ArgumentElement: ExpressibleByArgument

    /// Whether more than one word is taken.
    static var takesSeveralArguments: Bool { get }

    /// The value if no word is given; nil if one is needed.
    static var valueWithoutArguments: Self? { get }

    /// Makes the value of at least one element.
    init?(argumentElements: [ArgumentElement])

    /// The elements the value is made of.
    var argumentElements: [ArgumentElement] { get }
}

extension ExpressibleByArgument {
    /// One word.
    public static var takesSeveralArguments: Bool { false }

    /// A word is needed.
    public static var valueWithoutArguments: Self? { nil }

    /// Takes the last element.
    public init?(argumentElements: [Self]) {
        guard let last = argumentElements.last else { return nil }
        self = last
    }

    /// The value itself.
    public var argumentElements: [Self] { [self] }
}

extension Optional: ArgumentValue where Wrapped: ExpressibleByArgument {
    /// What one word is read into.
    public typealias ArgumentElement = Wrapped

    /// One word.
    public static var takesSeveralArguments: Bool { false }

    /// Absent.
    public static var valueWithoutArguments: Wrapped?? { .some(nil) }

    /// Takes the last element.
    public init?(argumentElements: [Wrapped]) {
        guard let last = argumentElements.last else { return nil }
        self = .some(last)
    }

    /// The value, if there is one.
    public var argumentElements: [Wrapped] { map { [$0] } ?? [] }
}

extension Array: ArgumentValue where Element: ExpressibleByArgument {
    /// What one word is read into.
    public typealias ArgumentElement = Element

    /// Any number of words.
    public static var takesSeveralArguments: Bool { true }

    /// At least one word is needed unless the property has a default.
    public static var valueWithoutArguments: [Element]? { nil }

    /// Takes all elements.
    public init?(argumentElements: [Element]) {
        guard !argumentElements.isEmpty else { return nil }
        self = argumentElements
    }

    /// The elements.
    public var argumentElements: [Element] { self }
}

/// Why a test could not be set up.
public struct TestFailure: Error, CustomStringConvertible {
    /// What went wrong.
    public let description: String

    /// Says what went wrong.
    public init(_ description: String) { self.description = description }
}

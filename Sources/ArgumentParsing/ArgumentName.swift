/// A name under which an option or a flag is given.
public enum ArgumentName: Sendable, Equatable {
    /// Two dashes and this text, which is given without the dashes.
    case long(String)
    /// One dash and this letter.
    case short(Character)
}

/// What is typed besides the runs of a bootstrap.
public struct BootstrapOptions: Sendable {
    /// Whether to leave the cloud alone: all that needs no cloud is configured and started.
    public var isOffline = false
    /// For how long what may pass by itself is waited for; nil if only approval of a registration is, for the usual time.
    public var timeout: Duration?
    /// Whether everything is tried just once.
    public var triesOnce = false
    /// Whether nothing is changed.
    public var isRehearsal = false
    /// Whether stdout is a terminal.
    public var isTerminal = false
    /// Whether a QR code is drawn with ASCII characters alone.
    public var isASCII = false
    /// A file with the one-time password on its first line; `-` is the standard input.
    public var oneTimePasswordFile: String?
    /// The Cumulocity user.
    public var user: String?
    /// A file with the user's password on its first line; `-` is the standard input.
    public var passwordFile: String?
    /// A directory with hooks; nil for the usual ones.
    public var pluginDirectory: String?
    /// A file to write the runs to, when they are known to be complete.
    public var saveFile: String?

    /// Makes the usual choice.
    public init() {}

    /// How long the approval of a registration is waited for, unless a time is given.
    static let usualTimeout = Duration.seconds(300)
}

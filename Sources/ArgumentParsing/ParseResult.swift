/// What a command line asks for.
public enum ParseResult<Globals: ParsableArguments> {
    /// To run a command. The path is the words that selected it, the name of the program first.
    case command(any ParsableCommand, globals: Globals, path: [String])
    /// To print the help of the command at the path on stdout; it has no line feed at the end.
    case help(String, path: [String])
    /// To print this version on stdout; it has no line feed at the end.
    case version(String)
}

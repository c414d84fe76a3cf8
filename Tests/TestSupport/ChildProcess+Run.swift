import Glibc

extension ChildProcess {
    /// What a finished program has left.
    public struct Output: Sendable {
        /// How it ended.
        public let exit: Exit
        /// What it wrote to stdout.
        public let output: String
        /// What it wrote to stderr.
        public let errors: String
    }

    /// Runs a program to its end.
    public static func run(
        _ program: String, _ arguments: [String] = [], environment: [String: String]? = nil, input: String = "",
        within limit: Duration = .seconds(30)
    ) throws -> Output {
        let directory = try TemporaryDirectory()
        let child = try ChildProcess(
            program, arguments, environment: environment, input: directory.write(input, to: "in"),
            output: directory.file("out"), errors: directory.file("err"))
        let exit = try child.waitForExit(within: limit)
        return Output(
            exit: exit, output: contents(of: directory.file("out")), errors: contents(of: directory.file("err")))
    }
}

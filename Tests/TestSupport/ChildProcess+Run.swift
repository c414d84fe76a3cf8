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

    /// A program that did not end in its time, and was killed with what it had started.
    public struct TimedOut: Error, CustomStringConvertible {
        /// What the program was doing.
        public let description: String
        /// What it wrote to stdout.
        public let output: String
    }

    /// Runs a program to its end. Its streams are files, so that no amount of output blocks it. Throws ``TimedOut`` and
    /// `JSONOutput.Mismatch`.
    public static func run(
        _ program: String, _ arguments: [String] = [], environment: [String: String]? = nil, input: String = "",
        within limit: Duration = .seconds(30)
    ) throws -> Output {
        let directory = try TemporaryDirectory()
        let child = try ChildProcess(
            program, arguments, environment: environment, input: directory.write(input, to: "in"),
            output: directory.file("out"), errors: directory.file("err"))
        do {
            let exit = try child.waitForExit(within: limit)
            return Output(
                exit: exit, output: contents(of: directory.file("out")), errors: contents(of: directory.file("err")))
        } catch let mismatch as JSONOutput.Mismatch {
            throw mismatch
        } catch {
            child.killWithChildren()
            let (output, errors) = (contents(of: directory.file("out")), contents(of: directory.file("err")))
            throw TimedOut(description: "\(error)\nstdout: \(output)\nstderr: \(errors)", output: output)
        }
    }

    /// Ends the children of the process before the process, so that it reaps them: as orphans they would stay zombies until the
    /// first process of the machine looks after them, and a zombie keeps its namespaces.
    private func killWithChildren() {
        let children = contents(of: "/proc/\(pid)/task/\(pid)/children").split(separator: " ").compactMap { pid_t($0) }
        for child in children { _ = Glibc.kill(child, SIGKILL) }
        if !eventually(within: .milliseconds(200), { ended() != nil }) { kill() }
    }
}

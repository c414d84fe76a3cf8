import TestSupport
import Testing

/// The check of 'make lint' that nothing is written by path outside the walk by descriptors.
@Suite struct WrittenPathsTests {
    private static let check =
        String(#filePath.dropLast("EndToEndTests/WrittenPathsTests.swift".count)) + "Lint/written-paths"

    private func run(_ text: String) throws -> Outcome {
        let directory = try TemporaryDirectory()
        try directory.write("import Foundation\n" + text + "\n", to: "Planted.swift")
        return Outcome(try ChildProcess.run("/usr/bin/python3", ["-ISB", Self.check, directory.path]))
    }

    @Test(
        "a call that writes by path is found",
        arguments: [
            "_ = unsafe open(path, O_WRONLY | O_CLOEXEC)", "_ = unsafe open(path,\n    O_RDWR)", "creat(path, 0o600)",
            "_ = unsafe Foundation.open(path, O_CREAT, 0o600)", "_ = unsafe openat(AT_FDCWD, path, O_CREAT, 0o600)",
            "mkdir(path, 0o755)", "guard unsafe chmod(path, 0o644) == 0 else { return }", "chown(path, 0, 0)",
            "lchown(path, 0, 0)", "_ = unsafe rename(old, new)", "unlink(path)", "rmdir(path)", "link(old, new)",
            "symlink(old, new)", "truncate(path, 0)", "utimes(path, nil)", "mkfifo(path, 0o600)", "mknod(path, 0, 0)",
            "mkstemp(&name)", "fopen(path, \"w\")", "unlinkat(AT_FDCWD, path, 0)",
            "try FileManager.default.removeItem(atPath: path)", "try text.write(toFile: path, atomically: true)",
            "try data.write(to: url)", "let handle = FileHandle(forWritingAtPath: path)",
        ])
    func planted(_ call: String) throws {
        let outcome = try run("func planted() {\n    \(call)\n}")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("Planted.swift:3: '"))
    }

    @Test("what reads, works from a descriptor, declares or only speaks of it is not found")
    func harmless() throws {
        let outcome = try run(
            """
            // open(path, O_WRONLY)
            /* unlink(path)
               mkdir(path, 0o755) */
            func rename(_ path: String) throws { try files.rename(path, to: other) }
            let a = unsafe open(path, O_RDONLY | O_CLOEXEC)
            let b = unsafe openat(directory, name, O_WRONLY | O_CREAT, 0o600)
            let c = unsafe open("/dev/tty", O_RDWR | O_CLOEXEC)
            let d = unsafe unlinkat(directory, name, 0)
            let e = unsafe Foundation.write(descriptor, bytes, 3)
            let f = "http://host/chmod(path)"
            """)
        #expect(outcome == Outcome(status: 0))
    }

    @Test("the sources pass")
    func sources() throws {
        #expect(Outcome(try ChildProcess.run("/usr/bin/python3", ["-ISB", Self.check])) == Outcome(status: 0))
    }
}

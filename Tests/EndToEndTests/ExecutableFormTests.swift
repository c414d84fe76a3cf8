import TestSupport
import Testing

/// What a device must have to start the release executable.
@Suite("what the executable needs") struct ExecutableFormTests {
    /// What readelf says of the release executable.
    private func readelf(_ option: String) throws -> String {
        let said = try ChildProcess.run("env", ["LC_ALL=C", "readelf", "--wide", option, releaseExecutable])
        guard said.exit == .status(0), !said.output.isEmpty else { throw TestFailure("readelf: \(said.errors)") }
        return said.output
    }

    @Test("the C library of Debian 12 is new enough")
    func floor() throws {
        let versions = try readelf("--version-info").matches(of: /Name: GLIBC_(\S+)/).map { String($0.output.1) }
        #expect(!versions.isEmpty)
        for version in versions {
            // Packed relocations came with 2.36.
            let numbers = (version == "ABI_DT_RELR" ? "2.36" : version).split(separator: ".").map { Int($0) }
            let minor = try #require(numbers.count > 1 ? numbers[1] : nil, "an unknown version: \(version)")
            #expect(numbers[0] == 2 && minor <= 36, "it needs GLIBC_\(version)")
        }
    }

    @Test("only libraries of the C library are linked; all others are opened when they are needed")
    func libraries() throws {
        let names = try readelf("--dynamic").matches(of: /\(NEEDED\).*\[(\S+?)\.so/).map { String($0.output.1) }
        let loaders = ["ld-linux-x86-64", "ld-linux-aarch64"]
        #expect(names.contains("libc"))
        #expect(Set(names).subtracting(["libc", "libm"] + loaders) == [])
    }
}

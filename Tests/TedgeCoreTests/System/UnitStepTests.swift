import Glibc
import Testing

@testable import TedgeCore

/// The steps of a process that becomes a program as a unit would, on their way to it.
@Suite struct UnitStepTests {
    private static let file = UnitStep.File(
        path: "/a b\n1", contents: [0, 10, 255, 13], mode: 0o640, owner: Owner(user: 1, group: 2))

    static let steps: [UnitStep] = [
        .ownNetwork(isAnyPort: true), .ownNetwork(isAnyPort: false), .ownMounts, .hide("/h"), .empty("/é"), .file(file),
        .directory("/d", files: [file, file], hidden: ["/d/x", ""]), .directory("/d", files: [], hidden: []),
        .identity(Owner(user: 7, group: 8), groups: [9, 10]), .identity(Owner(user: 7, group: 8), groups: []),
        .checker(Owner(user: 1, group: 2), groups: [3]), .environment(["A=b\nc", ""]), .environment([]),
        .workingDirectory("/"), .input([1, 2]), .input([]),
        .check("/x", forWriting: true), .check("/x", forWriting: false), .run(["/bin/true", ""]),
    ]

    @Test("a step is the same after encoding and decoding", arguments: steps)
    func roundTrip(_ step: UnitStep) { #expect(UnitStep.decode(UnitStep.encode([step])) == [step]) }

    @Test("many steps come out in their order")
    func all() { #expect(UnitStep.decode(UnitStep.encode(Self.steps)) == Self.steps) }

    @Test(
        "bytes that are not steps are refused",
        arguments: ["x", "1\n", "1\n9\nab", "2\n4\nhide", "1\n4\nnope", "1\n-1\n"])
    func broken(_ text: String) { #expect(UnitStep.decode(Array(text.utf8)) == nil) }

    @Test("a truncated text is refused, wherever it ends")
    func cut() {
        let bytes = UnitStep.encode([.directory("/d", files: [Self.file], hidden: ["/x"])])
        for count in 1..<bytes.count { #expect(UnitStep.decode(Array(bytes.prefix(count))) == nil) }
    }
}

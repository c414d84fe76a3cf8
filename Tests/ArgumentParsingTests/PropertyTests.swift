@testable import ArgumentParsing
import Testing

@Suite("Properties of commands")
struct PropertyTests {
    @Test("a command made in code has its defaults and can be given values")
    func madeInCode() {
        var get = SampleGet()
        #expect(get.profile == nil)
        #expect(!get.all)
        get.key = "device.id"
        get.profile = "edge"
        get.all = true
        #expect(get.key == "device.id")
        #expect(get.profile == "edge")
        #expect(get.all)
    }

    @Test("a copy does not share its values")
    func copies() {
        var first = SampleGet()
        first.key = "a"
        var second = first
        second.key = "b"
        second.all = true
        #expect(first.key == "a")
        #expect(!first.all)
        #expect(second.key == "b")
    }

    @Test("to read a required value before parsing ends the program")
    func tooEarly() async {
        await #expect(processExitsWith: .failure) {
            _ = SampleSet().key
        }
    }

    @Test("an option can have several names; the short ones come first")
    func givenNames() throws {
        let description = CommandDescription(of: Given.self, globals: NoArguments.self)
        let names = description.options.map(\.names)
        #expect(
            names == [
                ["--nothing"], ["-l", "--letter"], ["-z"], ["-x", "-y", "--first", "--second"], ["-h", "--help"],
                ["-V", "--version"],
            ])
    }

    private struct Given: ParsableCommand {
        static let configuration = CommandConfiguration(name: "given", abstract: "Names.")
        @Flag(.long("nothing"), help: "") var nothing: Bool
        @Option(.long("letter"), .short("l"), help: "") var letter: String?
        @Flag(.short("z"), help: "") var other: Bool
        @Option(.long("first"), .short("x"), .long("second"), .short("y"), help: "") var several: [String] = []

        var arguments: [BoundArgument] { [$nothing, $letter, $other, $several] }
    }
}

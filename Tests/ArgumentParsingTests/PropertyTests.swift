import ArgumentParsing
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

    @Test(
        "a property name becomes an option name",
        arguments: [
            ("all", "all"), ("configDir", "config-dir"), ("useHTTPProxy", "use-http-proxy"), ("c8yURL", "c8y-url"),
            ("http2Port", "http2-port"), ("base64", "base64"), ("key_file", "key-file"), ("aB", "a-b"),
        ])
    func names(property: String, option: String) throws {
        let description = CommandDescription(of: Names.self, globals: NoArguments.self)
        let names = description.options.flatMap(\.longNames)
        let properties = [
            "all", "configDir", "useHTTPProxy", "c8yURL", "http2Port", "base64", "key_file", "aB",
        ]
        let position = try #require(properties.firstIndex(of: property))
        #expect(names[position] == option)
    }

    @Test("names can be given: derived, own ones, several; without any there is the long one")
    func givenNames() throws {
        let description = CommandDescription(of: Given.self, globals: NoArguments.self)
        let names = description.options.map(\.names)
        #expect(
            names == [
                ["--nothing"], ["-l", "--letter"], ["-z"], ["-x", "-y", "--first", "--second"], ["-h", "--help"],
                ["-V", "--version"],
            ])
    }

    private struct Names: ParsableCommand {
        static let configuration = CommandConfiguration(name: "names", abstract: "Names.")
        @Flag(help: "") var all: Bool
        @Option(help: "") var configDir: String?
        @Flag(help: "") var useHTTPProxy: Bool
        @Option(help: "") var c8yURL: String?
        @Option(help: "") var http2Port: Int = 1
        @Flag(help: "") var base64: Bool
        @Option(help: "") var key_file: String?
        @Flag(help: "") var aB: Bool
    }

    private struct Given: ParsableCommand {
        static let configuration = CommandConfiguration(name: "given", abstract: "Names.")
        @Flag(help: "") var nothing: Bool
        @Option(.long, .short, help: "") var letter: String?
        @Flag(.short("z"), help: "") var other: Bool
        @Option(.long("first"), .short("x"), .long("second"), .short("y"), help: "") var several: [String] = []
    }
}

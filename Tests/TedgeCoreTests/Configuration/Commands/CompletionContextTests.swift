import Testing

@testable import TedgeCore

/// What a shell hands over.
@Suite struct CompletionContextTests {
    static let directories: [(typed: String?, path: String)] = [
        (nil, "tedge"), ("", "tedge"), ("/somewhere", "/somewhere"), ("other", "other"), ("../x", "../x"),
        ("~/tedge", "home/tedge"), ("~someone/x", "~someone/x"), ("/a/../b", "/b"),
    ]

    @Test("the directory of a command line is used", arguments: directories)
    func directory(_ typed: String?, _ path: String) throws {
        var fixture = try Fixture()
        fixture.environment = ["HOME": fixture.directory.file("home")]
        let expected = Path.absolute(path, relativeTo: fixture.directory.path)
        #expect(fixture.context.with(typedDirectory: typed).configurationDirectory == expected)
    }

    @Test("a home directory that does not exist stays as it is typed")
    func noHome() throws {
        let fixture = try Fixture()
        #expect(
            fixture.context.with(typedDirectory: "~/x").configurationDirectory == fixture.directory.file("~/x"))
    }

    @Test("no words are read from a terminal")
    func terminal() throws {
        #expect(try Fixture().context.typedWords(isTerminal: true) == [])
    }
}

import Testing

@testable import TedgeCore

/// What a shell hands over.
@Suite struct CompletionContextTests {
    static let directories: [(typed: String?, path: String)] = [
        (nil, "tedge"), ("", "tedge"), ("/somewhere", "/somewhere"), ("other", "other"), ("../x", "../x"),
        ("~/tedge", "home/tedge"), ("~someone/x", "~someone/x"), ("/a/../b", "/b"),
    ]

    @Test("the directory that a command line names is the one that is looked into", arguments: directories)
    func directory(_ typed: String?, _ path: String) throws {
        var world = try World()
        world.environment = ["HOME": world.directory.file("home")]
        let expected = Path.absolute(path, relativeTo: world.directory.path)
        #expect(world.context.with(typedDirectory: typed).configurationDirectory == expected)
    }

    @Test("nobody's home is left as it is typed")
    func noHome() throws {
        let world = try World()
        #expect(
            world.context.with(typedDirectory: "~/x").configurationDirectory == world.directory.file("~/x"))
    }

    @Test("no words are read from a terminal")
    func terminal() throws {
        #expect(try World().context.typedWords(isTerminal: true) == [])
    }
}

import Testing

@testable import TedgeCore

@Suite struct PathTests {
    @Test("a directory and a name have one slash between them")
    func join() {
        #expect(Path.join("/a", "b") == "/a/b")
        #expect(Path.join("/a/", "b") == "/a/b")
        #expect(Path.join("/", "b") == "/b")
    }

    static let paths = [("/a/b", "/a", "b"), ("/a", "/", "a"), ("a", ".", "a"), ("a/b", "a", "b"), ("/", "/", "")]

    @Test("a path has a directory and a name", arguments: paths)
    func parts(_ path: String, _ directory: String, _ name: String) {
        #expect(Path.directory(of: path) == directory)
        #expect(Path.name(of: path) == name)
    }

    @Test("a slash with a combining accent is a slash for the system")
    func accent() {
        #expect(Path.directory(of: "/a/\u{301}b") == "/a")
        #expect(Path.name(of: "/a/\u{301}b") == "\u{301}b")
        #expect(Path.absolute("/a/\u{301}b/../c", relativeTo: "/x") == "/a/c")
        #expect(Path.absolute("/\u{301}a", relativeTo: "/x") == "/\u{301}a")
        #expect(Path.absolute("../\u{301}a", relativeTo: "/x/y") == "/x/\u{301}a")
        #expect(Path.join("/\u{301}/", "a") == "/\u{301}/a" && Path.isAbsolute("/\u{301}"))
    }

    static let absolutes = [
        ("b", "/a", "/a/b"), ("./b/../c", "/a", "/a/c"), ("../../..", "/a/b", "/"), ("/x//y/./z/", "/a", "/x/y/z"),
        ("", "/a/", "/a"), ("..", "/", "/"), ("...", "/", "/..."),
    ]

    @Test("a path from the root has no dots and no doubled slashes", arguments: absolutes)
    func absolute(_ path: String, _ directory: String, _ expected: String) {
        #expect(Path.absolute(path, relativeTo: directory) == expected)
    }
}

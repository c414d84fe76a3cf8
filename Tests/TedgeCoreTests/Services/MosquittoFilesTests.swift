import TestSupport
import Testing

@testable import TedgeCore

/// All that mosquitto reads, and who listens.
@Suite struct MosquittoFilesTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func read(_ main: String, included: [String: String] = [:]) throws -> MosquittoFiles {
        let files = SystemFiles()
        _ = try files.makeDirectory(directory.file("conf.d"), mode: 0o755, owner: nil)
        for (name, text) in included { try write(text, to: directory.file("conf.d/\(name)")) }
        try write(main.replacing("DIR", with: directory.file("conf.d")), to: directory.file("main.conf"))
        return MosquittoFiles(main: directory.file("main.conf"), files: files)
    }

    @Test("lines come in the order in which mosquitto reads them, with their places")
    func order() throws {
        let found = try read(
            "# one\n  user  me \r\ninclude_dir DIR\npersistence true\n",
            included: ["b.conf": "\tlistener 1\t\n", "a.conf": "connection a\n", "c.txt": "no true\n"])
        let lines = found.lines.map { "\($0.place.split(separator: "/").last ?? "") \($0.key)=\($0.value)" }
        let directory = directory.file("conf.d")
        #expect(
            lines == [
                "main.conf:2 user=me", "main.conf:3 include_dir=\(directory)", "a.conf:1 connection=a",
                "b.conf:1 listener=1", "main.conf:4 persistence=true",
            ])
        #expect(found.includes(directory + "/") && !found.includes(directory + "x"))
        #expect(found.unreadable.isEmpty)
    }

    @Test("a file that is not there is named")
    func unreadable() {
        let found = MosquittoFiles(main: "/no/main.conf", files: SystemFiles())
        #expect(found.lines.isEmpty && found.unreadable == ["/no/main.conf"])
    }

    @Test(
        "two listeners clash where port and address can be the same",
        arguments: [
            ("listener 1883\nlistener 1883 127.0.0.1\n", true), ("listener 1883\nlistener 1884\n", false),
            ("listener 1883 127.0.0.1\nlistener 1883 10.0.0.1\n", false), ("port 1883\nlistener 1883\n", true),
            ("listener 1883 0.0.0.0\nlistener 1883 10.0.0.1\n", true), ("listener 0 /a\nlistener 0 /b\n", false),
            ("bind_address 10.0.0.1\nport 1883\nlistener 1883 127.0.0.1\n", false),
        ])
    func clashes(_ text: String, _ clashes: Bool) throws {
        let listeners = try read(text).listeners
        #expect((listeners.count == 2 && listeners[0].clashes(with: listeners[1])) == clashes)
    }

    @Test("who listens on a port is named by its process")
    func holder() throws {
        let port = try freePort()
        #expect(PortHolder.of(port) == nil)
        let broker = try ChildProcess(
            "/usr/bin/python3",
            ["-c", "import socket, time; s = socket.create_server(('127.0.0.1', \(port))); time.sleep(60)"])
        defer { broker.kill() }
        #expect(eventually { isListening(port) })
        let holder = try #require(PortHolder.of(port))
        #expect(holder.process == broker.pid && holder.program?.hasPrefix("python3") == true)
        #expect(holder.description.hasSuffix(" (process \(broker.pid))"))
    }
}

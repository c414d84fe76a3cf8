import Glibc
import TestSupport
import Testing

@testable import TedgeCore

/// What stands where a file belongs, and is none: nothing of it is read, so that nothing waits.
@Suite struct PlainReadingTests {
    let directory: TemporaryDirectory
    let files = SystemFiles()

    init() throws { directory = try TemporaryDirectory() }

    private func socket(_ path: String) -> Int32 {
        let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        #expect(result == 0)
        return descriptor
    }

    private func words(_ path: String) -> [String] {
        var words: [String] = []
        do { _ = try files.read(path) } catch { words.append(error.reason.description) }
        do { _ = try files.readTail(path, count: 10) } catch { words.append(error.reason.description) }
        return words
    }

    @Test("a FIFO, a socket and a device are not read, and the error says what they are")
    func kinds() throws {
        let pipe = directory.file("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        #expect(words(pipe) == ["it is a FIFO, not a file", "it is a FIFO, not a file"])
        let writer = open(pipe, O_RDWR | O_CLOEXEC)
        defer { close(writer) }
        #expect(write(writer, "x", 1) == 1)
        #expect(words(pipe) == ["it is a FIFO, not a file", "it is a FIFO, not a file"])
        let listener = socket(directory.file("socket"))
        defer { close(listener) }
        #expect(words(directory.file("socket")).first == "it is a socket, not a file")
        #expect(words("/dev/zero") == ["it is a device, not a file", "it is a device, not a file"])
        let link = directory.file("link")
        #expect(symlink("/dev/zero", link) == 0)
        #expect(words(link).first == "it is a device, not a file")
    }

    @Test("the hint names the path and destroys nothing")
    func hint() throws {
        let pipe = directory.file("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        let error = #expect(throws: FileError.self) { try files.read(pipe) }
        #expect(
            error?.hint
                == "Run 'ls -l \(ShellWord.quoted(pipe))' to look at it, and put a file there or name another one.")
        #expect(error?.causes == ["Cannot read \(pipe)", "it is a FIFO, not a file"])
    }

    @Test("/dev/null is an empty file")
    func null() throws {
        #expect(try files.read("/dev/null") == [])
        let link = directory.file("link")
        #expect(symlink("/dev/null", link) == 0)
        #expect(try files.read(link) == [])
        #expect(try files.readIfPresent(link) == [])
    }

    @Test("a file with gigabytes of zeros is refused after its first bytes")
    func sparse() throws {
        let path = try directory.write("x", to: "sparse")
        #expect(truncate(path, 1 << 40) == 0)
        #expect(throws: FileError(.read, path, SystemError(EFBIG))) { try files.read(path) }
    }

    @Test("a file that a person names may be a pipe or an inherited descriptor")
    func input() throws {
        let pipe = directory.file("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        // Nobody writes: it ends at once.
        #expect(try files.readInput(pipe) == [])
        var ends: [Int32] = [0, 0]
        #expect(Glibc.pipe(&ends) == 0)
        #expect(write(ends[1], "word", 4) == 4)
        close(ends[1])
        #expect(try files.readInput("/dev/fd/\(ends[0])") == Array("word".utf8))
        close(ends[0])
        let file = try directory.write("plain", to: "file")
        #expect(try files.readInput(file) == Array("plain".utf8))
    }
}

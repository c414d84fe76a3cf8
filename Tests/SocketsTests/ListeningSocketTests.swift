import Glibc
import TestSupport
import Testing

@testable import Sockets

@Suite struct ListeningSocketTests {
    @Test("the kernel lists a socket that listens with its port, its address and its inode")
    func listed() throws {
        let descriptor = try listeningSocket(backlog: 1)
        defer { close(descriptor) }
        let port = try TestSupport.port(of: descriptor)
        let sockets = try #require(ListeningSocket.all())
        let found = try #require(sockets.first { $0.port == port })
        #expect(found.address == [127, 0, 0, 1])
        var status = stat()
        #expect(fstat(descriptor, &status) == 0)
        #expect(UInt64(found.node) == UInt64(status.st_ino))
    }

    @Test("a socket of IPv6 is listed with all bytes of its address")
    func version6() throws {
        let listener = try IPv6Listener()
        let found = try #require(ListeningSocket.all()?.first { $0.port == listener.port })
        #expect(found.address == [UInt8](repeating: 0, count: 15) + [1])
    }

    @Test("a socket that is not listening any more is not listed")
    func closed() throws {
        let descriptor = try listeningSocket(backlog: 1)
        let port = try TestSupport.port(of: descriptor)
        close(descriptor)
        #expect(try #require(ListeningSocket.all()).allSatisfy { $0.port != port })
    }

    @Test("an answer that is cut off, or of another kind, is no answer")
    func broken() {
        var found: [ListeningSocket] = []
        let size: [UInt8] = [72, 0, 0, 0]
        #expect(ListeningSocket.take((size + [20, 0] + [UInt8](repeating: 0, count: 10))[...], &found) == nil)
        #expect(ListeningSocket.take(([16, 0, 0, 0, 2, 0] + [UInt8](repeating: 0, count: 10))[...], &found) == nil)
        #expect(ListeningSocket.take(([16, 0, 0, 0, 3, 0] + [UInt8](repeating: 0, count: 10))[...], &found) == true)
        #expect(ListeningSocket.take([], &found) == false)
        #expect(found.isEmpty)
    }
}

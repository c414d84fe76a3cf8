import Glibc
import Testing

import Sockets

/// Whether a program can listen on an address.
@Suite struct LocalAddressTests {
    @Test("a program can listen on every address of this machine, but not on a foreign address or a name")
    func addresses() {
        for address in ["127.0.0.1", "0.0.0.0"] { #expect(LocalAddress.refusal(address, port: 0) == nil) }
        #expect(LocalAddress.refusal("localhost", port: 0) == EADDRNOTAVAIL)
    }

    @Test("a port with a listener is in use, at its address and at the wildcard address")
    func port() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        try withUnsafeMutablePointer(to: &address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                try #require(bind(descriptor, $0, length) == 0 && listen(descriptor, 1) == 0)
                try #require(getsockname(descriptor, $0, &length) == 0)
            }
        }
        let port = UInt16(bigEndian: address.sin_port)
        #expect(LocalAddress.refusal("127.0.0.1", port: port) == EADDRINUSE)
        #expect(LocalAddress.refusal("0.0.0.0", port: port) == EADDRINUSE)
        #expect(LocalAddress.refusal("127.0.0.2", port: port) == nil)
    }
}

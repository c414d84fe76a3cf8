import Foundation
import TestSupport
import Testing

@testable import Sockets

@Suite("Connecting over TCP")
struct TCPConnectorTests {
    private let patient = Waiter { false }

    /// The flags and options of a socket that matter to those who get it.
    private func isReady(_ descriptor: Int32) -> Bool {
        var option: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &option, &size)
        return fcntl(descriptor, F_GETFL) & O_NONBLOCK != 0 && fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0
            && option != 0
    }

    /// The port that the other end of a connection has.
    private func peerPort(_ descriptor: Int32) -> UInt16 {
        var address = sockaddr_in6()
        var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        withUnsafeMutablePointer(to: &address) {
            _ = $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &size) }
        }
        // The port is at the same place in the addresses of both versions.
        return UInt16(bigEndian: address.sin6_port)
    }

    /// Answers a name with addresses.
    private func resolver(_ addresses: String...) -> AddressLookup.Resolver {
        { _ in .success(addresses.map { NetworkAddress(text: $0, isIPv6: $0.contains(":")) }) }
    }

    @Test("a listener is reached by address and by name", arguments: ["127.0.0.1", "localhost"])
    func reached(host: String) throws {
        let listener = try listeningSocket(backlog: 4)
        defer { close(listener) }
        let port = try port(of: listener)
        let descriptor = try TCPConnector.connect(host: host, port: port, until: later, patient)
        defer { close(descriptor) }
        #expect(peerPort(descriptor) == port)
        #expect(isReady(descriptor))
        let other = accept(listener, nil, nil)
        defer { close(other) }
        #expect(write(descriptor, "hi", 2) == 2)
        var bytes = [UInt8](repeating: 0, count: 2)
        #expect(recv(other, &bytes, 2, Int32(MSG_WAITALL)) == 2)
        #expect(bytes == Array("hi".utf8))
    }

    @Test("a listener on the IPv6 loopback address is reached", .enabled(if: (try? IPv6Listener()) != nil))
    func reachedIPv6() throws {
        let listener = try IPv6Listener()
        let descriptor = try TCPConnector.connect(host: "::1", port: listener.port, until: later, patient)
        defer { close(descriptor) }
        #expect(peerPort(descriptor) == listener.port)
        #expect(isReady(descriptor))
    }

    @Test("a port without a listener refuses the connection", arguments: ["127.0.0.1", "localhost"])
    func refused(host: String) throws {
        let port = try freePort()
        #expect(throws: SocketError.cannotConnect(host: host, port: port, errno: ECONNREFUSED)) {
            try TCPConnector.connect(host: host, port: port, until: later, patient)
        }
    }

    @Test("an address that cannot be reached is an error with the system's reason")
    func unreachable() {
        // 255.255.255.255 is for broadcasts, which TCP has none of.
        #expect(throws: SocketError.cannotConnect(host: "255.255.255.255", port: 1, errno: ENETUNREACH)) {
            try TCPConnector.connect(host: "255.255.255.255", port: 1, until: later, patient)
        }
    }

    @Test("addresses that refuse are skipped until one accepts")
    func nextAddress() throws {
        let listener = try listeningSocket(backlog: 4, lastByte: 3)
        defer { close(listener) }
        let port = try port(of: listener)
        let descriptor = try TCPConnector.connect(
            host: "name", port: port, until: later, patient, resolver: resolver("127.0.0.2", "::1", "127.0.0.3"))
        defer { close(descriptor) }
        #expect(peerPort(descriptor) == port)
    }

    @Test("if several addresses fail, the error is that of the last one, with the name")
    func allRefuse() throws {
        let port = try freePort()
        #expect(throws: SocketError.cannotConnect(host: "name", port: port, errno: ECONNREFUSED)) {
            try TCPConnector.connect(
                host: "name", port: port, until: later, patient, resolver: resolver("255.255.255.255", "127.0.0.1"))
        }
        #expect(throws: SocketError.cannotConnect(host: "name", port: port, errno: ENETUNREACH)) {
            try TCPConnector.connect(
                host: "name", port: port, until: later, patient, resolver: resolver("127.0.0.1", "255.255.255.255"))
        }
    }

    @Test("the wait for a host that drops packets, like a full backlog, ends at the deadline")
    func noAnswer() throws {
        let full = try FullListener()
        #expect(throws: SocketError.noAnswer(host: "127.0.0.1", port: full.port)) {
            try TCPConnector.connect(host: "127.0.0.1", port: full.port, until: soon, patient)
        }
    }

    @Test("an address that does not answer leaves time for the next one")
    func sharedTime() throws {
        let full = try FullListener()
        let listener = try listeningSocket(backlog: 4, lastByte: 3, port: full.port)
        defer { close(listener) }
        // It asks at most every 100 ms, which makes about ten times in the whole second.
        var questions = 0
        let waiter = Waiter {
            questions += 1
            return false
        }
        let descriptor = try TCPConnector.connect(
            host: "name", port: full.port, until: .now + .seconds(1), waiter,
            resolver: resolver("127.0.0.1", "127.0.0.3"))
        close(descriptor)
        #expect(questions <= 8)
    }

    @Test("an interruption ends a connection that is not answered")
    func interrupted() throws {
        let full = try FullListener()
        var questions = 0
        let waiter = Waiter {
            questions += 1
            return questions == 3
        }
        #expect(throws: SocketError.interrupted) {
            try TCPConnector.connect(host: "127.0.0.1", port: full.port, until: later, waiter)
        }
    }

    @Test("a name without addresses and an unknown name are errors")
    func noAddress() {
        #expect(throws: SocketError.nameNotResolved(host: "name", reason: "who?")) {
            try TCPConnector.connect(host: "name", port: 1, until: later, patient) { _ in
                .failure(AddressLookup.Failure(reason: "who?"))
            }
        }
        #expect(throws: SocketError.noAnswer(host: "name", port: 1)) {
            try TCPConnector.connect(host: "name", port: 1, until: later, patient) { _ in .success([]) }
        }
    }

    @Test("failures leave no descriptor open")
    func descriptors() throws {
        // A lookup's thread closes its end late; an address needs none.
        let port = try freePort()
        let first = dup(2)
        close(first)
        // Other tests open descriptors meanwhile, but not hundreds at a time.
        for _ in 0..<500 {
            #expect(throws: SocketError.self) {
                try TCPConnector.connect(host: "127.0.0.1", port: port, until: later, patient)
            }
        }
        let last = dup(2)
        close(last)
        #expect(last < first + 250)
    }

    @Test("mosquitto uses the first address to which a connection can be started, whether or not it succeeds")
    func firstAlone() throws {
        let full = try FullListener()
        let listener = try listeningSocket(backlog: 4, lastByte: 3, port: full.port)
        defer { close(listener) }
        let silentFirst = resolver("255.255.255.255", "127.0.0.1", "127.0.0.3")
        #expect(throws: SocketError.noAnswer(host: "name", port: full.port)) {
            try TCPConnector.connect(
                host: "name", port: full.port, choice: .first, until: soon, patient, resolver: silentFirst)
        }
        let goodFirst = resolver("255.255.255.255", "127.0.0.3", "127.0.0.1")
        let descriptor = try TCPConnector.connect(
            host: "name", port: full.port, choice: .first, until: later, patient, resolver: goodFirst)
        close(descriptor)
    }

    @Test("addresses to which no connection can be started are skipped, and the error is that of the last one")
    func noneTaken() throws {
        #expect(TCPConnector.first(of: [NetworkAddress(text: "255.255.255.255", isIPv6: false)], port: 1) == nil)
        #expect(throws: SocketError.cannotConnect(host: "name", port: 1, errno: ENETUNREACH)) {
            try TCPConnector.connect(
                host: "name", port: 1, choice: .first, until: later, patient, resolver: resolver("255.255.255.255"))
        }
    }
}

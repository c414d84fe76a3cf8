import Sockets
import TestSupport
import Testing

@testable import TedgeCore

/// Which addresses a listener binds, and who holds them.
@Suite struct ListenerAddressesTests {
    private func listeners(_ text: String) throws -> [MosquittoModel.Listener] {
        try BrokerFixture(text).model().listeners
    }

    @Test(
        "two listeners clash if they want the same address and port",
        arguments: [
            ("listener 1883\nlistener 1883 127.0.0.1\n", true), ("listener 1883\nlistener 1884\n", false),
            ("listener 1883 127.0.0.1\nlistener 1883 10.0.0.1\n", false), ("port 1883\nlistener 1883\n", true),
            ("listener 1883 0.0.0.0\nlistener 1883 10.0.0.1\n", true), ("listener 0 /a\nlistener 0 /b\n", false),
            ("bind_address 10.0.0.1\nport 1883\nlistener 1883 127.0.0.1\n", false),
            ("listener 1883 localhost\nlistener 1883 127.0.0.1\n", true),
            ("listener 1883 ::1\nlistener 1883 127.0.0.1\n", false),
            ("listener 1883\nbind_interface eth0\nsocket_domain ipv4\nlistener 1883 127.0.0.1\n", false),
            ("listener 1883\nbind_interface lo\nlistener 1883 127.0.0.1\n", true),
            ("listener 1883\nsocket_domain ipv6\nlistener 1883 127.0.0.1\n", false),
            ("listener 1883 gateway\nlistener 1883 10.0.0.1\n", true), ("max_qos 1\nlistener 1883 127.0.0.1\n", true),
        ])
    func clashes(_ text: String, _ clashes: Bool) throws {
        let listeners = try listeners(text)
        #expect(listeners.count == 2)
        #expect(BrokerFixture.addresses.clash(listeners[0], listeners[1]) == clashes)
    }

    @Test(
        "a client reaches a listener on the address that it dials",
        arguments: [
            ("127.0.0.1", "listener 1883\n", true), ("localhost", "listener 1883 127.0.0.1\n", true),
            ("127.0.0.1", "listener 1883 10.0.0.1\n", false), ("gateway", "listener 1883 10.0.0.1\n", true),
            ("10.0.0.1", "listener 1883 127.0.0.1\n", false),
        ])
    func reaches(_ host: String, _ text: String, _ reaches: Bool) throws {
        #expect(BrokerFixture.addresses.reaches(host, try listeners(text)[0]) == reaches)
    }

    @Test("another machine is not this device")
    func elsewhere() {
        #expect(!BrokerFixture.addresses.isLocal("10.0.0.9") && BrokerFixture.addresses.isLocal("gateway"))
    }

    @Test("the interfaces of this machine include its loopback")
    func interfaces() {
        #expect(NetworkInterface.all().contains { $0.name == "lo" && $0.address.text == "127.0.0.1" })
    }

    @Test("the process that listens on a port is named, unless it listens on another address")
    func holder() throws {
        let port = try freePort()
        #expect(ListeningProcess.of(port) == nil)
        let broker = try ChildProcess(
            "/usr/bin/python3",
            ["-c", "import socket, time; s = socket.create_server(('127.0.0.1', \(port))); time.sleep(60)"])
        defer { broker.kill() }
        #expect(eventually { isListening(port) })
        let holder = try #require(ListeningProcess.of(port))
        #expect(holder.process == broker.pid && holder.program?.hasPrefix("python3") == true)
        #expect(holder.description.hasSuffix(" (process \(broker.pid))"))
        #expect(ListeningProcess.of(port, on: [.init(text: "127.0.0.1", isIPv6: false)]) == holder)
        #expect(ListeningProcess.of(port, on: [.init(text: "127.0.0.2", isIPv6: false)]) == nil)
        #expect(ListeningProcess.of(port, on: [.init(text: "::1", isIPv6: true)]) == nil)
    }
}

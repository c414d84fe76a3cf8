import Foundation
import Testing

@testable import Sockets

@Suite("Address lookup")
struct AddressLookupTests {
    private let patient = Waiter { false }

    @Test(
        "an address needs no lookup",
        arguments: [("127.0.0.1", false), ("::1", true), ("fe80::1", true), ("192.0.2.7", false)])
    func literal(text: String, isIPv6: Bool) throws {
        let addresses = try AddressLookup.addresses(of: text, until: soon, patient) { _ in
            .failure(AddressLookup.Failure(reason: "was asked"))
        }
        #expect(addresses == [NetworkAddress(text: text, isIPv6: isIPv6)])
    }

    @Test("localhost is a loopback address")
    func localhost() throws {
        let addresses = try AddressLookup.addresses(of: "localhost", until: later, patient)
        #expect(!addresses.isEmpty)
        #expect(addresses.allSatisfy { ["127.0.0.1", "::1"].contains($0.text) })
    }

    @Test("a name that cannot exist is an error with the resolver's text")
    func unknown() {
        #expect(
            throws: SocketError.nameNotResolved(host: "a..b", reason: String(cString: gai_strerror(EAI_NONAME)))
        ) {
            try AddressLookup.addresses(of: "a..b", until: later, patient)
        }
    }

    @Test("a name that does not exist is an error with the resolver's text")
    func invalid() {
        let error = #expect(throws: SocketError.self) {
            try AddressLookup.addresses(of: "nowhere.invalid", until: later, patient)
        }
        // Without any name server it is the second.
        let words = [EAI_NONAME, EAI_AGAIN].map { String(cString: gai_strerror($0)) }
        #expect(words.map { .nameNotResolved(host: "nowhere.invalid", reason: $0) }.contains(error))
    }

    @Test("the resolver gets the name unchanged, and its addresses keep their order")
    func order() throws {
        let answer = ["192.0.2.2", "::1", "192.0.2.1"].map { NetworkAddress(text: $0, isIPv6: $0 == "::1") }
        let addresses = try AddressLookup.addresses(of: "Some.Name", until: later, patient) { host in
            host == "Some.Name" ? .success(answer) : .failure(AddressLookup.Failure(reason: host))
        }
        #expect(addresses == answer)
    }

    @Test("an error number is shown as text with the number")
    func words() {
        #expect(SystemErrorText.text(ECONNREFUSED) == "Connection refused (os error 111)")
    }

    @Test("the wait for a silent name server ends at the deadline, and a late answer has no effect")
    func silence() {
        let answer = DispatchSemaphore(value: 0)
        let done = DispatchSemaphore(value: 0)
        #expect(throws: SocketError.nameServerSilent(host: "x")) {
            try AddressLookup.addresses(of: "x", until: soon, patient) { _ in
                answer.wait()
                done.signal()
                return .success([])
            }
        }
        answer.signal()
        #expect(done.wait(timeout: .now() + 10) == .success)
    }

    @Test("an interruption ends a lookup")
    func interrupted() {
        let answer = DispatchSemaphore(value: 0)
        defer { answer.signal() }
        #expect(throws: SocketError.interrupted) {
            try AddressLookup.addresses(of: "x", until: later, Waiter { true }) { _ in
                answer.wait()
                return .success([])
            }
        }
    }
}

import Foundation
import Synchronization
import TestSupport
import Testing

@testable import TedgeCore

@Suite struct SystemAccountsTests {
    private let directory: TemporaryDirectory
    private let accounts: SystemAccounts

    init() throws {
        directory = try TemporaryDirectory()
        try directory.write(
            "root:x:0:0:root:/root:/bin/sh\nbroken\nmosquitto-x:x:4110:4120::/var/lib/mosquitto:/bin/false\n",
            to: "passwd")
        try directory.write(
            "root:x:0:\nmosquitto-x:x:4120:\ntpm-x:x:4700:alice,mosquitto-x\nother-x:x:4701:mosquitto-xy\nbroken\n",
            to: "group")
        accounts = SystemAccounts(directory: directory.path)
    }

    @Test("accounts of the device's own files are found in them")
    func files() {
        let account = Account(name: "mosquitto-x", owner: Owner(user: 4110, group: 4120))
        #expect(accounts.user(named: "mosquitto-x") == account)
        #expect(accounts.name(ofUser: 4110) == "mosquitto-x")
        #expect(accounts.group(named: "tpm-x") == 4700)
        #expect(accounts.localGroups(of: account) == [4120, 4700])
    }

    @Test("other names are looked up, and unknown names do not exist")
    func lookedUp() throws {
        let empty = SystemAccounts(directory: directory.file("nowhere"))
        #expect(empty.user(named: "root")?.owner == Owner(user: 0, group: 0))
        #expect(empty.name(ofUser: 0) == "root")
        #expect(empty.group(named: "root") == 0)
        #expect(empty.groups(of: try #require(empty.user(named: "root"))).contains(0))
        #expect(empty.user(named: "no-such-user-x") == nil && empty.group(named: "no-such-group-x") == nil)
    }

    @Test("a look-up without an answer ends at its deadline or at a signal, and is not repeated")
    func silent() {
        for isSignalled in [false, true] {
            let limit = isSignalled ? Duration.seconds(3600) : .zero
            let lookUp = BoundedLookUp(Interruption { isSignalled ? SIGINT : nil }, limit: limit)
            let held = DispatchSemaphore(value: 0)
            let calls = Mutex(0)
            let isSilent = lookUp.answer { held.wait() } == nil
            #expect(isSilent)
            #expect(lookUp.answer { calls.withLock { $0 += 1 } } == nil)
            #expect(calls.withLock { $0 } == 0)
            held.signal()
        }
        #expect(BoundedLookUp(.never).answer { 7 } == 7)
    }
}
